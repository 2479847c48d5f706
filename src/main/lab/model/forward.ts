// The forward pass of OPT, from token ids to the states that the output embedding turns into logits.
import type { ModelConfig } from '../../../shared/domain.ts';
import {
  add,
  free,
  gatherRows,
  mul,
  reshape,
  scope,
  slice,
  tensor,
  type Value,
} from '../engine/ops.ts';
import {
  attention,
  feedForward,
  layerNorm,
  type AttentionTape,
  type FeedForwardTape,
  type NormTape,
  type PassShape,
} from './blocks.ts';
import { POSITION_OFFSET } from './parameters.ts';
import type { Weights } from './weights.ts';

export interface PassInput {
  /** Token ids, row by row: (rows · T). */
  ids: Value;
  /** Rows of the position table, offset included, (rows · T); or each row counts from its first. */
  positions: Value | 'consecutive';
  /** Added to attention scores: (T, T) or (rows, 1, T, T). */
  mask: Value;
  rows: number;
  rowTokens: number;
}

/** Makes the factors of dropout at one place: (N, H) of 0 and 1 / (1 − p). */
export type Dropout = (layer: number, part: 'attention' | 'feedForward') => Value;

/** What a part of a layer and the residual connection around it leave for the backward pass. */
export type PartTape<Inner> = { norm: NormTape; inner: Inner; dropout: Value | undefined };
export type LayerTape = {
  attention: PartTape<AttentionTape>;
  feedForward: PartTape<FeedForwardTape>;
};
export type Tape = {
  /** Embeddings before project_in, an operand (N, E); only where E ≠ H. */
  embedded: Value | undefined;
  layers: LayerTape[];
  /** The last LayerNorm, in pre-LN models. */
  norm: NormTape | undefined;
  /** What project_out reads, an operand (N, H); only where E ≠ H. */
  projected: Value | undefined;
};

/** What is added to scores that must not count: large enough to vanish in softmax, finite for safety. */
export const MASKED = -1e9;

/** (T, T): each token sees itself and those before it. */
export function causalMask(rowTokens: number): Value {
  const mask = new Float32Array(rowTokens * rowTokens);
  for (let from = 0; from < rowTokens; from++)
    mask.fill(MASKED, from * rowTokens + from + 1, (from + 1) * rowTokens);
  return tensor(mask, [rowTokens, rowTokens]);
}

/** The states that the output embedding turns into logits, (N, E). */
export function states(config: ModelConfig, weights: Weights, input: PassInput): Value {
  return scope(() => pass(config, weights, input, undefined)[0]);
}

/** The same with everything that the backward pass needs; `dropout` is absent where its p is 0. */
export function statesAndTape(
  config: ModelConfig,
  weights: Weights,
  input: PassInput,
  dropout: Dropout | undefined,
): [states: Value, tape: Tape] {
  return scope(() => pass(config, weights, input, { dropout }));
}

function pass(
  config: ModelConfig,
  weights: Weights,
  input: PassInput,
  training: { dropout: Dropout | undefined } | undefined,
): [states: Value, tape: Tape] {
  const { operand, float, matMul } = weights.products;
  const projects = config.wordEmbedSize !== config.hiddenSize;
  const [start, embedded] = embed(config, weights, input, projects);
  let x = start; // (N, H)
  const layers: LayerTape[] = [];
  for (let n = 0; n < config.layers; n++) {
    if (training) {
      const [y, tape] = scope(() => layer(x, n, config, input, weights, training.dropout)); // (N, H)
      layers.push(tape);
      if (config.preLayerNorm) free(x); // in post-LN the tape may hold it
      x = y;
    } else {
      const y = scope(() => layer(x, n, config, input, weights, undefined)[0]); // (N, H)
      free(x);
      x = y;
    }
  }
  const [normed, norm] = config.preLayerNorm
    ? layerNorm(x, weights, 'final_layer_norm') // (N, H)
    : [x, undefined];
  if (!projects) return [normed, { embedded, layers, norm, projected: undefined }];
  const projected = operand(normed); // (N, H)
  const narrow = float(matMul(projected, weights.operand('project_out.weight'), 'b')); // (N, E)
  return [narrow, { embedded, layers, norm, projected }];
}

/** Token embedding, through project_in where the model has one, plus position embedding. */
function embed(
  { hiddenSize: H }: ModelConfig,
  weights: Weights,
  { ids, positions, rows, rowTokens: T }: PassInput,
  projects: boolean,
): [x: Value, embedded: Value | undefined] {
  const { operand, float, matMul } = weights.products;
  let x = gatherRows(weights.get('embed_tokens.weight'), ids); // (N, E)
  const embedded = projects ? operand(x) : undefined;
  if (embedded !== undefined)
    x = float(matMul(embedded, weights.operand('project_in.weight'), 'b')); // (N, H)
  const table = weights.get('embed_positions.weight'); // (P + 2, H)
  if (positions !== 'consecutive') return [add(x, gatherRows(table, positions)), embedded];
  const places = slice(table, [POSITION_OFFSET, 0], [T, H]); // (T, H)
  return [reshape(add(reshape(x, rows, T, H), places), rows * T, H), embedded]; // (N, H)
}

function layer(
  x: Value,
  n: number,
  config: ModelConfig,
  input: PassInput,
  weights: Weights,
  dropout: Dropout | undefined,
): [y: Value, tape: LayerTape] {
  const name = `layers.${n}`;
  const shape: PassShape = { ...input, heads: config.heads, hiddenSize: config.hiddenSize };
  const [middle, attended] = around(
    x,
    (value) => attention(value, input.mask, shape, weights, `${name}.self_attn`),
    (value) => layerNorm(value, weights, `${name}.self_attn_layer_norm`),
    config.preLayerNorm,
    dropout?.(n, 'attention'),
  );
  const [y, fed] = around(
    middle,
    (value) => feedForward(value, weights, name),
    (value) => layerNorm(value, weights, `${name}.final_layer_norm`),
    config.preLayerNorm,
    dropout?.(n, 'feedForward'),
  );
  return [y, { attention: attended, feedForward: fed }];
}

/** Pre-LN: x + dropout(part(norm(x))). Post-LN: norm(x + dropout(part(x))). All (N, H). */
function around<Inner>(
  x: Value,
  part: (x: Value) => [y: Value, tape: Inner],
  norm: (x: Value) => [y: Value, tape: NormTape],
  preLayerNorm: boolean,
  dropout: Value | undefined,
): [y: Value, tape: PartTape<Inner>] {
  const residual = (y: Value) => add(x, dropout === undefined ? y : mul(y, dropout));
  if (preLayerNorm) {
    const [read, normTape] = norm(x);
    const [y, inner] = part(read);
    return [residual(y), { norm: normTape, inner, dropout }];
  }
  const [added, inner] = part(x);
  const [y, normTape] = norm(residual(added));
  return [y, { norm: normTape, inner, dropout }];
}
