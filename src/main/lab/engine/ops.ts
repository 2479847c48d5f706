// TensorFlow operations by name on the binding's own ids: what tfjs lacks (bfloat16, fused losses,
// resource variables), and memory that is freed the moment a value is no longer needed.
import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { loadEngine } from './index.ts';

/** A tensor, as the id under which the binding keeps it. Its shape is its maker's business. */
export type Value = number & { readonly __value: true };

/** TensorFlow's numbers for element types and kinds of attributes (c/tf_datatype.h, c/tf_attrtype.h). */
export const FLOAT = 1;
export const INT32 = 3;
export const BFLOAT16 = 14;
export type DType = typeof FLOAT | typeof INT32 | typeof BFLOAT16;

export interface Attribute {
  name: string;
  type: number;
  value: boolean | number | string | number[];
}
export const text = (name: string, value: string): Attribute => ({ name, type: 0, value });
export const integer = (name: string, value: number): Attribute => ({ name, type: 1, value });
export const real = (name: string, value: number): Attribute => ({ name, type: 2, value });
export const flag = (name: string, value: boolean): Attribute => ({ name, type: 3, value });
export const type = (name: string, value: DType): Attribute => ({ name, type: 4, value });
export const shapeOf = (name: string, value: number[]): Attribute => ({ name, type: 5, value });

const T = { [FLOAT]: type('T', FLOAT), [INT32]: type('T', INT32), [BFLOAT16]: type('T', BFLOAT16) };
const float = [T[FLOAT]];
const ofShape = [T[FLOAT], type('Tshape', INT32)];
const keepingRows = [flag('keep_dims', true), T[FLOAT], type('Tidx', INT32)];
const droppingAxes = [flag('keep_dims', false), T[FLOAT], type('Tidx', INT32)];

// ---- life of values -----------------------------------------------------------------------------

/** The values made since a `scope` began and not yet freed; outside of any, the maker frees them. */
interface Scope {
  values: Set<Value>;
  outer: Scope | undefined;
}
let current: Scope | undefined;

/** Takes a value out of the scope that would free it. */
function disown(value: Value): void {
  for (let at = current; at; at = at.outer) if (at.values.delete(value)) return;
}

/** Runs one operation with a single output. */
export function run(op: string, attributes: Attribute[], inputs: Value[]): Value {
  const [output] = runAll(op, attributes, inputs, 1);
  return output!;
}

/** Runs one operation; `outputs` may be 0, as for assignments. */
export function runAll(
  op: string,
  attributes: Attribute[],
  inputs: Value[],
  outputs: number,
): Value[] {
  const made = loadEngine().binding.executeOp(op, attributes as never, inputs, outputs);
  return made.map(({ id }) => bear(id));
}

function bear(id: number): Value {
  current?.values.add(id as Value);
  return id as Value;
}

/** Frees values at once instead of at the end of the scope. */
export function free(...values: Value[]): void {
  for (const value of values) {
    disown(value);
    loadEngine().binding.deleteTensor(value);
  }
}

/** Takes a value out of every scope: its owner frees it. */
export function keep(value: Value): Value {
  disown(value);
  return value;
}

/** What a scope may hand on: values, in arrays and objects that hold nothing else. */
export type Kept = Value | undefined | void | readonly Kept[] | { readonly [name: string]: Kept };

/** Frees every value made in `body` but those it returns, which pass to the scope around it. */
export function scope<R extends Kept>(body: () => R): R {
  const mine: Scope = { values: new Set(), outer: current };
  current = mine;
  let result: R | undefined;
  try {
    result = body();
    return result;
  } finally {
    current = mine.outer;
    const kept = new Set<Value>();
    collect(result, kept);
    for (const value of mine.values) {
      if (kept.has(value)) current?.values.add(value);
      else loadEngine().binding.deleteTensor(value);
    }
  }
}

/** Frees all values in a structure, each once. */
export function freeAll(structure: Kept): void {
  const values = new Set<Value>();
  collect(structure, values);
  free(...values);
}

function collect(kept: Kept, into: Set<Value>): void {
  if (typeof kept === 'number') into.add(kept);
  else if (typeof kept === 'object') for (const part of Object.values(kept)) collect(part, into);
}

// ---- in and out ---------------------------------------------------------------------------------

/** A tensor over `data`, which must not be changed afterwards: TensorFlow may read it in place. */
export function tensor(data: Float32Array | Int32Array, shape: number[]): Value {
  const dtype = data instanceof Float32Array ? FLOAT : INT32;
  return bear(loadEngine().binding.createTensor(shape, dtype, data));
}

export const scalar = (value: number): Value => tensor(Float32Array.of(value), []);

