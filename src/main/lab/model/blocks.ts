// The parts of an OPT layer: LayerNorm, attention, feed-forward. Each gives its output and a tape: what
// its gradient needs. Shapes: N = rows · T tokens, H hidden, A heads of D = H / A, F feed-forward.
import {
  add,
  BFLOAT16,
  meanOfRows,
  mul,
  reshapeAs,
  rsqrt,
  scalar,
  splitFirst,
  squaredDifference,
  sub,
  transpose,
  type Value,
} from '../engine/ops.ts';
import {
  bfloatShares,
  hasShares,
  hasLayerNorm,
  layerNorm as normInOneOperation,
  shares as sharesOfFloats,
} from '../engine/own-operations.ts';
import { productsFor } from '../engine/products.ts';
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
  const [gain, bias] = [weights.get(`${name}.weight`), weights.get(`${name}.bias`)];
  const [y, normed, inverseDeviation] = norm(x, gain, bias);
  return [y, { normed, inverseDeviation }];
}

/** The same, by the fastest operation there is: x, y, x̂ (N, H), 1 / deviation (N, 1). */
export const norm = (
  x: Value,
  gain: Value,
  bias: Value,
): [y: Value, normed: Value, inverseDeviation: Value] =>
  (hasLayerNorm() ? normInOneOperation : normInTensorFlows)(x, gain, bias, LAYER_NORM_EPSILON);

/** As our own operation. */
export function normInTensorFlows(
  x: Value,
  gain: Value,
  bias: Value,
  epsilon: number,
): [y: Value, normed: Value, inverseDeviation: Value] {
  const mean = meanOfRows(x); // (N, 1)
  const variance = meanOfRows(squaredDifference(x, mean)); // (N, 1)
  const inverseDeviation = rsqrt(add(variance, scalar(epsilon))); // (N, 1)
  const normed = mul(sub(x, mean), inverseDeviation); // (N, H)
  const y = add(mul(normed, gain), bias); // (N, H)
  return [y, normed, inverseDeviation];
}

/** y = x Wᵀ + b, through ReLU where asked; `x` and y are operands of products. */
export const linear = (x: Value, weights: Weights, name: string, activation?: 'Relu'): Value =>
  weights.products.linear(
    x,
    weights.operand(`${name}.weight`),
    weights.get(`${name}.bias`),
    activation,
  );

export type AttentionTape = {
  /** What q, k and v are made from, an operand: (N, H). */
  input: Value;
  /** Operands, (1, rows, A, T, D); q is scaled by D^−0.5. */
  q: Value;
  k: Value;
  v: Value;
  /** Softmax of the scores, (1, rows, A, T, T), and the same as an operand. */
  shares: Value;
  sharesOperand: Value;
  /** Weighted sums of v, an operand (N, H). */
  context: Value;
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
  const { dtype, operand, float, batchMatMul } = weights.products;
  const input = operand(x); // (N, H)
  const qkv = reshapeAs(dtype, linear(input, weights, `${name}.qkv_proj`), rows, T, 3, A, H / A);
  const byHead = transpose(qkv, [2, 0, 3, 1, 4], dtype); // (3, rows, A, T, D)
  const [q, k, v] = splitFirst(byHead, 3, dtype) as [Value, Value, Value]; // (1, rows, A, T, D)
  const scores = batchMatMul(q, k, 'b'); // (1, rows, A, T, T)
  const [shares, sharesOperand] = sharesOf(scores, mask, weights); // (1, rows, A, T, T)
  const summed = batchMatMul(sharesOperand, v); // (1, rows, A, T, D)
  const context = reshapeAs(dtype, transpose(summed, [0, 1, 3, 2, 4], dtype), rows * T, H); // (N, H)
  const y = float(linear(context, weights, `${name}.out_proj`)); // (N, H)
  return [y, { input, q, k, v, shares, sharesOperand, context }];
}

/** Softmax of scores, an operand, with a mask: in float32, and as an operand. */
function sharesOf(
  scores: Value,
  mask: Value,
  { products }: Weights,
): [shares: Value, operand: Value] {
  const isOwn = hasShares();
  if (isOwn && products.dtype === BFLOAT16) return bfloatShares(scores, mask);
  const shares = isOwn ? sharesOfFloats(scores, mask) : productsFor('fp32').softmax(add(products.float(scores), mask)); // prettier-ignore
  return [shares, products.operand(shares)];
}

export type FeedForwardTape = {
  /** (N, H), an operand. */
  input: Value;
  /** After the ReLU, (N, F), an operand. */
  active: Value;
};

/** fc2(relu(fc1(x))), (N, H) → (N, H). */
export function feedForward(
  x: Value,
  weights: Weights,
  name: string,
): [y: Value, tape: FeedForwardTape] {
  const { operand, float } = weights.products;
  const input = operand(x); // (N, H)
  const active = linear(input, weights, `${name}.fc1`, 'Relu'); // (N, F)
  const y = float(linear(active, weights, `${name}.fc2`)); // (N, H)
  return [y, { input, active }];
}
