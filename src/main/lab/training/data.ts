// The encoded corpus as batches of windows, shuffled anew each epoch; only a window at a time is read.
import { closeSync, openSync, readSync } from 'node:fs';
import { AppError } from '../../../shared/errors.ts';
import { contextTokens } from '../tokenizer/index.ts';
import { permutation } from './shuffle.ts';

/** Token ids on disk, little-endian, as the tokenizer room encodes a corpus. */
export interface TokenFiles {
  trainPath: string;
  heldOutPath: string;
  dtype: 'uint16' | 'uint32';
  trainTokens: number;
  heldOutTokens: number;
}

/** How many words begin in ids[from …); the ids before are context. */
export type CountWords = (ids: Int32Array, from: number) => number;

export interface Batch {
  /** Row by row, (rows · windowTokens). */
  ids: Int32Array;
  words: number;
}

/** What a trainer reads. */
export interface BatchSource {
  readonly windowTokens: number;
  /** The batch after `step` finished ones: always the same for the same step. */
  batch(step: number, rows: number): Batch;
  /** Held-out windows, the same ones each time, in batches of at most `rows`. */
  heldOut(rows: number): Iterable<Int32Array>;
}

/** At most so many windows of held-out text are read for one evaluation, evenly spread. */
const HELD_OUT_WINDOWS = 256;

/**
 * Windows of T consecutive tokens. Batch n holds windows n · rows and on of an endless sequence of
 * epochs, each in an order of its own, so that a step's number alone says what it reads.
 */
export class WindowData implements BatchSource {
  readonly windows: number;
  readonly windowTokens: number;
  readonly seed: number;
  private readonly files: TokenFiles;
  private readonly train: number;
  private readonly countWords: CountWords;
  private epoch = -1;
  private order: Int32Array = new Int32Array();

  /** @throws AppError bad-config where the corpus is shorter than one window */
  constructor(files: TokenFiles, windowTokens: number, seed: number, countWords: CountWords) {
    this.windows = Math.floor(files.trainTokens / windowTokens);
    if (this.windows === 0)
      throw new AppError('bad-config', `The corpus has ${files.trainTokens} tokens, fewer than one window of ${windowTokens}. Use more text or shorter windows.`); // prettier-ignore
    this.windowTokens = windowTokens;
    this.seed = seed;
    this.files = files;
    this.countWords = countWords;
    this.train = openSync(files.trainPath, 'r');
  }

  /** The batch after `step` finished ones. */
  batch(step: number, rows: number): Batch {
    const T = this.windowTokens;
    const ids = new Int32Array(rows * T);
    let words = 0;
    for (let row = 0; row < rows; row++) {
      const first = this.windowAt(step * rows + row) * T;
      const before = Math.min(first, contextTokens);
      const run = readTokens(this.train, this.files, first - before, T + before);
      ids.set(run.subarray(before), row * T);
      words += this.countWords(run, before);
    }
    return { ids, words };
  }

  /** Held-out windows, the same ones each time, in batches of at most `rows`. */
  *heldOut(rows: number): Generator<Int32Array> {
    const T = this.windowTokens;
    const windows = Math.floor(this.files.heldOutTokens / T);
    const used = Math.min(windows, HELD_OUT_WINDOWS);
    const file = openSync(this.files.heldOutPath, 'r');
    try {
      for (let begin = 0; begin < used; begin += rows) {
        const size = Math.min(rows, used - begin);
        const ids = new Int32Array(size * T);
        for (let row = 0; row < size; row++) {
          const window = Math.floor(((begin + row) * windows) / used);
          ids.set(readTokens(file, this.files, window * T, T), row * T);
        }
        yield ids;
      }
    } finally {
      closeSync(file);
    }
  }

  close(): void {
    closeSync(this.train);
  }

  private windowAt(position: number): number {
    const epoch = Math.floor(position / this.windows);
    if (epoch !== this.epoch) {
      this.order = permutation(this.windows, this.seed, epoch);
      this.epoch = epoch;
    }
    return this.order[position % this.windows]!;
  }
}

function readTokens(
  file: number,
  { dtype, trainPath }: TokenFiles,
  first: number,
  count: number,
): Int32Array {
  // prettier-ignore
  const width = dtype === 'uint16' ? 2 : 4;
  const bytes = new Uint8Array(count * width);
  for (let done = 0; done < bytes.length;) {
    const got = readSync(file, bytes, done, bytes.length - done, first * width + done);
    if (got === 0)
      throw new AppError('bad-file', 'The encoded corpus is shorter than when it was made. Start the run again to encode it anew.', trainPath); // prettier-ignore
    done += got;
  }
  return Int32Array.from(dtype === 'uint16' ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer)); // prettier-ignore
}
