// Protocol-buffer messages, written by hand: as much as a TensorFlow SavedModel takes.
// Encoding: https://protobuf.dev/programming-guides/encoding
// Field numbers: tensorflow/core/protobuf/{saved_model,meta_graph}.proto, core/framework/*.proto

const utf8 = new TextEncoder();

export class Message {
  private readonly parts: Uint8Array[] = [];
  private size = 0;

  /** A whole number ≥ 0 (or a boolean, or an enumerator). */
  integer(field: number, value: number): this {
    return this.varint(field * 8).varint(value);
  }

  float(field: number, value: number): this {
    return this.varint(field * 8 + 5).raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.varint(field * 8 + 2).varint(value.length).raw(value); // prettier-ignore
  }

  text(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  message(field: number, value: Message): this {
    return this.bytes(field, value.encoded());
  }

  encoded(): Uint8Array {
    const whole = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  private varint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
    return this.raw(Uint8Array.from(bytes));
  }

  private raw(bytes: Uint8Array): this {
    this.parts.push(bytes);
    this.size += bytes.length;
    return this;
  }
}

export function shapeMessage(shape: readonly number[]): Message {
  const message = new Message();
  for (const size of shape) message.message(2, new Message().integer(1, size));
  return message;
}

/** An AttrValue holding a tensor; the numbers little-endian, as TensorFlow's machines have them. */
export function tensorAttr(
  dtype: number,
  shape: readonly number[],
  data: Float32Array | Int32Array,
): Message {
  // prettier-ignore
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const proto = new Message().integer(1, dtype).message(2, shapeMessage(shape)).bytes(4, bytes);
  return new Message().message(8, proto);
}

export const typeAttr = (dtype: number): Message => new Message().integer(6, dtype);

/** A NodeDef. `^name` among the inputs is a control dependency. */
export function node(
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: readonly (readonly [name: string, value: Message])[],
): Message {
  const message = new Message().text(1, name).text(2, op);
  for (const input of inputs) message.text(3, input);
  for (const [key, value] of attributes)
    message.message(5, new Message().text(1, key).message(2, value));
  return message;
}

/** The graph version of TensorFlow 2.9, the oldest that may run here; newer ones read it too. */
const PRODUCER = 1_087;

/** A SavedModel with the tag `serve`. */
export function savedModel(nodes: readonly Message[]): Uint8Array {
  const graph = new Message();
  for (const each of nodes) graph.message(1, each);
  graph.message(4, new Message().integer(1, PRODUCER));
  const tagged = new Message().message(1, new Message().text(4, 'serve')).message(2, graph);
  return new Message().integer(1, 1).message(2, tagged).encoded();
}
