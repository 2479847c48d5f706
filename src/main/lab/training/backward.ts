// The backward pass: from the loss of a batch to the gradient of every parameter.
import type { ModelConfig } from '../../../shared/domain.ts';
import {
  add,
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
  const embedding = weights.operand('embed_tokens.weight');
  const head = scope(() => lossAndGradients(states, targets, embedding, { ...config, ...input }, weights.precision)); // prettier-ignore
  const gradients = backward(config, weights, input, tape, head.dStates);
  const embeddingGradient = add(head.dEmbedding, gradients['embed_tokens.weight']!); // (V, E), tied
  freeAll([head.dEmbedding, head.dStates, states, gradients['embed_tokens.weight']]);
  gradients['embed_tokens.weight'] = embeddingGradient;
  return { loss: head.loss, gradients };
}

/** The gradients of all parameters, of embed_tokens only by what it gives to the input. Frees the tape. */
function backward(
  config: ModelConfig,
  weights: Weights,
  input: PassInput,
  tape: Tape,
  dStates: Value, // (N, E)
): Gradients {
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
  step(gradients, (made) => {
    embedGrad(last, tape, input, config, weights, made);
    return undefined;
  });
  freeAll([last, tape.embedded]);
  return gradients;
}

/** Runs one part in a scope of its own that hands on its dx and its gradients. */
function step<R extends Value | undefined>(all: Gradients, part: (gradients: Gradients) => R): R {
  const [dx, made] = scope((): [R, Gradients] => {
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
  { ids, rows, rowTokens: T }: PassInput,
  { hiddenSize: H, maxPositions, vocabSize }: ModelConfig,
  weights: Weights,
  gradients: Gradients,
): void {
  const { precision } = weights;
  const dPlaces = sumOfFirst(reshape(dx, rows, T, H)); // (T, H)
  gradients['embed_positions.weight'] = pad(dPlaces, [POSITION_OFFSET, maxPositions - T], [0, 0]); // (P + 2, H)
  let dEmbedded = dx;
  if (tape.embedded !== undefined) {
    const d = operand(dx, precision); // (N, H)
    gradients['project_in.weight'] = matMul(d, tape.embedded, precision, 'a'); // (H, E)
    dEmbedded = matMul(d, weights.operand('project_in.weight'), precision); // (N, E)
  }
  gradients['embed_tokens.weight'] = scatterRows(dEmbedded, ids, vocabSize); // (V, E)
}
