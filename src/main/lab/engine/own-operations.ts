// Operations of our own, which set-up compiles into the addon from own/. Where the addon lacks them,
// or the device is a GPU, callers make the same of TensorFlow's.
import { loadEngine } from './index.ts';
import type { AdamScalars } from './ops.ts';
import { run, runAll, scalar, type Value } from './values.ts';

const registered = new Map<string, boolean>();
/** Whether an operation is in the addon, as in one that our set-up compiled, where it computes on the CPU. */
function hasOwn(op: string): boolean {
  let known = registered.get(op);
  if (known === undefined) registered.set(op, (known = loadEngine().info.device === 'CPU' && isRegistered(op))); // prettier-ignore
  return known;
}

function isRegistered(op: string): boolean {
  try {
    loadEngine().binding.executeOp(op, [], [], 0);
    return true;
  } catch (error) {
    return !String(error).includes('registered in'); // else it misses its inputs
  }
}

const ownOutputLayer = ['GardenpathSumExp', 'GardenpathEdgeLogProbs'] as const;
/** Whether `sumOfExp` and `edgeLogProbs` are here (output-layer.cc). */
export const hasOutputLayer = (): boolean => ownOutputLayer.every(hasOwn);

/** Σ eˣ of each row, (N, C) → (N, 1); infinite where an x is above 88.72. Only where `hasOutputLayer()`. */
export const sumOfExp = (x: Value): Value => run(ownOutputLayer[0], [], [x]);

/**
 * states[rows] · embedding[tokens] − logSums[rows] for each edge, (edges, 1); states (N, E), embedding (V, E), logSums
 * (N, 1), rows and tokens (edges). Only where `hasOutputLayer()`.
 */
export const edgeLogProbs = (
  states: Value,
  embedding: Value,
  logSums: Value,
  rows: Value,
  tokens: Value,
): Value => run(ownOutputLayer[1], [], [states, embedding, logSums, rows, tokens]);

const ownTiles = ['GardenpathLinear', 'GardenpathLinearRelu', 'GardenpathSumExpOfLogits'] as const;
/** Whether `linearInTiles` and `sumExpOfLogits` are here (tiles.cc): where the processor has AMX. */
export const hasTiles = (): boolean => ownTiles.every(hasOwn);

/** x w + bias, through ReLU where asked, at float32's precision: (N, in), (in, out), (out) → (N, out). */
export const linearInTiles = (x: Value, w: Value, bias: Value, activation?: 'Relu'): Value =>
  run(ownTiles[activation ? 1 : 0], [], [x, w, bias]);

/**
 * Σ exp(h · e) over the rows e of an embedding (V, E), for each state h, likewise: (N, E) → (N, 1). Infinite where a
 * logit is above 88.72.
 */
export const sumExpOfLogits = (states: Value, embedding: Value): Value =>
  run(ownTiles[2], [], [states, embedding]);

const ownBfloats = [
  'GardenpathBfloatColumnSums',
  'GardenpathBfloatReluGrad',
  'GardenpathBfloatSoftmax',
] as const;
/** Whether `bfloatColumnSums`, `bfloatReluGrad` and `bfloatSoftmax` are here (bfloat16.cc). */
export const hasBfloats = (): boolean => ownBfloats.every(hasOwn);

/** The sum over rows of bfloat16 (N, C), float32 (C). */
export const bfloatColumnSums = (x: Value): Value => run(ownBfloats[0], [], [x]);

/** dy where y > 0, else 0, bfloat16 (N, C), and its sum over rows, float32 (C). */
export const bfloatReluGrad = (dy: Value, y: Value) =>
  runAll(ownBfloats[1], [], [dy, y], 2) as [dx: Value, columnSums: Value];

/** Softmax over each row, bfloat16 (N, C). */
export const bfloatSoftmax = (logits: Value): Value => run(ownBfloats[2], [], [logits]);

const ownAttention = [
  'GardenpathShares',
  'GardenpathBfloatShares',
  'GardenpathBfloatSharesGrad',
] as const;
/** Whether `shares`, `bfloatShares` and `bfloatSharesGrad` are here (attention.cc). */
export const hasShares = (): boolean => ownAttention.every(hasOwn);

/**
 * Shares of attention: softmax(scores + mask) over the last axis, scores (rows, A, T, T), mask (T, T) or
 * (rows, 1, T, T), all float32.
 */
export const shares = (scores: Value, mask: Value): Value => run(ownAttention[0], [], [scores, mask]); // prettier-ignore

/**
 * The same of scores in bfloat16.
 * @returns in float32 and in bfloat16
 */
export const bfloatShares = (scores: Value, mask: Value) =>
  runAll(ownAttention[1], [], [scores, mask], 2) as [shares: Value, rounded: Value];

/** The gradient by those scores, bfloat16, from the shares, float32, and the gradient by them, bfloat16. */
export const bfloatSharesGrad = (shares: Value, dShares: Value): Value =>
  run(ownAttention[2], [], [shares, dShares]);

const ownTreeAttention = 'GardenpathTreeAttention';
/** Whether `treeAttention` is here (attention.cc). */
export const hasTreeAttention = (): boolean => hasOwn(ownTreeAttention);

/**
 * Attention over trees of cells in preorder, (N, A · D): softmax(q · kᵀ) · v for each of A heads, over the cells j that
 * cell i sees: itself, and those with j < i < ends[j]. Only where `hasTreeAttention()`.
 * @param qkv queries (scaled), keys and values, (N, 3, A, D)
 * @param ends (N) integers, of which one lies within another or apart from it
 */
export const treeAttention = (qkv: Value, ends: Value): Value => run(ownTreeAttention, [], [qkv, ends]); // prettier-ignore

const ownLayerNorm = ['GardenpathLayerNorm', 'GardenpathLayerNormGrad'] as const;
/** Whether `layerNorm` and `layerNormGrad` are here (layer-norm.cc). */
export const hasLayerNorm = (): boolean => ownLayerNorm.every(hasOwn);

/** y = x̂ · gain + bias over each row, and what its gradient needs; x, y, x̂ (N, H), 1 / deviation (N, 1). */
export const layerNorm = (x: Value, gain: Value, bias: Value, epsilon: number) =>
  runAll(ownLayerNorm[0], [], [x, gain, bias, scalar(epsilon)], 3) as [y: Value, normed: Value, inverseDeviation: Value]; // prettier-ignore

/** Gradients of that by x (N, H), gain and bias (H). */
export const layerNormGrad = (dy: Value, normed: Value, inverseDeviation: Value, gain: Value) =>
  runAll(ownLayerNorm[1], [], [dy, normed, inverseDeviation, gain], 3) as [dx: Value, dGain: Value, dBias: Value]; // prettier-ignore

const ownAdamW = 'GardenpathAdamW';
/** Whether `applyAdamW` is here (adamw.cc). */
export const hasAdamW = (): boolean => hasOwn(ownAdamW);

/**
 * AdamW in one pass over memory (adamw.cc), all in place: g = scale · gradient, θ *= shrink, and Adam as `applyAdam` (ops.ts). Only where
 * `hasAdamW()`.
 */
export function applyAdamW(theta: Value, m: Value, v: Value, s: AdamScalars & { scale: Value; shrink: Value }, gradient: Value): void {
  const scalars = [s.scale, s.shrink, s.learningRate, s.beta1, s.beta2, s.beta1Power, s.beta2Power, s.epsilon]; // prettier-ignore
  runAll(ownAdamW, [], [theta, m, v, gradient, ...scalars], 0);
} // prettier-ignore
