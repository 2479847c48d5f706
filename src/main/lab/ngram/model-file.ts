// An n-gram model as one file: a line of JSON that says which arrays follow, then the arrays.
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { NgramModel } from './ngram-model.ts';
import type { SmoothedLevel } from './smooth.ts';

const formatVersion = 1;
/** Node reads and writes at most 2 GiB at once. */
const chunkBytes = 2 ** 30;
/** Of the header, its end of line with it: more than five orders take. */
const headerBytes = 8_192;
/** Arrays begin at multiples of this. */
const alignment = 8;

const arrayNames = ['tokens', 'counts', 'firstChild', 'topChance', 'lowerChance', 'topWeight', 'lowerWeight'] as const; // prettier-ignore
const arrayTypes = { Uint16Array, Uint32Array, Float32Array };

const Off = z.object({ off: z.tuple([z.number(), z.number(), z.number()]), fallback: z.boolean() });
const Header = z.object({
  gardenpathNgrams: z.literal(formatVersion),
  boundary: z.int(),
  levels: z.array(
    z.object({
      size: z.int(),
      topDiscounts: Off,
      lowerDiscounts: Off,
      arrays: z.partialRecord(
        z.enum(arrayNames),
        z.object({
          type: z.enum(['Uint16Array', 'Uint32Array', 'Float32Array']),
          length: z.int().min(0),
          /** CRC-32 of its bytes; files of earlier versions have none. */
          checksum: z.int().optional(),
        }),
      ),
    }),
  ),
});
type Header = z.infer<typeof Header>;
type Numbers = Uint16Array | Uint32Array | Float32Array;

/** What a file is made from: a model, or levels that are there one at a time. */
interface Saved {
  levels: Iterable<SmoothedLevel>;
  boundary: number;
}

/** Writes a file beside `path` and renames it: whoever reads `path` finds a whole model or none. */
export function saveNgramModel({ levels, boundary }: Saved, path: string): void {
  const header: Header = { gardenpathNgrams: formatVersion, boundary, levels: [] };
  const partial = `${path}.${process.pid}.partial`;
  const file = openSync(partial, 'w');
  try {
    // The header is known when all levels are; until then its place is blank.
    writeAll(file, headerLine(''));
    for (const level of levels) {
      header.levels.push(described(level));
      for (const [, array] of arraysOf(level)) {
        writeAll(file, bytesOf(array));
        writeAll(file, new Uint8Array(paddingAfter(array.byteLength)));
      }
    }
    writeAll(file, headerLine(JSON.stringify(header)), 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Numbers): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const headerLine = (text: string): Buffer => Buffer.from(`${text.padEnd(headerBytes - 1)}\n`);

function described(level: SmoothedLevel): Header['levels'][number] {
  const { size, topDiscounts, lowerDiscounts } = level;
  const arrays: Header['levels'][number]['arrays'] = {};
  for (const [name, array] of arraysOf(level)) {
    const type = array.constructor.name as keyof typeof arrayTypes;
    arrays[name] = { type, length: array.length, checksum: crc32(bytesOf(array)) };
  }
  return { size, topDiscounts, lowerDiscounts, arrays };
}

/**
 * Throws `not-found` where there is no such file, `bad-file` where it is no whole model of this version.
 * @param order the highest to be asked for, where that is not the model's: the rest is not read
 */
export function loadNgramModel(path: string, order?: number): NgramModel {
  if (!existsSync(path)) throw new AppError('not-found', `There is no n-gram model at ${path}.`);
  const file = openSync(path, 'r');
  try {
    const { header, bytes } = readHeader(file, path);
    if (!isWhole(header, fstatSync(file).size)) throw cutShort(path);
    let at = bytes;
    const levels = header.levels.slice(0, order).map(({ arrays, ...level }) => {
      const read = arrayNames.map((name): [string, Numbers | null] => {
        const described = arrays[name];
        if (!described) return [name, null];
        const array = new arrayTypes[described.type](described.length);
        const into = new Uint8Array(array.buffer);
        readAll(file, into, at, path);
        if (described.checksum !== undefined && crc32(into) !== described.checksum) throw cutShort(path); // prettier-ignore
        at += array.byteLength + paddingAfter(array.byteLength);
        return [name, array];
      });
      return { ...level, ...Object.fromEntries(read) } as unknown as SmoothedLevel;
    });
    return new NgramModel(levels, header.boundary);
  } finally {
    closeSync(file);
  }
}

function arraysOf(level: SmoothedLevel): [(typeof arrayNames)[number], Numbers][] {
  return arrayNames.flatMap((name) => {
    const array = level[name];
    return array ? [[name, array] as [typeof name, Numbers]] : [];
  });
}

/** How many orders must lie above a level for it to have an array. */
const ordersAbove = { tokens: 0, counts: 0, topChance: 0, firstChild: 1, lowerChance: 1, topWeight: 1, lowerWeight: 2 }; // prettier-ignore

/**
 * Whether the header names the arrays that a model has, as long as they must be, and the file can hold them.
 * Earlier versions wrote the second highest order's `lowerWeight` too.
 */
function isWhole({ levels }: Header, fileBytes: number): boolean {
  const described = levels.flatMap(({ size, arrays }, i) =>
    arrayNames.map((name) => {
      const array = arrays[name];
      const isNeeded = levels.length - 1 - i >= ordersAbove[name];
      const isLong = array?.length === size + Number(name === 'firstChild');
      return { array, isRight: isLong || (!isNeeded && !array) };
    }),
  );
  const bytes = described.reduce((sum, { array }) => sum + (array ? array.length * arrayTypes[array.type].BYTES_PER_ELEMENT : 0), 0); // prettier-ignore
  return levels.length > 0 && bytes <= fileBytes && described.every(({ isRight }) => isRight);
}

const paddingAfter = (bytes: number): number => (alignment - (bytes % alignment)) % alignment;

const cutShort = (path: string): AppError =>
  new AppError('bad-file', `${path} is no whole n-gram model. Delete it; it is counted again.`);

/** The header is the first line; it is far shorter than this. */
const longestHeader = 1 << 16;

function readHeader(file: number, path: string): { header: Header; bytes: number } {
  const start = Buffer.alloc(longestHeader);
  const read = readSync(file, start, 0, longestHeader, 0);
  const bytes = start.subarray(0, read).indexOf('\n') + 1;
  try {
    return { header: Header.parse(JSON.parse(start.toString('utf8', 0, bytes))), bytes };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw cutShort(path);
    throw error;
  }
}

function readAll(file: number, into: Uint8Array, position: number, path: string): void {
  for (let at = 0; at < into.length;) {
    const wanted = Math.min(chunkBytes, into.length - at);
    const read = readSync(file, into, at, wanted, position + at);
    if (read === 0) throw cutShort(path);
    at += read;
  }
}

/** @param position where in the file, if not where it ends */
function writeAll(file: number, bytes: Uint8Array, position: number | null = null): void {
  for (let at = 0; at < bytes.length;) {
    const wanted = Math.min(chunkBytes, bytes.length - at);
    at += writeSync(file, bytes, at, wanted, position === null ? null : position + at);
  }
}
