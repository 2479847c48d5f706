// A corpus as one flat array of token ids.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { AppError } from '../../../shared/errors.ts';

export type TokenIds = Uint16Array | Uint32Array;
export type TokenType = 'uint16' | 'uint32';

/** Node reads at most 2 GiB at once. */
const chunkBytes = 2 ** 30;

/** All ids of a flat little-endian file. Throws `bad-file` where its size is no whole number of ids. */
export function readTokenFile(path: string, dtype: TokenType): TokenIds {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const width = dtype === 'uint16' ? 2 : 4;
    if (size % width !== 0)
      throw new AppError(
        'bad-file',
        `${path} is cut short: ${size} bytes are no whole number of ${dtype} token ids. Delete it; it is made again.`,
      );
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const read = readSync(file, bytes, at, Math.min(chunkBytes, size - at), at);
      if (read === 0) throw new AppError('bad-file', `${path} became shorter while it was read.`);
      at += read;
    }
    return dtype === 'uint16' ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
  } finally {
    closeSync(file);
  }
}
