// Operations traced once and then run as one TensorFlow graph: fused, in place, with no JavaScript in between.
// The graph goes to TensorFlow as a SavedModel, the one form in which the addon takes graphs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from './index.ts';
import { Message, node, savedModel, shapeMessage, tensorAttr, typeAttr } from './protobuf.ts';
import { FLOAT, INT32, recorded, type Attribute, type DType, type Recorder, type Value } from './values.ts'; // prettier-ignore

/** What a graph's definition is written with; all operations meanwhile are traced. */
export interface Definition {
  /** A float32 variable of the graph. */
  variable(name: string, shape: readonly number[]): Value;
  /** A tensor that each run is given. */
  input(name: string, dtype: DType, shape: readonly number[]): Value;
  /** `value`, but not before `earlier` is made: what can be made in turn need not be held at once. */
  behind(value: Value, earlier: Value, dtype?: DType): Value;
  /**
   * Something the graph can be asked to do: what `body` does to variables, in its order, and its results (one at
   * least). Entries do not depend on each other.
   */
  entry(name: string, body: () => Value[]): void;
}

/** A graph and its variables. Memory is TensorFlow's: `dispose` gives it back. */
export class Graph {
  private readonly session: number;
  /** How many results each entry has. */
  private readonly results: ReadonlyMap<string, number>;

  constructor(define: (definition: Definition) => void) {
    const trace = new Trace();
    recorded(trace, () => define(trace));
    this.results = trace.results;
    const folder = mkdtempSync(join(tmpdir(), 'gardenpath-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), savedModel(trace.nodes));
      this.session = loadEngine().binding.loadSavedModel(folder, 'serve');
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Runs one entry. The results are the caller's to free; on CPU no number is copied on the way in or out. */
  run(entry: string, inputs: Readonly<Record<string, Value>> = {}): Value[] {
    const names = Object.keys(inputs).map((name) => `${name}:0`);
    const results = Array.from({ length: this.results.get(entry)! }, (_, n) => `${entry}/${n}:0`);
    const made = loadEngine().binding.runSavedModel(
      this.session,
      Object.values(inputs),
      names.join(),
      results.join(),
    );
    return made.map(({ id }) => id as Value);
  }

  dispose(): void {
    loadEngine().binding.deleteSavedModel(this.session);
  }
}

/** Turns operations into the nodes of a graph. A value is an index into `outputs`. */
class Trace implements Recorder, Definition {
  readonly nodes: Message[] = [];
  readonly results = new Map<string, number>();
  /** How nodes refer to each value: `name` or `name:output`. */
  private readonly outputs: string[] = [];
  private readonly variables = new Set<Value>();
  private readonly inputs = new Set<Value>();
  private readonly constants = new Map<string, Value>();
  /** Of the entry at hand: by variable, the last node that changed it and those that read it since. */
  private touched = new Map<Value, { changed: string | undefined; read: string[] }>();

  run(
    op: string,
    attributes: readonly Attribute[],
    inputs: readonly Value[],
    outputs: number,
  ): Value[] {
    // prettier-ignore
    if (op === 'AssignVariableOp' && this.inputs.has(inputs[1]!))
      throw new Error('A variable must not keep what a graph was given: assign its ownCopy.');
    const name = `op${this.nodes.length}`;
    const references = [
      ...inputs.map((input) => this.outputs[input]!),
      ...this.order(op, name, inputs),
    ];
    this.nodes.push(
      node(
        name,
        op,
        references,
        attributes.map((each) => [each.name, encoded(each)]),
      ),
    );
    return Array.from({ length: outputs }, (_, n) => this.value(n === 0 ? name : `${name}:${n}`));
  }

  constant(data: Float32Array | Int32Array, shape: readonly number[]): Value {
    const dtype = data instanceof Float32Array ? FLOAT : INT32;
    const key = data.length > 16 ? undefined : `${dtype}[${shape.join()}]${data.join()}`;
    const known = key === undefined ? undefined : this.constants.get(key);
    if (known !== undefined) return known;
    const value = this.add(`const${this.nodes.length}`, 'Const', [
      ['dtype', typeAttr(dtype)],
      ['value', tensorAttr(dtype, shape, data)],
    ]);
    if (key !== undefined) this.constants.set(key, value);
    return value;
  }

  variable(name: string, shape: readonly number[]): Value {
    const value = this.add(name, 'VarHandleOp', [
      ['dtype', typeAttr(FLOAT)],
      ['shape', new Message().message(7, shapeMessage(shape))],
      ['shared_name', new Message().text(2, name)],
    ]);
    this.variables.add(value);
    return value;
  }

  input(name: string, dtype: DType, shape: readonly number[]): Value {
    const value = this.add(name, 'Placeholder', [
      ['dtype', typeAttr(dtype)],
      ['shape', new Message().message(7, shapeMessage(shape))],
    ]);
    this.inputs.add(value);
    return value;
  }

  behind(value: Value, earlier: Value, dtype: DType = FLOAT): Value {
    const name = `op${this.nodes.length}`;
    const inputs = [this.outputs[value]!, after(this.outputs[earlier]!.replace(/:\d+$/, ''))];
    this.nodes.push(node(name, 'Identity', inputs, [['T', typeAttr(dtype)]]));
    return this.value(name);
  }

  entry(name: string, body: () => Value[]): void {
    this.touched = new Map();
    const results = body().map((result) => this.outputs[result]!);
    const changes = [...this.touched.values()].flatMap(({ changed }) => changed ?? []).map(after);
    this.results.set(name, results.length);
    for (const [n, result] of results.entries())
      this.nodes.push(node(`${name}/${n}`, 'Identity', [result, ...changes], [['T', typeAttr(FLOAT)]])); // prettier-ignore
  }

  private add(name: string, op: string, attributes: [string, Message][]): Value {
    this.nodes.push(node(name, op, [], attributes));
    return this.value(name);
  }

  private value(reference: string): Value {
    return (this.outputs.push(reference) - 1) as Value;
  }

  /** Control dependencies by which a variable is read and changed in the order of the program. */
  private order(op: string, name: string, inputs: readonly Value[]): string[] {
    const earlier: string[] = [];
    for (const input of inputs) {
      if (!this.variables.has(input)) continue;
      const touched = this.touched.get(input) ?? { changed: undefined, read: [] };
      this.touched.set(input, touched);
      if (touched.changed) earlier.push(touched.changed);
      if (op === 'ReadVariableOp') touched.read.push(name);
      else {
        earlier.push(...touched.read);
        touched.changed = name;
        touched.read = [];
      }
    }
    return [...new Set(earlier)].map(after);
  }
}

const after = (name: string) => `^${name}`;

/** An AttrValue. */
function encoded(attribute: Attribute): Message {
  const message = new Message();
  switch (attribute.type) {
    case 0:
      return message.text(2, attribute.value);
    case 1:
      return message.integer(3, attribute.value);
    case 2:
      return message.float(4, attribute.value);
    case 3:
      return message.integer(5, attribute.value ? 1 : 0);
    case 4:
      return message.integer(6, attribute.value);
    case 5:
      return message.message(7, shapeMessage(attribute.value));
    case 6: {
      const list = new Message();
      for (const text of attribute.value) list.text(2, text);
      return message.message(1, list);
    }
  }
}
