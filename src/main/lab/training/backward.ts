// The backward pass: from the loss of a batch to the gradient of every parameter.
import type { ModelConfig } from '../../../shared/domain.ts';
import {
  add,
  concat,
  concatInts,
  freeAll,
  matMul,
  mul,
  operand,
  pad,
  reshape,
  scatterRows,
  scope,
  sumOfFirst,
  type Value,
} from '../engine/ops.ts';
import {
  POSITION_OFFSET,
  statesAndTape,
  type Dropout,
  type LayerTape,
  type NormTape,
  type PartTape,
  type PassInput,
  type PassShape,
  type Tape,
  type Weights,
} from '../model/index.ts';
import {
  attentionGrad,
  feedForwardGrad,
  layerNormGrad,
  type Gradients,
} from './block-gradients.ts';
import { lossAndGradients } from './loss.ts';

/**
 * Loss (nats a token, mean over targets) and the gradient of every parameter, by name.
 * @param targets the next tokens of each window's first T − 1, (rows · (T − 1))
 */
export function lossAndBackward(
  config: ModelConfig,
  weights: Weights,
  input: PassInput & { positions: 'consecutive' },
  targets: Value,
  dropout: Dropout | undefined,
): { loss: Value; gradients: Gradients } {
  const [states, tape] = statesAndTape(config, weights, input, dropout);
  const embedding = weights.get('embed_tokens.weight'); // (V, E)
  const head = scope(() => lossAndGradients(states, targets, embedding, { ...config, ...input }, weights.precision)); // prettier-ignore
  const [gradients, dEmbedded] = backward(config, weights, input, tape, head.dStates);
  // The tied embedding: what it gives as output, as target and as input.
  const rows = concat([dEmbedded, head.dTargetRows], 0); // (N + targets, E)
  const scattered = scatterRows(rows, concatInts([input.ids, targets]), config.vocabSize); // (V, E)
  gradients['embed_tokens.weight'] = add(head.dEmbedding, scattered); // (V, E)
  freeAll([rows, scattered, dEmbedded, head.dTargetRows, head.dEmbedding, head.dStates, states]);
  return { loss: head.loss, gradients };
}

/** The gradients of all parameters but embed_tokens, and that by the embedded tokens, (N, E). Frees the tape. */
function backward(
  config: ModelConfig,
  weights: Weights,
  input: PassInput,
  tape: Tape,
  dStates: Value, // (N, E)
): [gradients: Gradients, dEmbedded: Value] {
  const shape: PassShape = { ...input, heads: config.heads, hiddenSize: config.hiddenSize };
  const gradients: Gradients = {};
  let dx = step(gradients, (made) => headGrad(dStates, tape, shape, weights, made)); // (N, H)
  freeAll([tape.norm, tape.projected]);
  for (let n = config.layers - 1; n >= 0; n--) {
    const layer = tape.layers[n]!;
    const before = dx;
    dx = step(gradients, (made) => layerGrad(before, n, layer, config, shape, weights, made)); // (N, H)
    freeAll([before === dStates ? undefined : before, layer]);
  }
  const last = dx;
  const dEmbedded = step(gradients, (made) => embedGrad(last, tape, input, config, weights, made)); // (N, E)
  freeAll([last === dEmbedded ? undefined : last, tape.embedded]);
  return [gradients, dEmbedded];
}

/** Runs one part in a scope of its own that hands on its dx and its gradients. */
function step(all: Gradients, part: (gradients: Gradients) => Value): Value {
  const [dx, made] = scope((): [Value, Gradients] => {
    const gradients: Gradients = {};
    return [part(gradients), gradients];
  });
  Object.assign(all, made);
  return dx;
}

function headGrad(
  dStates: Value,
  tape: Tape,
  shape: PassShape,
  weights: Weights,
  gradients: Gradients,
): Value {
  // prettier-ignore
  const { precision } = weights;
  let dx = dStates;
  if (tape.projected !== undefined) {
    const d = operand(dStates, precision); // (N, E)
    gradients['project_out.weight'] = matMul(d, tape.projected, precision, 'a'); // (E, H)
    dx = matMul(d, weights.operand('project_out.weight'), precision); // (N, H)
  }
  if (tape.norm) dx = layerNormGrad(dx, tape.norm, shape, weights, 'final_layer_norm', gradients);
  return dx;
}

function layerGrad(
  dy: Value, // (N, H)
  n: number,
  tape: LayerTape,
  config: ModelConfig,
  shape: PassShape,
  weights: Weights,
  gradients: Gradients,
): Value {
  const name = `layers.${n}`;
  const norm = (part: string) => (d: Value, normTape: NormTape) =>
    layerNormGrad(d, normTape, shape, weights, `${name}.${part}`, gradients);
  const dMiddle = aroundGrad(
    dy,
    tape.feedForward,
    (d, inner) => feedForwardGrad(d, inner, weights, name, gradients),
    norm('final_layer_norm'),
    config.preLayerNorm,
  );
  return aroundGrad(
    dMiddle,
    tape.attention,
    (d, inner) => attentionGrad(d, inner, shape, weights, `${name}.self_attn`, gradients),
    norm('self_attn_layer_norm'),
    config.preLayerNorm,
  );
}

/** The mirror of `around` in model/forward.ts: through the residual connection and through the part. */
function aroundGrad<Inner>(
  dy: Value,
  { norm: normTape, inner, dropout }: PartTape<Inner>,
  partGrad: (dy: Value, tape: Inner) => Value,
  normGrad: (dy: Value, tape: NormTape) => Value,
  preLayerNorm: boolean,
): Value {
  const dropped = (d: Value) => (dropout === undefined ? d : mul(d, dropout));
  if (preLayerNorm) return add(dy, normGrad(partGrad(dropped(dy), inner), normTape));
  const dSum = normGrad(dy, normTape);
  return add(dSum, partGrad(dropped(dSum), inner));
}

function embedGrad(
  dx: Value, // (N, H)
  tape: Tape,
  { rows, rowTokens: T }: PassInput,
  { hiddenSize: H, maxPositions }: ModelConfig,
  weights: Weights,
  gradients: Gradients,
): Value {
  const { precision } = weights;
  const dPlaces = sumOfFirst(reshape(dx, rows, T, H)); // (T, H)
  gradients['embed_positions.weight'] = pad(dPlaces, [POSITION_OFFSET, maxPositions - T], [0, 0]); // (P + 2, H)
  if (tape.embedded === undefined) return dx;
  const d = operand(dx, precision); // (N, H)
  gradients['project_in.weight'] = matMul(d, tape.embedded, precision, 'a'); // (H, E)
  return matMul(d, weights.operand('project_in.weight'), precision); // (N, E)
}
