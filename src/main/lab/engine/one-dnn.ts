// Fused operations of oneDNN, which TensorFlow's CPU builds for x86 carry under names of their own. Where a build
// lacks one, or tensors lie on a GPU, the same is made of ordinary operations.
import { add, FLOAT, meanOfRows, mul, real, rsqrt, run, scalar, scope, softmax, squaredDifference, sub, text, type, type DType, type Value } from './ops.ts'; // prettier-ignore
import { agree } from './trial.ts';

const float = type('T', FLOAT);
/** Picks the kernel among others of the same operation and types. */
export const labelled = text('_kernel', 'MklNameChangeOp');

interface Fused {
  /** LayerNorm over each row: (N, H), gain (H), bias (H) → (N, H). */
  layerNorm: (x: Value, gain: Value, bias: Value, epsilon: number) => Value;
  /** Softmax over the last axis. */
  softmax: (x: Value) => Value;
}

export const softmaxOf = (x: Value, dtype: DType): Value => run('_MklSoftmax', [type('T', dtype), labelled], [x]); // prettier-ignore

const oneDnn: Fused = {
  layerNorm: (x, gain, bias, epsilon) => run('_MklLayerNorm', [float, real('epsilon', epsilon)], [x, gain, bias]), // prettier-ignore
  softmax: (x) => softmaxOf(x, FLOAT),
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
};

/** The variance tried is about as large as epsilon, which a wrong LayerNorm loses. */
const layerNormAgrees = () =>
  agree('LayerNorm', 1e-4, (x, gain) => [
    oneDnn.layerNorm(x, gain, gain, 1e-5),
    ordinary.layerNorm(x, gain, gain, 1e-5),
  ]);
const softmaxAgrees = () => agree('softmax', 1e-4, (x) => [oneDnn.softmax(x), softmax(x)]);

/** The fused operations that the engine has; not to be called first while a graph is traced. */
export const fusedOperations = (): Fused => ({
  layerNorm: layerNormAgrees() ? oneDnn.layerNorm : ordinary.layerNorm,
  softmax: softmaxAgrees() ? oneDnn.softmax : softmax,
});
