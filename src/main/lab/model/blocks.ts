// The parts of an OPT layer: LayerNorm, attention, feed-forward. Each gives its output and a tape: what
// its gradient needs. Shapes: N = rows · T tokens, H hidden, A heads of D = H / A, F feed-forward.
import {
  add,
  batchMatMul,
  BFLOAT16,
  biasAdd,
  FLOAT,
  free,
  meanOfRows,
  mul,
  operand,
  relu,
  reshape,
  rsqrt,
  scalar,
  softmax,
  splitFirst,
  squaredDifference,
  sub,
  transpose,
  type Value,
} from '../engine/ops.ts';
import type { Weights } from './weights.ts';

/** The sizes of one pass. */
export interface PassShape {
  rows: number;
  rowTokens: number;
  heads: number;
  hiddenSize: number;
}

export const LAYER_NORM_EPSILON = 1e-5;

export type NormTape = { normed: Value; inverseDeviation: Value };

/** y = x̂ · gain + bias with x̂ = (x − mean) / sqrt(variance + ε), over each row. */
export function layerNorm(x: Value, weights: Weights, name: string): [y: Value, tape: NormTape] {
  const mean = meanOfRows(x); // (N, 1)
  const deviation = squaredDifference(x, mean); // (N, H)
  const variance = meanOfRows(deviation); // (N, 1)
  free(deviation);
  const inverseDeviation = rsqrt(add(variance, scalar(LAYER_NORM_EPSILON))); // (N, 1)
  const centred = sub(x, mean); // (N, H)
  const normed = mul(centred, inverseDeviation); // (N, H)
  free(centred);
  const scaled = mul(normed, weights.get(`${name}.weight`)); // (N, H)
  const y = add(scaled, weights.get(`${name}.bias`)); // (N, H)
  free(scaled);
  return [y, { normed, inverseDeviation }];
}

/** y = x Wᵀ + b; `x` is an operand of products, y float32. */
export function linear(x: Value, weights: Weights, name: string): Value {
  const product = weights.product(x, `${name}.weight`);
  const y = biasAdd(product, weights.get(`${name}.bias`));
  free(product);
  return y;
}

export type AttentionTape = {
  /** What q, k and v are made from, as an operand: (N, H). */
  input: Value;
  /** Operands, (1, rows, A, T, D); q is scaled by D^−0.5. */
  q: Value;
  k: Value;
  v: Value;
  /** Softmax of the scores, (1, rows, A, T, T). */
  shares: Value;
  /** Weighted sums of v, (N, H), and the same as an operand. */
  context: Value;
  contextOperand: Value;
};

/**
 * Multi-head attention with its output projection, (N, H) → (N, H).
 * @param mask added to the scores: (T, T), or (rows, 1, T, T)
 */
export function attention(
  x: Value,
  mask: Value,
  { rows, rowTokens: T, heads: A, hiddenSize: H }: PassShape,
  weights: Weights,
  name: string,
): [y: Value, tape: AttentionTape] {
  const { precision } = weights;
  const input = operand(x, precision); // (N, H)
  const qkv = linear(input, weights, `${name}.qkv_proj`); // (N, 3H)
  const byHead = transpose(reshape(qkv, rows, T, 3, A, H / A), 2, 0, 3, 1, 4); // (3, rows, A, T, D)
  free(qkv);
  const dtype = precision === 'bf16' ? BFLOAT16 : FLOAT;
  const [q, k, v] = splitFirst(operand(byHead, precision), 3, dtype) as [Value, Value, Value];
  const scores = batchMatMul(q, k, precision, 'b'); // (1, rows, A, T, T)
  const masked = add(scores, mask); // (1, rows, A, T, T)
  free(scores);
  const shares = softmax(masked); // (1, rows, A, T, T)
  free(masked);
  const summed = batchMatMul(operand(shares, precision), v, precision); // (1, rows, A, T, D)
  const context = reshape(transpose(summed, 0, 1, 3, 2, 4), rows * T, H); // (N, H)
  free(summed);
  const contextOperand = operand(context, precision);
  const y = linear(contextOperand, weights, `${name}.out_proj`); // (N, H)
  return [y, { input, q, k, v, shares, context, contextOperand }];
}

export type FeedForwardTape = {
  /** (N, H), an operand. */
  input: Value;
  /** After the ReLU, (N, F), and the same as an operand. */
  active: Value;
  activeOperand: Value;
};

/** fc2(relu(fc1(x))), (N, H) → (N, H). */
export function feedForward(
  x: Value,
  weights: Weights,
  name: string,
): [y: Value, tape: FeedForwardTape] {
  // prettier-ignore
  const input = operand(x, weights.precision); // (N, H)
  const raised = linear(input, weights, `${name}.fc1`); // (N, F)
  const active = relu(raised); // (N, F)
  free(raised);
  const activeOperand = operand(active, weights.precision);
  const y = linear(activeOperand, weights, `${name}.fc2`); // (N, H)
  return [y, { input, active, activeOperand }];
}
