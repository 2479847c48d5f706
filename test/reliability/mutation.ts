// Files as accidents and strangers make them: good ones with some of their bytes changed.
import fc from 'fast-check';

/** Pieces that parsers trip over. */
const pieces = ['"', "'", '{', '[', '}', ']', ',', ';', '\t', '\n', '\r\n', '\0', '\\', '\\u0000', '\\ud800', ':', '-1', '0', '1e309', '-1e-400', '1.5', '99999999999999999999', '2147483648', 'NaN', 'null', 'true', '""', '[]', '{}', '__proto__', 'constructor', 'toString', '../', '/etc/passwd', 'C:\\', '=1+1', '@SUM(A1)', '<img src=x onerror=1>', '\u202e', '\u0301\u0301\u0301', '\ufeff', '\u2028', '😀', '{'.repeat(2_000), '['.repeat(5_000), 'a'.repeat(20_000), '%', '%00', '%ff', '?', '#', '{noun1', 'good:', 'bad:', 'words x:'].map((text) => Buffer.from(text)); // prettier-ignore
const extremes = [0, 1, 0x7f, 0x80, 0xff].map((byte) => Buffer.alloc(8, byte));

type Edit = (bytes: Buffer) => Buffer;
const cut = (bytes: Buffer, from: number, to: number, put: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);

const share = fc.nat(0xffff);
const at = (bytes: Buffer, of: number): number => Math.floor((of * (bytes.length + 1)) / 0x10000);

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(share, fc.nat(7)).map<Edit>(([where, bit]) => (bytes) => {
    const copy = Buffer.from(bytes);
    const place = at(bytes, where);
    if (place < copy.length) copy[place] = (copy[place] ?? 0) ^ (1 << bit);
    return copy;
  }),
  fc.tuple(share, fc.constantFrom(...pieces, ...extremes)).map<Edit>(([where, piece]) => (bytes) => cut(bytes, at(bytes, where), at(bytes, where), piece)), // prettier-ignore
  fc.tuple(share, fc.constantFrom(...pieces, ...extremes)).map<Edit>(([where, piece]) => (bytes) => cut(bytes, at(bytes, where), at(bytes, where) + piece.length, piece)), // prettier-ignore
  fc.tuple(share, fc.uint8Array({ maxLength: 12 })).map<Edit>(([where, random]) => (bytes) => cut(bytes, at(bytes, where), at(bytes, where) + random.length, Buffer.from(random))), // prettier-ignore
  fc.tuple(share, fc.nat(40)).map<Edit>(([where, length]) => (bytes) => cut(bytes, at(bytes, where), at(bytes, where) + length, Buffer.alloc(0))), // prettier-ignore
  fc.tuple(share, share, fc.nat(80)).map<Edit>(([where, from, length]) => (bytes) => cut(bytes, at(bytes, where), at(bytes, where), bytes.subarray(at(bytes, from), at(bytes, from) + length))), // prettier-ignore
  share.map<Edit>((where) => (bytes) => bytes.subarray(0, at(bytes, where))),
);

export interface Input {
  /** The name of the seed. */
  name: string;
  bytes: Buffer;
}

/** A seed with a few edits. */
export const mutated = (seeds: readonly Input[]): fc.Arbitrary<Input> =>
  fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { minLength: 1, maxLength: 4 })).map(([{ name, bytes }, edits]) => ({ name, bytes: edits.reduce((so, change) => change(so), bytes) })); // prettier-ignore
