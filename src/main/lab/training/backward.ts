// The backward pass: from the loss of a batch to the gradient of every parameter.
import type { ModelConfig } from '../../../shared/domain.ts';
import {
  add,
  addToRows,
  concat,
  concatInts,
  mul,
  pad,
  INT32,
  reshape,
  reshapeAs,
  scatterRows,
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
  const head = lossAndGradients(
    states,
    targets,
    embedding,
    { ...config, ...input },
    weights.products,
  );
  const [gradients, dEmbedded] = backward(config, weights, input, tape, head.dStates);
  // The tied embedding: what it gives as output, as target and as input.
  const rows = concat([dEmbedded, head.dTargetRows], 0); // (N + targets, E)
  const tokens = concatInts([input.ids, targets]);
  const count = (2 * input.rowTokens - 1) * input.rows; // N + targets
  // Adding in place takes a few µs a row; summing apart, passes over the whole table.
  gradients['embed_tokens.weight'] =
    count < config.vocabSize / 8
      ? addToRows(head.dEmbedding, reshapeAs(INT32, tokens, count, 1), rows) // (V, E)
      : add(head.dEmbedding, scatterRows(rows, tokens, config.vocabSize)); // (V, E)
  return { loss: head.loss, gradients };
}

/** The gradients of all parameters but embed_tokens, and that by the embedded tokens, (N, E). */
function backward(
  config: ModelConfig,
  weights: Weights,
  input: PassInput,
  tape: Tape,
  dStates: Value, // (N, E)
): [gradients: Gradients, dEmbedded: Value] {
  const shape: PassShape = { ...input, heads: config.heads, hiddenSize: config.hiddenSize };
  const gradients: Gradients = {};
  let dx = headGrad(dStates, tape, shape, weights, gradients); // (N, H)
  for (let n = config.layers - 1; n >= 0; n--)
    dx = layerGrad(dx, n, tape.layers[n]!, config, shape, weights, gradients); // (N, H)
  return [gradients, embedGrad(dx, tape, input, config, weights, gradients)]; // (N, E)
}

function headGrad(
  dStates: Value,
  tape: Tape,
  shape: PassShape,
  weights: Weights,
  gradients: Gradients,
): Value {
  // prettier-ignore
  const { operand, float, matMul } = weights.products;
  let dx = dStates;
  if (tape.projected !== undefined) {
    const d = operand(dStates); // (N, E)
    gradients['project_out.weight'] = float(matMul(d, tape.projected, 'a')); // (E, H)
    dx = float(matMul(d, weights.operand('project_out.weight'))); // (N, H)
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
  const { operand, float, matMul } = weights.products;
  const dPlaces = sumOfFirst(reshape(dx, rows, T, H)); // (T, H)
  gradients['embed_positions.weight'] = pad(dPlaces, [POSITION_OFFSET, maxPositions - T], [0, 0]); // (P + 2, H)
  if (tape.embedded === undefined) return dx;
  const d = operand(dx); // (N, H)
  gradients['project_in.weight'] = float(matMul(d, tape.embedded, 'a')); // (H, E)
  return float(matMul(d, weights.operand('project_in.weight'))); // (N, E)
}
