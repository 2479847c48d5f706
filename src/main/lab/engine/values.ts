// Values of TensorFlow: made by operations, freed the moment they are no longer needed, or traced into a graph.
import type { Tensor } from '@tensorflow/tfjs-node-gpu';
import { loadEngine } from './index.ts';

/** A tensor, as the id under which the binding (or a recorder) keeps it. Its shape is its maker's business. */
export type Value = number & { readonly __value: true };

/** TensorFlow's numbers for element types and kinds of attributes (c/tf_datatype.h, c/tf_attrtype.h). */
export const FLOAT = 1;
export const INT32 = 3;
export const BFLOAT16 = 14;
export type DType = typeof FLOAT | typeof INT32 | typeof BFLOAT16;

export type Attribute =
  | { name: string; type: 0; value: string }
  | { name: string; type: 1; value: number }
  | { name: string; type: 2; value: number }
  | { name: string; type: 3; value: boolean }
  | { name: string; type: 4; value: DType }
  | { name: string; type: 5; value: number[] }
  | { name: string; type: 6; value: string[] };
export const text = (name: string, value: string): Attribute => ({ name, type: 0, value });
export const integer = (name: string, value: number): Attribute => ({ name, type: 1, value });
export const real = (name: string, value: number): Attribute => ({ name, type: 2, value });
export const flag = (name: string, value: boolean): Attribute => ({ name, type: 3, value });
export const type = (name: string, value: DType): Attribute => ({ name, type: 4, value });
/** A list of strings (the number is ours): graphs take it, the addon by itself does not. */
export const texts = (name: string, value: string[]): Attribute => ({ name, type: 6, value });
export const shapeOf = (name: string, value: number[]): Attribute => ({ name, type: 5, value });

/** What takes operations instead of TensorFlow while `recorded` runs. */
export interface Recorder {
  run(op: string, attributes: readonly Attribute[], inputs: readonly Value[], outputs: number): Value[]; // prettier-ignore
  constant(data: Float32Array | Int32Array, shape: readonly number[]): Value;
  behind(value: Value, earlier: Value, dtype?: DType): Value;
}
let recorder: Recorder | undefined;

/** Runs `body` with every operation going to a recorder; values then are the recorder's, and need no freeing. */
export function recorded<R>(by: Recorder, body: () => R): R {
  if (recorder) throw new Error('Recordings do not nest.');
  const outer = current;
  recorder = by;
  current = undefined;
  try {
    return body();
  } finally {
    recorder = undefined;
    current = outer;
  }
}

/** Whether operations are being traced into a graph. */
export const tracing = (): boolean => recorder !== undefined;

// ---- operations ---------------------------------------------------------------------------------

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
  // prettier-ignore
  if (recorder) return recorder.run(op, attributes, inputs, outputs);
  const made = loadEngine().binding.executeOp(op, attributes, inputs, outputs);
  return made.map(({ id }) => bear(id));
}

/** A tensor over `data`, which must not be changed afterwards: TensorFlow may read it in place. */
export function tensor(data: Float32Array | Int32Array, shape: number[]): Value {
  if (recorder) return recorder.constant(data, shape);
  const dtype = data instanceof Float32Array ? FLOAT : INT32;
  return bear(loadEngine().binding.createTensor(shape, dtype, data));
}

/** `value`, but in a graph not before `earlier` is made: what can be made in turn need not be held at once. */
export const behind = (value: Value, earlier: Value, dtype: DType = FLOAT): Value =>
  recorder ? recorder.behind(value, earlier, dtype) : value;

export const scalar = (value: number): Value => tensor(Float32Array.of(value), []);

const vectors = new Map<string, Value>();
/** A small int32 vector (axes, shapes, permutations), made once and kept for good. */
export const ints = (...values: number[]): Value =>
  memoised(vectors, values.join(), () => tensor(Int32Array.from(values), [values.length]));

const scalars = new Map<number, Value>();
/** An int32 scalar, likewise. */
export const int = (value: number): Value =>
  memoised(scalars, value, () => tensor(Int32Array.of(value), []));

function memoised<Key>(made: Map<Key, Value>, key: Key, make: () => Value): Value {
  if (recorder) return make();
  let value = made.get(key);
  if (value === undefined) made.set(key, (value = keep(make())));
  return value;
}

/** Copies a float32 tensor out. Waits for the device: once a step at most. */
export const read = (value: Value): Float32Array =>
  loadEngine().binding.tensorDataSync(value) as Float32Array;

// ---- life of values -----------------------------------------------------------------------------

/** The values made since a `scope` began and not yet freed; outside of any, the maker frees them. */
interface Scope {
  values: Set<Value>;
  outer: Scope | undefined;
}
let current: Scope | undefined;

function bear(id: number): Value {
  current?.values.add(id as Value);
  return id as Value;
}

/** Takes a value out of every scope: its owner frees it. */
export function keep(value: Value): Value {
  for (let at = current; at; at = at.outer) if (at.values.delete(value)) break;
  return value;
}

/** Frees values at once instead of at the end of the scope. */
export function free(...values: Value[]): void {
  if (recorder) return;
  for (const value of values) loadEngine().binding.deleteTensor(keep(value));
}

/** What a scope may hand on: values, in arrays and objects that hold nothing else. */
export type Kept = Value | undefined | void | readonly Kept[] | { readonly [name: string]: Kept };

/** Frees every value made in `body` but those it returns, which pass to the scope around it. */
export function scope<R extends Kept>(body: () => R): R {
  if (recorder) return body();
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

// ---- tfjs ---------------------------------------------------------------------------------------

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