const constants = new Map<string, Value>();
/** A small int32 vector (axes, shapes, permutations), made once and kept for good. */
export function ints(...values: number[]): Value {
  const key = values.join();
  let made = constants.get(key);
  if (made === undefined)
    constants.set(key, (made = keep(tensor(Int32Array.from(values), [values.length]))));
  return made;
}

/** Copies a float32 tensor out. Waits for the device: once a step at most. */
export function read(value: Value): Float32Array {
  return loadEngine().binding.tensorDataSync(value) as Float32Array;
}
/** Factors that drop a share of numbers and keep the mean: 0 with probability p, else 1 / (1 − p). */
export const dropoutFactors = (shape: number[], p: number, seed: number, stream: number): Value =>
  scope(() => {
    const kept = run('Ceil', float, [sub(randomUniform(shape, seed, stream), scalar(p))]);
    return mul(kept, scalar(1 / (1 - p)));
  });

/** Two methods of tfjs-node's backend that its types hide: between its tensors and the binding's ids. */
interface TensorTable {
  createOutputTensor(made: { id: number; shape: number[]; dtype: number }): Tensor;
  getInputTensorIds(tensors: Tensor[]): number[];
}
const table = (): TensorTable => loadEngine().backend as unknown as TensorTable;

/** A tfjs tensor that owns `value` from now on. */
export function toTfjs<R extends Tensor>(value: Value, shape: number[], dtype: DType = FLOAT): R {
  return table().createOutputTensor({ id: keep(value), shape, dtype }) as R;
}

/** The value behind a tfjs tensor, which goes on owning it. */
export function fromTfjs(source: Tensor): Value {
  return table().getInputTensorIds([source])[0] as Value;
}

const randomAttributes = [type('dtype', FLOAT), type('Tseed', INT32), type('T', INT32)];
/** Numbers that depend on the two seeds alone. */
const random = (op: string, shape: number[], seed: number, stream: number): Value =>
  scope(() =>
    run(op, randomAttributes, [ints(...shape), tensor(Int32Array.of(seed, stream), [2])]),
  );
/** Normal with mean 0 and deviation 1. */
export const randomNormal = (shape: number[], seed: number, stream: number): Value =>
  random('StatelessRandomNormal', shape, seed, stream);
/** Uniform in [0, 1). */
const randomUniform = (shape: number[], seed: number, stream: number): Value =>
  random('StatelessRandomUniform', shape, seed, stream);

// ---- variables ----------------------------------------------------------------------------------

const dtypeFloat = [type('dtype', FLOAT)];
let variablesMade = 0;

/** A float32 variable that operations update in place. Its owner destroys it with `destroyVariable`. */
export function variable(initial: Value, shape: number[]): Value {
  const attributes = [
    ...dtypeFloat,
    shapeOf('shape', shape),
    text('container', ''),
    text('shared_name', `gardenpath-${process.pid}-${variablesMade++}`),
  ];
  const handle = keep(run('VarHandleOp', attributes, []));
  assign(handle, initial);
  return handle;
}

export function assign(variable: Value, value: Value): void {
  runAll('AssignVariableOp', dtypeFloat, [variable, value], 0);
}

/** variable += value, in place. */
export function assignAdd(variable: Value, value: Value): void {
  runAll('AssignAddVariableOp', dtypeFloat, [variable, value], 0);
}

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
export const minimum = (a: Value, b: Value): Value => run('Minimum', float, [a, b]);
export const div = (a: Value, b: Value): Value => run('RealDiv', float, [a, b]);
export const squaredDifference = (a: Value, b: Value): Value =>
  run('SquaredDifference', float, [a, b]);
export const relu = (a: Value): Value => run('Relu', float, [a]);
export const softmax = (a: Value): Value => run('Softmax', float, [a]);
/** Σ a² / 2, a scalar. */
export const halfSquares = (a: Value): Value => run('L2Loss', float, [a]);
export const addN = (values: Value[]): Value =>
  run('AddN', [integer('N', values.length), T[FLOAT]], values);

/** dy where y > 0, else 0. */
export const reluGrad = (dy: Value, y: Value): Value => run('ReluGrad', float, [dy, y]);

const channelsLast = text('data_format', 'NHWC');
/** (N, C) + (C) */
export const biasAdd = (x: Value, bias: Value): Value =>
  run('BiasAdd', [T[FLOAT], channelsLast], [x, bias]);
/** (N, C) → (C), the sum over rows. */
export const biasGrad = (dy: Value): Value => run('BiasAddGrad', [T[FLOAT], channelsLast], [dy]);

