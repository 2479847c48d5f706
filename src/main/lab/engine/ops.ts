// TensorFlow's operations by their own names, with what tfjs lacks (bfloat16, fused losses, resource variables).
import {
  BFLOAT16,
  flag,
  FLOAT,
  free,
  int,
  INT32,
  integer,
  ints,
  keep,
  run,
  runAll,
  scope,
  shapeOf,
  tensor,
  text,
  type,
  type DType,
  type Value,
} from './values.ts';

export * from './values.ts';

const toBfloat16 = [type('SrcT', FLOAT), type('DstT', BFLOAT16), flag('Truncate', false)];
const toFloat = [type('SrcT', BFLOAT16), type('DstT', FLOAT), flag('Truncate', false)];
export const bfloat16 = (x: Value): Value => run('Cast', toBfloat16, [x]);
export const float32 = (x: Value): Value => run('Cast', toFloat, [x]);

const T = { [FLOAT]: type('T', FLOAT), [INT32]: type('T', INT32), [BFLOAT16]: type('T', BFLOAT16) };
const float = [T[FLOAT]];
const keepingRows = [flag('keep_dims', true), T[FLOAT], type('Tidx', INT32)];
const droppingAxes = [flag('keep_dims', false), T[FLOAT], type('Tidx', INT32)];

// ---- random numbers -----------------------------------------------------------------------------

const randomAttributes = [type('dtype', FLOAT), type('Tseed', INT32), type('T', INT32)];
/** Normal with mean 0 and deviation 1; `seeds` are two int32 (2), on which alone the numbers depend. */
export const randomNormal = (shape: number[], seeds: Value): Value =>
  run('StatelessRandomNormal', randomAttributes, [ints(...shape), seeds]);
/** Uniform in [0, 1), likewise. */
export const randomUniform = (shape: number[], seeds: Value): Value =>
  run('StatelessRandomUniform', randomAttributes, [ints(...shape), seeds]);

// ---- variables ----------------------------------------------------------------------------------

const dtypeFloat = [type('dtype', FLOAT)];
/**
 * TensorFlow's word for a variable without a name (`ResourceHandle::ANONYMOUS_NAME`): each is one of its own. With names
 * memory would grow from run to run: for an operation with attributes that are new to it TensorFlow makes a kernel, and
 * keeps it for good, 4 kB a name.
 */
const unnamed = text('shared_name', 'cd2c89b7-88b7-44c8-ad83-06c2a9158347');

/** A float32 variable that operations update in place. Its owner destroys it with `destroyVariable`. */
export function variable(initial: Value, shape: number[]): Value {
  const attributes = [...dtypeFloat, shapeOf('shape', shape), text('container', ''), unnamed];
  const handle = keep(run('VarHandleOp', attributes, []));
  assign(handle, initial);
  return handle;
}

export function assign(variable: Value, value: Value): void {
  runAll('AssignVariableOp', dtypeFloat, [variable, value], 0);
}

/**
 * A copy of a tensor that a graph was given, for its variables to keep. The numbers given may lie in JavaScript's
 * memory, which must not be let go on one of TensorFlow's threads: the addon would call Node from there.
 */
export const ownCopy = (given: Value): Value => run('DeepCopy', float, [given]);

/** The variable's tensor, not copied; free it before the variable is updated, else the update copies. */
export const readVariable = (variable: Value): Value =>
  run('ReadVariableOp', dtypeFloat, [variable]);

export function destroyVariable(variable: Value): void {
  runAll('DestroyResourceOp', [flag('ignore_lookup_error', true)], [variable], 0);
  free(variable);
}

// ---- arithmetic (all float32 unless said otherwise; broadcasting as NumPy's) ---------------------

export const add = (a: Value, b: Value): Value => run('AddV2', float, [a, b]);
export const sub = (a: Value, b: Value): Value => run('Sub', float, [a, b]);
export const mul = (a: Value, b: Value): Value => run('Mul', float, [a, b]);
export const rsqrt = (a: Value): Value => run('Rsqrt', float, [a]);
export const sqrt = (a: Value): Value => run('Sqrt', float, [a]);
export const ceil = (a: Value): Value => run('Ceil', float, [a]);
export const log = (a: Value): Value => run('Log', float, [a]);
export const maximum = (a: Value, b: Value): Value => run('Maximum', float, [a, b]);
export const minimum = (a: Value, b: Value): Value => run('Minimum', float, [a, b]);
export const div = (a: Value, b: Value): Value => run('RealDiv', float, [a, b]);
export const addInts = (a: Value, b: Value): Value => run('AddV2', [T[INT32]], [a, b]);
/** The same numbers; refuses ("NaN", "Inf") where one is not finite. */
export const checkFinite = (a: Value, message: string): Value =>
  run('CheckNumerics', [T[FLOAT], text('message', message)], [a]);
export const squaredDifference = (a: Value, b: Value): Value =>
  run('SquaredDifference', float, [a, b]);
export const relu = (a: Value, dtype: DType = FLOAT): Value => run('Relu', [T[dtype]], [a]);
export const softmax = (a: Value): Value => run('Softmax', float, [a]);
/** Σ a² / 2, a scalar. */
export const halfSquares = (a: Value): Value => run('L2Loss', float, [a]);
export const addN = (values: Value[]): Value =>
  run('AddN', [integer('N', values.length), T[FLOAT]], values);

/** dy where y > 0, else 0. */
export const reluGrad = (dy: Value, y: Value): Value => run('ReluGrad', float, [dy, y]);

