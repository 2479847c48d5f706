// The lines of a corpus that hold an n-gram.
import { open } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import type { TokenType } from './token-file.ts';

export interface ConcordanceLine {
  /** Counted from 0 in the order of the file. */
  line: number;
  /** The line's token ids, without `</s>`. */
  ids: number[];
  /** Where in `ids` the n-gram begins; −1 where it begins with the sentence's begin. */
  at: number;
}

export interface Concordance {
  lines: ConcordanceLine[];
  /** Of the whole file: occurrences, and lines that hold one or more. */
  occurrences: number;
  linesWithIt: number;
}

export interface ConcordanceOptions {
  dtype: TokenType;
  /** The id that ends a line: `</s>`, or that of a line feed. */
  lineEnd: number;
  /** Lines that hold it to leave out first, and to give at most. */
  offset?: number;
  limit?: number;
  signal?: AbortSignal;
}

const chunkBytes = 1 << 20;

/**
 * Reads a flat file of token ids through once, a piece at a time. A line is given once, at the first
 * occurrence in it. In the n-gram the id that ends lines means a line's begin where it stands first and
 * its end where it stands last. Throws `cancelled`.
 */
export async function concordance(
  path: string,
  ngram: readonly number[],
  { dtype, lineEnd, offset = 0, limit = 100, signal }: ConcordanceOptions,
): Promise<Concordance> {
  const found: Concordance = { lines: [], occurrences: 0, linesWithIt: 0 };
  let lines = 0;
  let framed = [lineEnd];
  const endLine = (): void => {
    const places = occurrences(framed, ngram);
    if (places.length > 0) {
      if (found.linesWithIt >= offset && found.lines.length < limit)
        found.lines.push({ line: lines, ids: framed.slice(1, -1), at: (places[0] as number) - 1 });
      found.occurrences += places.length;
      found.linesWithIt++;
    }
    lines++;
    framed = [lineEnd];
  };
  let first = true;
  for await (const ids of chunks(path, dtype)) {
    if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.');
    for (const id of ids) {
      // The file's first `</s>` ends no line.
      if (!first || id !== lineEnd) framed.push(id);
      if (!first && id === lineEnd) endLine();
      first = false;
    }
  }
  if (framed.length > 1) {
    framed.push(lineEnd);
    endLine();
  }
  return found;
}

async function* chunks(path: string, dtype: TokenType): AsyncGenerator<Uint16Array | Uint32Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(chunkBytes);
    for (let at = 0; ;) {
      const { bytesRead } = await file.read(bytes, 0, chunkBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      yield dtype === 'uint16'
        ? new Uint16Array(bytes.buffer, 0, bytesRead >> 1)
        : new Uint32Array(bytes.buffer, 0, bytesRead >> 2);
    }
  } finally {
    await file.close();
  }
}

function occurrences(ids: number[], ngram: readonly number[]): number[] {
  const places: number[] = [];
  for (let i = 0; i + ngram.length <= ids.length; i++) {
    let k = 0;
    while (k < ngram.length && ids[i + k] === ngram[k]) k++;
    if (k === ngram.length) places.push(i);
  }
  return places;
}