/** (N, C) → (N, 1) */
export const meanOfRows = (x: Value): Value => run('Mean', keepingRows, [x, ints(1)]);
/** Sum over one axis, which stays as 1. */
export const sumOf = (x: Value, axis: number): Value => run('Sum', keepingRows, [x, ints(axis)]);
/** Sum over the first axis: (A, …) → (…). */
export const sumOfFirst = (x: Value): Value => run('Sum', droppingAxes, [x, ints(0)]);

// ---- shape --------------------------------------------------------------------------------------

export const reshape = (x: Value, ...shape: number[]): Value =>
  run('Reshape', ofShape, [x, ints(...shape)]);
export const transpose = (x: Value, ...permutation: number[]): Value =>
  run('Transpose', [T[FLOAT], type('Tperm', INT32)], [x, ints(...permutation)]);
/** Along an axis; TensorFlow wants two parts at least, so a single one is handed on as it is. */
export const concat = (values: Value[], axis: number): Value =>
  values.length === 1
    ? run('Identity', float, values)
    : run(
        'ConcatV2',
        [integer('N', values.length), T[FLOAT], type('Tidx', INT32)],
        [...values, int(axis)],
      );
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

const axes = new Map<number, Value>();
/** An int32 scalar, made once and kept for good. */
function int(value: number): Value {
  let made = axes.get(value);
  if (made === undefined) axes.set(value, (made = keep(tensor(Int32Array.of(value), []))));
  return made;
}

const gathering = [type('Taxis', INT32), type('Tindices', INT32), type('Tparams', FLOAT)];
/** Rows of a table: (V, C), (N) → (N, C). */
export const gatherRows = (table: Value, rows: Value): Value =>
  run('GatherV2', [integer('batch_dims', 0), ...gathering], [table, rows, int(0)]);
const segmenting = [T[FLOAT], type('Tindices', INT32), type('Tnumsegments', INT32)];
/** Its transpose: rows with the same index are summed, (N, C), (N) → (V, C). */
export const scatterRows = (rows: Value, indices: Value, tableRows: number): Value =>
  run('UnsortedSegmentSum', segmenting, [rows, indices, int(tableRows)]);

// ---- matrix products ----------------------------------------------------------------------------

export type Precision = 'fp32' | 'bf16';

const toBfloat16 = [type('SrcT', FLOAT), type('DstT', BFLOAT16), flag('Truncate', false)];
const toFloat = [type('SrcT', BFLOAT16), type('DstT', FLOAT), flag('Truncate', false)];
export const bfloat16 = (x: Value): Value => run('Cast', toBfloat16, [x]);

const productOf = (dtype: DType, a: string, b: string): Attribute[][] =>
  [0, 1, 2, 3].map((k) => [T[dtype], flag(a, (k & 1) > 0), flag(b, (k & 2) > 0)]);
const products = {
  MatMul: { fp32: productOf(FLOAT, 'transpose_a', 'transpose_b'), bf16: productOf(BFLOAT16, 'transpose_a', 'transpose_b') }, // prettier-ignore
  BatchMatMulV2: { fp32: productOf(FLOAT, 'adj_x', 'adj_y'), bf16: productOf(BFLOAT16, 'adj_x', 'adj_y') }, // prettier-ignore
};

/** Which of the two factors enters transposed. */
export type Transposed = '' | 'a' | 'b';
const bits = { '': 0, a: 1, b: 2 };

/** An operand of a product in the number format of products: itself, or a copy that the scope frees. */
export const operand = (x: Value, precision: Precision): Value =>
  precision === 'fp32' ? x : bfloat16(x);

/** float32 product of two matrices that `operand` made. */
export const matMul = (
  a: Value,
  b: Value,
  precision: Precision,
  transposed: Transposed = '',
): Value => product('MatMul', a, b, precision, transposed);
/** The same for each matrix of a batch: (A, M, K) · (A, K, N). */
export const batchMatMul = (
  a: Value,
  b: Value,
  precision: Precision,
  transposed: Transposed = '',
): Value =>
  // prettier-ignore
  product('BatchMatMulV2', a, b, precision, transposed);

function product(
  op: keyof typeof products,
  a: Value,
  b: Value,
  precision: Precision,
  transposed: Transposed,
): Value {
  // prettier-ignore
  const made = run(op, products[op][precision][bits[transposed]]!, [a, b]);
  if (precision === 'fp32') return made;
  const wide = run('Cast', toFloat, [made]);
  free(made);
  return wide;
}

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

const descentAttributes = [T[FLOAT], flag('use_locking', false)];
/** θ −= rate · gradient, in place. */
export function applyDescent(theta: Value, rate: Value, gradient: Value): void {
  runAll('ResourceApplyGradientDescent', descentAttributes, [theta, rate, gradient], 0);
}
