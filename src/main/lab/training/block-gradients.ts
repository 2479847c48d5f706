// The gradients of the parts of a layer, each the mirror of a function of model/blocks.ts.
// N = rows · T tokens, H hidden, A heads of D = H / A, F feed-forward. d… is the gradient of the loss by ….
import { productsFor } from '../engine/products.ts';
import {
  behind,
  BFLOAT16,
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
import {
  bfloatColumnSums,
  bfloatReluGrad,
  bfloatSharesGrad,
  hasBfloats,
  hasLayerNorm,
  hasShares,
  layerNormGrad as gradInOneOperation,
} from '../engine/own-operations.ts';
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
  tape: NormTape,
  { hiddenSize }: PassShape,
  weights: Weights,
  name: string,
  gradients: Gradients,
): Value {
  const gain = weights.get(`${name}.weight`); // (H)
  const grad = hasLayerNorm() ? normGradInOneOperation : normGradInTensorFlows;
  const [dx, dGain, dBias] = grad(dy, tape, gain, hiddenSize);
  gradients[`${name}.weight`] = dGain; // (H)
  gradients[`${name}.bias`] = dBias; // (H)
  return dx; // (N, H)
}

type NormGrad = (dy: Value, tape: NormTape, gain: Value, hiddenSize: number) => [dx: Value, dGain: Value, dBias: Value]; // prettier-ignore

export const normGradInOneOperation: NormGrad = (dy, { normed, inverseDeviation }, gain) =>
  gradInOneOperation(dy, normed, inverseDeviation, gain);

export const normGradInTensorFlows: NormGrad = (dy, { normed, inverseDeviation }, gain, H) => {
  const { matMul } = productsFor('fp32', H);
  const gainOverH = reshape(mul(gain, scalar(1 / H)), H, 1); // (H, 1)
  const dyNormed = mul(dy, normed); // (N, H)
  const meanOfProduct = matMul(dyNormed, gainOverH); // (N, 1), mean of dx̂ · x̂
  const mean = matMul(dy, gainOverH); // (N, 1), mean of dx̂
  const across = sub(sub(mul(dy, gain), mean), mul(normed, meanOfProduct)); // (N, H)
  return [mul(across, inverseDeviation), biasGrad(dyNormed), biasGrad(dy)]; // (N, H), (H), (H)
};

/** The gradient by what a linear layer gives: an operand (N, out), and its sum over rows, float32 (out). */
type Given = [dy: Value, dBias: Value];

/** @param dy float32 (N, out) */
const givenFloats = (dy: Value, { products }: Weights): Given => [
  products.operand(dy),
  biasGrad(dy),
];

/** @param dy an operand (N, out) */
const givenOperands = (dy: Value, { products }: Weights): Given =>
  [dy, products.dtype === BFLOAT16 && hasBfloats() ? bfloatColumnSums(dy) : biasGrad(products.float(dy))]; // prettier-ignore

/** Through y = relu(x), both operands (N, C). */
function givenThroughRelu(dy: Value, y: Value, { products }: Weights): Given {
  if (products.dtype === BFLOAT16 && hasBfloats()) return bfloatReluGrad(dy, y);
  const { dtype, operand, float } = products;
  const dx = reluGrad(float(dy), float(behind(y, dy, dtype))); // behind: not in float32 before it is needed
  return [operand(dx), biasGrad(dx)];
}

/**
 * dx of y = x Wᵀ + b, (N, in), an operand as `input`, which is x.
 * @param widens whether y is wider than x
 */
function linearGrad(
  [dy, dBias]: Given,
  input: Value,
  weights: Weights,
  name: string,
  gradients: Gradients,
  widens = false,
): Value {
  const { float, matMul, narrowFirst } = weights.products;
  gradients[`${name}.weight`] =
    widens && narrowFirst
      ? transpose(float(matMul(input, dy, 'a')), [1, 0]) // (in, out) → (out, in)
      : float(matMul(dy, input, 'a')); // (out, in)
  gradients[`${name}.bias`] = dBias; // (out)
  return matMul(dy, weights.operand(`${name}.weight`)); // (N, in)
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
  const dContext = linearGrad(
    givenFloats(dy, weights),
    context,
    weights,
    `${name}.out_proj`,
    gradients,
  ); // (N, H)
  const byToken = reshapeAs(dtype, dContext, rows, T, A, D);
  // Σ over keys of dshare · share equals Σ over D of dcontext · context, which is fewer numbers: (1, rows, A, T, 1).
  // Behind: not in float32 before it is needed.
  const rowDots = (): Value => {
    const late = float(behind(context, dContext, dtype));
    const alike = reshape(mul(float(dContext), late), rows, T, A, D);
    return reshape(transpose(sumOf(alike, 3), [0, 2, 1, 3]), 1, rows, A, T, 1);
  };
  const dSummed = reshapeAs(dtype, transpose(byToken, [0, 2, 1, 3], dtype), 1, rows, A, T, D);
  const dShares = batchMatMul(dSummed, v, 'b'); // (1, rows, A, T, T)
  const dV = batchMatMul(sharesOperand, dSummed, 'a'); // (1, rows, A, T, D)
  const dScores =
    dtype === BFLOAT16 && hasShares()
      ? bfloatSharesGrad(shares, dShares)
      : operand(mul(shares, sub(float(dShares), rowDots()))); // (1, rows, A, T, T)
  const dQ = batchMatMul(dScores, k); // (1, rows, A, T, D)
  const dK = batchMatMul(dScores, q, 'a'); // (1, rows, A, T, D)
  const parts = transpose(concat([dQ, dK, dV], 0, dtype), [1, 3, 0, 2, 4], dtype); // (rows, T, 3, A, D)
  const dQkv = reshapeAs(dtype, parts, rows * T, 3 * H); // (N, 3H)
  const dx = linearGrad(
    givenOperands(dQkv, weights),
    input,
    weights,
    `${name}.qkv_proj`,
    gradients,
    true,
  ); // (N, H)
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
  const dActive = linearGrad(givenFloats(dy, weights), active, weights, `${name}.fc2`, gradients); // (N, F)
  const dRaised = givenThroughRelu(dActive, active, weights); // (N, F)
  return weights.products.float(
    linearGrad(dRaised, input, weights, `${name}.fc1`, gradients, true),
  ); // (N, H)
}