const channelsLast = text('data_format', 'NHWC');
/** (N, C) + (C) */
export const biasAdd = (x: Value, bias: Value, dtype: DType = FLOAT): Value =>
  run('BiasAdd', [T[dtype], channelsLast], [x, bias]);
/** (N, C) → (C), the sum over rows. */
export const biasGrad = (dy: Value): Value => run('BiasAddGrad', [T[FLOAT], channelsLast], [dy]);

/** (N, C) → (N, 1) */
export const meanOfRows = (x: Value): Value => run('Mean', keepingRows, [x, ints(1)]);
/** Sum over one axis, which stays as 1. */
export const sumOf = (x: Value, axis: number): Value => run('Sum', keepingRows, [x, ints(axis)]);
/** Sum over the first axis: (A, …) → (…). */
export const sumOfFirst = (x: Value): Value => run('Sum', droppingAxes, [x, ints(0)]);

// ---- shape --------------------------------------------------------------------------------------

export const reshape = (x: Value, ...shape: number[]): Value => reshapeAs(FLOAT, x, ...shape);
export const reshapeAs = (dtype: DType, x: Value, ...shape: number[]): Value =>
  run('Reshape', [T[dtype], type('Tshape', INT32)], [x, ints(...shape)]);
export const transpose = (x: Value, permutation: number[], dtype: DType = FLOAT): Value =>
  run('Transpose', [T[dtype], type('Tperm', INT32)], [x, ints(...permutation)]);
/** Along an axis; TensorFlow wants two parts at least, so a single one is handed on as it is. */
export const concat = (values: Value[], axis: number, dtype: DType = FLOAT): Value =>
  values.length === 1
    ? run('Identity', [T[dtype]], values)
    : run(
        'ConcatV2',
        [integer('N', values.length), T[dtype], type('Tidx', INT32)],
        [...values, int(axis)],
      );
/** Two int32 vectors end to end. */
export const concatInts = (values: [Value, Value]): Value =>
  run('ConcatV2', [integer('N', 2), T[INT32], type('Tidx', INT32)], [...values, int(0)]);
/** Equal parts along the first axis, which stays: (A·n, …) → n × (A, …). */
export const splitFirst = (x: Value, parts: number, dtype: DType = FLOAT): Value[] =>
  runAll('Split', [integer('num_split', parts), T[dtype]], [int(0), x], parts);
/** Zeros around: [before, after] for each axis. */
export const pad = (x: Value, ...around: [before: number, after: number][]): Value =>
  scope(() => {
    const paddings = tensor(Int32Array.from(around.flat()), [around.length, 2]);
    return run('Pad', [T[FLOAT], type('Tpaddings', INT32)], [x, paddings]);
  });

export const slice = (x: Value, begin: number[], size: number[], dtype: DType = FLOAT): Value =>
  run('Slice', [T[dtype], type('Index', INT32)], [x, ints(...begin), ints(...size)]);

/** Rows of a table: (V, C), (N) → (N, C). */
export const gatherRows = (table: Value, rows: Value, dtype: DType = FLOAT): Value =>
  run(
    'GatherV2',
    [
      integer('batch_dims', 0),
      type('Taxis', INT32),
      type('Tindices', INT32),
      type('Tparams', dtype),
    ],
    [table, rows, int(0)],
  );
/** Single numbers of a vector: (M), (N) → (N). */
export const gather = gatherRows;
const segmenting = [T[FLOAT], type('Tindices', INT32), type('Tnumsegments', INT32)];
/** Its transpose: rows with the same index are summed, (N, C), (N) → (V, C). */
export const scatterRows = (rows: Value, indices: Value, tableRows: number): Value =>
  run('UnsortedSegmentSum', segmenting, [rows, indices, int(tableRows)]);
/** A table with rows added to its own, in place where nobody else reads it: (V, C), (N, 1), (N, C) → (V, C). */
export const addToRows = (table: Value, indices: Value, rows: Value): Value =>
  run('TensorScatterAdd', [T[FLOAT], type('Tindices', INT32)], [table, indices, rows]);

// ---- loss and optimiser -------------------------------------------------------------------------

const sparseLabels = [T[FLOAT], type('Tlabels', INT32)];
/** Cross entropy (N), in nats, of logits (N, V) and labels (N), and its gradient (N, V) = softmax − one-hot. */
export function sparseCrossEntropy(logits: Value, labels: Value): [loss: Value, gradient: Value] {
  const [loss, gradient] = runAll('SparseSoftmaxCrossEntropyWithLogits', sparseLabels, [logits, labels], 2); // prettier-ignore
  return [loss!, gradient!];
}

const adamAttributes = [T[FLOAT], flag('use_locking', false), flag('use_nesterov', false)];
export interface AdamScalars {
  beta1Power: Value;
  beta2Power: Value;
  learningRate: Value;
  beta1: Value;
  beta2: Value;
  epsilon: Value;
}
/** Adam as TensorFlow has it: θ −= lr · sqrt(1−β₂ᵗ)/(1−β₁ᵗ) · m / (sqrt(v) + ε), all in place. */
export function applyAdam(theta: Value, m: Value, v: Value, s: AdamScalars, gradient: Value): void {
  const scalars = [s.beta1Power, s.beta2Power, s.learningRate, s.beta1, s.beta2, s.epsilon];
  runAll('ResourceApplyAdam', adamAttributes, [theta, m, v, ...scalars, gradient], 0);
}
