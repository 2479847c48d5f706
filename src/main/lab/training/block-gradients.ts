// The gradients of the parts of a layer, each the mirror of a function of model/blocks.ts.
// N = rows · T tokens, H hidden, A heads of D = H / A, F feed-forward. d… is the gradient of the loss by ….
import {
  batchMatMul,
  biasGrad,
  concat,
  free,
  matMul,
  mul,
  operand,
  reluGrad,
  reshape,
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
  const gain = weights.get(`${name}.weight`); // (H)
  const gainOverH = reshape(mul(gain, scalar(1 / H)), H, 1); // (H, 1)
  const dyNormed = mul(dy, normed); // (N, H)
  gradients[`${name}.weight`] = biasGrad(dyNormed); // (H)
  gradients[`${name}.bias`] = biasGrad(dy); // (H)
  const meanOfProduct = matMul(dyNormed, gainOverH, 'fp32'); // (N, 1), mean of dx̂ · x̂
  free(dyNormed);
  const mean = matMul(dy, gainOverH, 'fp32'); // (N, 1), mean of dx̂
  const dNormed = mul(dy, gain); // (N, H)
  const centred = sub(dNormed, mean); // (N, H)
  free(dNormed);
  const along = mul(normed, meanOfProduct); // (N, H)
  const across = sub(centred, along); // (N, H)
  free(centred, along);
  const dx = mul(across, inverseDeviation); // (N, H)
  free(across);
  return dx;
}

/**
 * dx of y = x Wᵀ + b; `input` is x as an operand.
 * @param widens whether y is much wider than x. A product over the tokens is fastest where the narrower of its factors
 * is the one that enters transposed, at the cost of turning the small result around.
 */
function linearGrad(
  dy: Value,
  input: Value,
  weights: Weights,
  name: string,
  gradients: Gradients,
  widens = false,
): Value {
  const { precision } = weights;
  const dyOperand = operand(dy, precision); // (N, out)
  gradients[`${name}.weight`] = widens
    ? transpose(weights.productOverRows(input, dyOperand), 1, 0) // (in, out) → (out, in)
    : weights.productOverRows(dyOperand, input); // (out, in)
  gradients[`${name}.bias`] = biasGrad(dy); // (out)
  return matMul(dyOperand, weights.operand(`${name}.weight`), precision); // (N, in)
}

/** dx of attention with its output projection. */
export function attentionGrad(
  dy: Value, // (N, H)
  { input, q, k, v, shares, context, contextOperand }: AttentionTape,
  { rows, rowTokens: T, heads: A, hiddenSize: H }: PassShape,
  weights: Weights,
  name: string,
  gradients: Gradients,
): Value {
  const { precision, queryScale } = weights;
  const D = H / A;
  const dContext = linearGrad(dy, contextOperand, weights, `${name}.out_proj`, gradients); // (N, H)
  // Σ over keys of dshare · share equals Σ over D of dcontext · context, which is fewer numbers.
  const products = reshape(mul(dContext, context), rows, T, A, D);
  const rowDot = reshape(transpose(sumOf(products, 3), 0, 2, 1, 3), 1, rows, A, T, 1);
  free(products);
  const byHead = reshape(transpose(reshape(dContext, rows, T, A, D), 0, 2, 1, 3), 1, rows, A, T, D);
  const dSummed = operand(byHead, precision); // (1, rows, A, T, D)
  const dShares = batchMatMul(dSummed, v, precision, 'b'); // (1, rows, A, T, T)
  const dV = batchMatMul(operand(shares, precision), dSummed, precision, 'a'); // (1, rows, A, T, D)
  const centred = sub(dShares, rowDot); // (1, rows, A, T, T)
  free(dShares);
  const dScores = mul(shares, centred); // (1, rows, A, T, T)
  free(centred);
  const dScoresOperand = operand(dScores, precision);
  const dQ = batchMatMul(dScoresOperand, k, precision); // (1, rows, A, T, D)
  const dK = batchMatMul(dScoresOperand, q, precision, 'a'); // (1, rows, A, T, D)
  const dQkv = reshape(transpose(concat([dQ, dK, dV], 0), 1, 3, 0, 2, 4), rows * T, 3 * H); // (N, 3H)
  const dx = linearGrad(dQkv, input, weights, `${name}.qkv_proj`, gradients); // (N, H)
  // The products read q's rows scaled (readWeights), so the gradient passes through the same scale.
  const weight = `${name}.qkv_proj.weight`;
  const bias = `${name}.qkv_proj.bias`;
  gradients[weight] = mul(gradients[weight]!, queryScale); // (3H, H)
  gradients[bias] = mul(gradients[bias]!, reshape(queryScale, 3 * H)); // (3H)
  return dx;
}

/** dx of fc2(relu(fc1(x))). */
export function feedForwardGrad(
  dy: Value, // (N, H)
  { input, active, activeOperand }: FeedForwardTape,
  weights: Weights,
  name: string,
  gradients: Gradients,
): Value {
  const dActive = linearGrad(dy, activeOperand, weights, `${name}.fc2`, gradients); // (N, F)
  const dRaised = reluGrad(dActive, active); // (N, F)
  free(dActive);
  return linearGrad(dRaised, input, weights, `${name}.fc1`, gradients, true); // (N, H)
}
