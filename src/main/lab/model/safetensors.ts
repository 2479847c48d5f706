// Reading and writing safetensors files: 8 bytes of header length, a JSON header, then the numbers.
// Format: https://huggingface.co/docs/safetensors
import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { AppError } from '../../../shared/errors.ts';
import { sizeOf } from './parameters.ts';

export interface TensorToWrite {
  name: string;
  shape: number[];
  /** Called when its turn comes, so that one tensor at a time is held. */
  data: () => Float32Array;
}

/** Writes float32 tensors, synced to the disk. */
export function writeSafetensors(path: string, tensors: TensorToWrite[]): void {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const { name, shape } of tensors) {
    const end = offset + 4 * sizeOf(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
  json.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const file = openSync(path, 'w');
  try {
    writeWholly(file, length);
    writeWholly(file, padded);
    for (const { name, shape, data } of tensors) {
      const numbers = data();
      if (numbers.length !== sizeOf(shape))
        throw new AppError('internal', `${name} has ${numbers.length} numbers, not ${shape.join(' × ')}.`); // prettier-ignore
      writeWholly(file, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeWholly(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
}

const bytesPer = { F32: 4, F16: 2, BF16: 2 };
type StoredType = keyof typeof bytesPer;
interface Entry {
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

/** One open safetensors file; tensors are read when asked for, as float32. */
export class SafetensorsFile {
  readonly path: string;
  readonly entries: Map<string, Entry>;
  private readonly file: number;
  private readonly dataStart: number;

  /** @throws AppError bad-file where the header is not what the format allows */
  constructor(path: string) {
    this.path = path;
    try {
      this.file = openSync(path, 'r');
    } catch (error) {
      throw new AppError('bad-file', `${path} cannot be read.`, String(error));
    }
    try {
      const { size } = fstatSync(this.file);
      const headerLength = this.headerLength(size);
      this.dataStart = 8 + headerLength;
      const header = this.bytes(8, headerLength).toString('utf8');
      this.entries = this.parse(header, size - this.dataStart);
    } catch (error) {
      closeSync(this.file);
      throw error;
    }
  }

  /** @throws AppError bad-file where there is no such tensor or its numbers are of another type */
  read(name: string): Float32Array {
    const entry = this.entries.get(name);
    if (!entry) return this.refuse(`there is no tensor ${name}.`);
    if (!(entry.dtype in bytesPer))
      this.refuse(`${name} is of type ${entry.dtype}; F32, F16 and BF16 can be read.`);
    const bytes = this.bytes(this.dataStart + entry.begin, entry.end - entry.begin);
    return toFloat32(bytes, entry.dtype as StoredType);
  }

  close(): void {
    closeSync(this.file);
  }

  private headerLength(fileSize: number): number {
    if (fileSize < 10) this.refuse('the file is too short to be a safetensors file.');
    const length = this.bytes(0, 8).readBigUInt64LE();
    if (length > 100_000_000n || length > BigInt(fileSize - 8))
      this.refuse(`the header is said to take ${length} bytes, the file has ${fileSize}. It is cut short or no safetensors file.`); // prettier-ignore
    return Number(length);
  }

  private parse(text: string, dataSize: number): Map<string, Entry> {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw new AppError('bad-file', `${this.path}: the header is not JSON.`, String(error));
    }
    if (typeof json !== 'object' || json === null) this.refuse('the header is no object.');
    const entries = new Map<string, Entry>();
    for (const [name, value] of Object.entries(json))
      if (name !== '__metadata__') entries.set(name, this.entry(name, value, dataSize));
    let last = 0;
    for (const [name, { begin, end }] of [...entries].sort((a, b) => a[1].begin - b[1].begin)) {
      if (begin < last) this.refuse(`${name} overlaps the tensor before it.`);
      last = end;
    }
    return entries;
  }

  private entry(name: string, value: unknown, dataSize: number): Entry {
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
    const whole = (list: unknown): list is number[] =>
      Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
    if (typeof dtype !== 'string' || !whole(shape) || !whole(offsets) || offsets.length !== 2)
      return this.refuse(`${name} lacks a type, a shape or its place in the file.`);
    const [begin, end] = offsets as [number, number];
    if (begin > end || end > dataSize)
      this.refuse(`${name} lies at ${begin}–${end} of ${dataSize} bytes of data. The file is cut short or damaged.`); // prettier-ignore
    if (dtype in bytesPer && end - begin !== sizeOf(shape) * bytesPer[dtype as StoredType])
      this.refuse(`${name} takes ${end - begin} bytes, not what ${dtype} of shape ${shape.join(' × ')} takes.`); // prettier-ignore
    return { dtype, shape, begin, end };
  }

  private bytes(start: number, length: number): Buffer {
    const buffer = Buffer.from(new ArrayBuffer(length));
    for (let done = 0; done < length;) {
      const got = readSync(this.file, buffer, done, Math.min(length - done, 1 << 30), start + done);
      if (got === 0) this.refuse('the file ends before its data does.');
      done += got;
    }
    return buffer;
  }

  private refuse(why: string): never {
    throw new AppError('bad-file', `${this.path}: ${why}`);
  }
}

function toFloat32(bytes: Buffer, dtype: StoredType): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const bits = new Uint32Array(halves.length);
  if (dtype === 'BF16') for (let i = 0; i < bits.length; i++) bits[i] = halves[i]! << 16;
  else for (let i = 0; i < bits.length; i++) bits[i] = halfToFloatBits(halves[i]!);
  return new Float32Array(bits.buffer);
}

/** IEEE 754 half → single: 5 exponent bits with bias 15 → 8 with bias 127; 10 fraction bits → 23. */
export function halfToFloatBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // Subnormal: fraction · 2⁻²⁴, normalised by moving its highest bit to the implicit one.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}
