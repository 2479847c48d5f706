// Tells a file that was damaged since it was written from a sound one. No defence against one changed on purpose.
import { closeSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const blockBytes = 1 << 22;

/** CRC-32 of a file's bytes, read in blocks. */
export function fileChecksum(path: string): number {
  const file = openSync(path, 'r');
  try {
    const block = Buffer.alloc(blockBytes);
    let sum = 0;
    for (let read = -1; read !== 0;) {
      read = readSync(file, block);
      sum = crc32(block.subarray(0, read), sum);
    }
    return sum;
  } finally {
    closeSync(file);
  }
}
