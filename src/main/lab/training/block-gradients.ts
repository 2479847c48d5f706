// The gradients of the parts of a layer, each the mirror of a function of model/blocks.ts.
// N = rows · T tokens, H hidden, A heads of D = H / A, F feed-forward. d… is the gradient of the loss by ….
import { productsFor } from '../engine/products.ts';
import {
  behind,
  biasGrad,
  concat,
  mul,
  reluGrad,
  reshape,
  reshapeAs,
  scalar,
  sub,
  sumOf,
  transpose,
  type Value,
} from '../engine/ops.ts';
import type {
  AttentionTape,
  FeedForwardTape,
  NormTape,
  PassShape,
  Weights,
} from '../model/index.ts';

/** Gradients by parameter name. */
export type Gradients = { [name: string]: Value };

/** dx of y = x̂ · gain + bias: (dx̂ − mean(dx̂) − x̂ · mean(dx̂ · x̂)) / deviation, over each row. */
export function layerNormGrad(
  dy: Value, // (N, H)
  { normed, inverseDeviation }: NormTape,
  { hiddenSize: H }: PassShape,
  weights: Weights,
  name: string,
  gradients: Gradients,
): Value {
  const { matMul } = productsFor('fp32', H);
  const gain = weights.get(`${name}.weight`); // (H)
  const gainOverH = reshape(mul(gain, scalar(1 / H)), H, 1); // (H, 1)
  const dyNormed = mul(dy, normed); // (N, H)
  gradients[`${name}.weight`] = biasGrad(dyNormed); // (H)
  gradients[`${name}.bias`] = biasGrad(dy); // (H)
  const meanOfProduct = matMul(dyNormed, gainOverH); // (N, 1), mean of dx̂ · x̂
  const mean = matMul(dy, gainOverH); // (N, 1), mean of dx̂
  const across = sub(sub(mul(dy, gain), mean), mul(normed, meanOfProduct)); // (N, H)
  return mul(across, inverseDeviation); // (N, H)
}

/**
 * dx of y = x Wᵀ + b, (N, in), an operand as `input`, which is x.
 * @param dy (N, out), float32, and the same as an operand
 * @param widens whether y is wider than x
 */
function linearGrad(
  [dy, dyOperand]: [Value, Value],
  input: Value,
  weights: Weights,
  name: string,
  gradients: Gradients,
  widens = false,
): Value {
  const { float, matMul, narrowFirst } = weights.products;
  gradients[`${name}.weight`] =
    widens && narrowFirst
      ? transpose(float(matMul(input, dyOperand, 'a')), [1, 0]) // (in, out) → (out, in)
      : float(matMul(dyOperand, input, 'a')); // (out, in)
  gradients[`${name}.bias`] = biasGrad(dy); // (out)
  return matMul(dyOperand, weights.operand(`${name}.weight`)); // (N, in)
}

/** dx of attention with its output projection. */
export function attentionGrad(
  dy: Value, // (N, H)
  { input, q, k, v, shares, sharesOperand, context }: AttentionTape,
  { rows, rowTokens: T, heads: A, hiddenSize: H }: PassShape,
  weights: Weights,
  name: string,
  gradients: Gradients,
): Value {
  const { queryScale, products } = weights;
  const { dtype, operand, float, batchMatMul } = products;
  const D = H / A;
  const dContext = linearGrad([dy, operand(dy)], context, weights, `${name}.out_proj`, gradients); // (N, H)
  // Σ over keys of dshare · share equals Σ over D of dcontext · context, which is fewer numbers.
  // Behind: not in float32 before it is needed.
  const late = float(behind(context, dContext, dtype));
  const alike = reshape(mul(float(dContext), late), rows, T, A, D);
  const rowDot = reshape(transpose(sumOf(alike, 3), [0, 2, 1, 3]), 1, rows, A, T, 1);
  const byToken = reshapeAs(dtype, dContext, rows, T, A, D);
  const dSummed = reshapeAs(dtype, transpose(byToken, [0, 2, 1, 3], dtype), 1, rows, A, T, D);
  const dShares = float(batchMatMul(dSummed, v, 'b')); // (1, rows, A, T, T)
  const dV = batchMatMul(sharesOperand, dSummed, 'a'); // (1, rows, A, T, D)
  const dScores = operand(mul(shares, sub(dShares, rowDot))); // (1, rows, A, T, T)
  const dQ = batchMatMul(dScores, k); // (1, rows, A, T, D)
  const dK = batchMatMul(dScores, q, 'a'); // (1, rows, A, T, D)
  const parts = transpose(concat([dQ, dK, dV], 0, dtype), [1, 3, 0, 2, 4], dtype); // (rows, T, 3, A, D)
  const dQkv = reshapeAs(dtype, parts, rows * T, 3 * H); // (N, 3H)
  const dx = linearGrad([float(dQkv), dQkv], input, weights, `${name}.qkv_proj`, gradients, true); // (N, H)
  // The products read q's rows scaled (readWeights), so the gradient passes through the same scale.
  const weight = `${name}.qkv_proj.weight`;
  const bias = `${name}.qkv_proj.bias`;
  gradients[weight] = mul(gradients[weight]!, queryScale); // (3H, H)
  gradients[bias] = mul(gradients[bias]!, reshape(queryScale, 3 * H)); // (3H)
  return float(dx);
}

/** dx of fc2(relu(fc1(x))). */
export function feedForwardGrad(
  dy: Value, // (N, H)
  { input, active }: FeedForwardTape,
  weights: Weights,
  name: string,
  gradients: Gradients,
): Value {
  const { dtype, operand, float } = weights.products;
  const dActive = float(linearGrad([dy, operand(dy)], active, weights, `${name}.fc2`, gradients)); // (N, F)
  const dRaised = reluGrad(dActive, float(behind(active, dActive, dtype))); // (N, F)
  return float(
    linearGrad([dRaised, operand(dRaised)], input, weights, `${name}.fc1`, gradients, true),
  ); // (N, H)
}
