// Fused operations of oneDNN, which TensorFlow's CPU builds for x86 carry under names of their own. Where a build
// lacks one, or tensors lie on a GPU, the same is made of ordinary operations.
import { loadEngine } from './index.ts';
import {
  add,
  flag,
  FLOAT,
  matMul,
  meanOfRows,
  mul,
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
  type Attribute,
  type Value,
} from './ops.ts';

const float = type('T', FLOAT);
/** Picks the kernel among others of the same operation and types. */
const labelled = text('_kernel', 'MklNameChangeOp');

const found = new Map<string, boolean>();
/** Whether the engine has an operation: tried once, on small inputs of its own shapes. */
function has(op: string, attributes: Attribute[], ...shapes: number[][]): boolean {
  let known = found.get(op);
  if (known === undefined) {
    known = loadEngine().info.device === 'CPU' && runs(op, attributes, shapes);
    found.set(op, known);
  }
  return known;
}

function runs(op: string, attributes: Attribute[], shapes: number[][]): boolean {
  try {
    scope(() => {
      run(op, attributes, shapes.map((shape) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape))); // prettier-ignore
    });
    return true;
  } catch {
    return false; // TensorFlow's words for an operation or kernel that is not registered
  }
}

const norming = (epsilon: number): Attribute[] => [float, real('epsilon', epsilon)];
/** LayerNorm over each row: (N, H), gain (H), bias (H) → (N, H). */
export function fusedLayerNorm(x: Value, gain: Value, bias: Value, epsilon: number): Value {
  if (has('_MklLayerNorm', norming(epsilon), [2, 16], [16], [16]))
    return run('_MklLayerNorm', norming(epsilon), [x, gain, bias]);
  return scope(() => {
    const mean = meanOfRows(x); // (N, 1)
    const variance = meanOfRows(squaredDifference(x, mean)); // (N, 1)
    const normed = mul(sub(x, mean), rsqrt(add(variance, scalar(epsilon)))); // (N, H)
    return add(mul(normed, gain), bias);
  });
}

/** Softmax over the last axis. */
export function fusedSoftmax(x: Value): Value {
  const attributes = [float, labelled];
  return has('_MklSoftmax', attributes, [2, 16]) ? run('_MklSoftmax', attributes, [x]) : softmax(x);
}

const byTransposed = [float, flag('transpose_a', false), flag('transpose_b', true), labelled];
/** x · wᵀ, (N, K) · (M, K) → (N, M). */
export function fusedProduct(x: Value, w: Value): Value {
  if (has('_MklMatMul', byTransposed, [2, 16], [3, 16]))
    return run('_MklMatMul', byTransposed, [x, w]);
  return matMul(x, w, 'fp32', 'b');
}
