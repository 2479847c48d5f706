// Fused operations of oneDNN, which TensorFlow's CPU builds for x86 carry under names of their own. Where a build
// lacks one, or tensors lie on a GPU, the same is made of ordinary operations.
import { Graph } from './graph.ts';
import { loadEngine } from './index.ts';
import {
  add,
  flag,
  FLOAT,
  free,
  matMul,
  meanOfRows,
  mul,
  read,
  real,
  rsqrt,
  run,
  scalar,
  scope,
  softmax,
  squaredDifference,
  sub,
  tensor,
  text,
  type,
  type Value,
} from './ops.ts';

const float = type('T', FLOAT);
/** Picks the kernel among others of the same operation and types. */
const labelled = text('_kernel', 'MklNameChangeOp');
const byTransposed = [float, flag('transpose_a', false), flag('transpose_b', true), labelled];
const overRows = [float, flag('transpose_a', true), flag('transpose_b', false), labelled];

interface Fused {
  /** LayerNorm over each row: (N, H), gain (H), bias (H) → (N, H). */
  layerNorm: (x: Value, gain: Value, bias: Value, epsilon: number) => Value;
  /** Softmax over the last axis. */
  softmax: (x: Value) => Value;
  /** x · wᵀ, (N, K) · (M, K) → (N, M). */
  product: (x: Value, w: Value) => Value;
  /** aᵀ · b, (N, M) · (N, K) → (M, K). */
  productOverRows: (a: Value, b: Value) => Value;
}

const oneDnn: Fused = {
  layerNorm: (x, gain, bias, epsilon) => run('_MklLayerNorm', [float, real('epsilon', epsilon)], [x, gain, bias]), // prettier-ignore
  softmax: (x) => run('_MklSoftmax', [float, labelled], [x]),
  product: (x, w) => run('_MklMatMul', byTransposed, [x, w]),
  productOverRows: (a, b) => run('_MklMatMul', overRows, [a, b]),
};

const ordinary: Fused = {
  layerNorm: (x, gain, bias, epsilon) =>
    scope(() => {
      const mean = meanOfRows(x); // (N, 1)
      const variance = meanOfRows(squaredDifference(x, mean)); // (N, 1)
      const normed = mul(sub(x, mean), rsqrt(add(variance, scalar(epsilon)))); // (N, H)
      return add(mul(normed, gain), bias);
    }),
  softmax,
  product: (x, w) => matMul(x, w, 'fp32', 'b'),
  productOverRows: (a, b) => matMul(a, b, 'fp32', 'a'),
};

/** Small uses of each, the variance about as large as epsilon. */
const trials: Record<keyof Fused, (by: Fused, x: Value, gain: Value) => Value> = {
  layerNorm: (by, x, gain) => by.layerNorm(x, gain, gain, 1e-5),
  softmax: (by, x) => by.softmax(x),
  product: (by, x) => by.product(x, x),
  productOverRows: (by, x) => by.productOverRows(x, x),
};

let found: Fused | undefined;

/**
 * The fused operations that the engine has and that compute what they should, tried once in a graph; not to be called
 * while one is traced.
 */
export const fusedOperations = (): Fused =>
  (found ??= {
    layerNorm: pick('layerNorm').layerNorm,
    softmax: pick('softmax').softmax,
    product: pick('product').product,
    productOverRows: pick('productOverRows').productOverRows,
  });

/** Hidden size from which oneDNN's products are the faster ones, by a tenth to a third; below, as fast or slower. */
const WIDE = 512;

/** Float32 products with the matrices of a model. */
export const productsFor = (hiddenSize: number): Pick<Fused, 'product' | 'productOverRows'> =>
  hiddenSize >= WIDE ? fusedOperations() : ordinary;

const pick = (name: keyof Fused): Fused => (agrees(name) ? oneDnn : ordinary);

function agrees(name: keyof Fused): boolean {
  if (loadEngine().info.device !== 'CPU') return false;
  let graph: Graph | undefined;
  try {
    graph = new Graph((definition) => {
      const x = definition.input('x', FLOAT, [2, 16]);
      const gain = definition.input('gain', FLOAT, [16]);
      definition.entry('both', () => [trials[name](oneDnn, x, gain), trials[name](ordinary, x, gain)]); // prettier-ignore
    });
    const [ours, theirs] = runBoth(graph);
    return ours.every((value, n) => Math.abs(value - (theirs[n] ?? NaN)) < 1e-4);
  } catch {
    return false; // not registered, in TensorFlow's words
  } finally {
    graph?.dispose();
  }
}

function runBoth(graph: Graph): [Float32Array, Float32Array] {
  const x = tensor(
    Float32Array.from({ length: 32 }, (_, n) => Math.sin(n) / 300),
    [2, 16],
  );
  const gain = tensor(
    Float32Array.from({ length: 16 }, (_, n) => Math.cos(n)),
    [16],
  );
  const made = graph.run('both', { x, gain });
  const [a, b] = made.map(read) as [Float32Array, Float32Array];
  free(x, gain, ...made);
  return [a, b];
}
