// A corpus as flat files of token ids, kept in a cache folder by the content of corpus and tokenizer.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import {
  countWords,
  readLines,
  throwIfCancelled,
  type CorpusSummary,
  type OnProgress,
} from '../corpus/index.ts';
import { fileChecksum } from '../corpus/checksum.ts';
import type { Tokenizer } from './tokenizer.ts';

/** Part of the key: raise it when the same corpus and tokenizer give other files. */
const formatVersion = 1;

const Meta = z.object({
  dtype: z.enum(['uint16', 'uint32']),
  trainTokens: z.int(),
  heldOutTokens: z.int(),
  trainWords: z.int(),
  heldOutWords: z.int(),
  /** CRC-32 of the two files; caches of earlier versions have none. */
  checksums: z.object({ train: z.int(), heldOut: z.int() }).optional(),
});

/**
 * Where a tokenised corpus lies: flat little-endian ids. With `lineEnd` eos: `</s>`, then each line's ids and `</s>`;
 * with newline: each line's ids and those of a line feed.
 */
export interface EncodedCorpus extends Omit<z.infer<typeof Meta>, 'checksums'> {
  key: string;
  trainPath: string;
  heldOutPath: string;
}

export interface EncodeOptions {
  cacheDir: string;
  lineEnd: 'eos' | 'newline';
  /** Told words encoded, of the words in the training and held-out texts. */
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

interface Written {
  tokens: number;
  words: number;
}

async function writeSplit(
  path: string,
  batches: AsyncIterable<string[]>,
  tokenizer: Tokenizer,
  lineEnd: 'eos' | 'newline',
  onWords: (words: number) => void,
): Promise<Written> {
  const end = lineEnd === 'eos' ? [tokenizer.eosId] : tokenizer.encode('\n');
  const Ids = tokenizer.vocabSize <= 0x10000 ? Uint16Array : Uint32Array;
  const file = await open(path, 'w');
  try {
    let [tokens, words] = [0, 0];
    let ids: number[] = lineEnd === 'eos' ? [...end] : [];
    for await (const batch of batches) {
      for (const line of batch) {
        tokenizer.encodeTo(line, ids);
        ids.push(...end);
        words += countWords(line);
      }
      const bytes = new Uint8Array(new Ids(ids).buffer);
      await file.writeFile(bytes);
      tokens += ids.length;
      ids = [];
      onWords(words);
    }
    await file.sync();
    return { tokens, words };
  } finally {
    await file.close();
  }
}

const checksumsOf = (folder: string) => ({
  train: fileChecksum(join(folder, 'train.bin')),
  heldOut: fileChecksum(join(folder, 'held-out.bin')),
});

/** Of a cache folder whose files are as they were written. */
async function readMeta(folder: string): Promise<z.infer<typeof Meta> | null> {
  try {
    const meta = Meta.parse(JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8')));
    const found = checksumsOf(folder);
    const { train, heldOut } = meta.checksums ?? found;
    return train === found.train && heldOut === found.heldOut ? meta : null;
  } catch {
    return null; // not there, or not whole: it is made again
  }
}

/** Removes what processes that were killed have left half-made. */
async function sweep(cacheDir: string): Promise<void> {
  for (const name of await readdir(cacheDir)) {
    const pid = /\.making-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(join(cacheDir, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Where another process has put the same in the meantime, that stays: it may be read already. */
async function putInPlace(making: string, folder: string): Promise<void> {
  const refused = await rename(making, folder).then(
    () => false,
    () => true,
  );
  if (!refused) return;
  if (await readMeta(folder)) return rm(making, { recursive: true });
  await rm(folder, { recursive: true, force: true }); // damaged
  await rename(making, folder);
}

/**
 * Tokenises the training and held-out lines of a corpus into `cacheDir`, or finds them there. Atomic: a folder
 * appears under its key only when it is whole. Throws AppError('cancelled'), and 'bad-file' for a corpus that has
 * changed or a disk that is full.
 */
export async function encodeCorpus(
  corpus: CorpusSummary,
  tokenizer: Tokenizer,
  { cacheDir, lineEnd, onProgress, signal }: EncodeOptions,
): Promise<EncodedCorpus> {
  const identity = [formatVersion, corpus.contentHash, tokenizer.hash, lineEnd].join(' ');
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  const folder = join(cacheDir, key);
  const done = ({ checksums: _, ...meta }: z.infer<typeof Meta>): EncodedCorpus => ({
    ...meta,
    key,
    trainPath: join(folder, 'train.bin'),
    heldOutPath: join(folder, 'held-out.bin'),
  });
  const cached = await readMeta(folder);
  if (cached) return done(cached);

  await mkdir(cacheDir, { recursive: true });
  await sweep(cacheDir);
  const making = join(cacheDir, `${key}.making-${process.pid}-${randomBytes(4).toString('hex')}`);
  const totalWords = corpus.files.reduce(
    (n, file) => n + (file.split === 'test' ? 0 : file.words),
    0,
  );
  const encodeSplit = (split: 'train' | 'held-out', wordsBefore: number) =>
    writeSplit(
      join(making, `${split}.bin`),
      readLines(corpus, split),
      tokenizer,
      lineEnd,
      (words) => {
        throwIfCancelled(signal);
        onProgress?.(wordsBefore + words, totalWords);
      },
    );
  try {
    await mkdir(making);
    throwIfCancelled(signal);
    const train = await encodeSplit('train', 0);
    const heldOut = await encodeSplit('held-out', train.words);
    const meta: z.infer<typeof Meta> = {
      dtype: tokenizer.vocabSize <= 0x10000 ? 'uint16' : 'uint32',
      trainTokens: train.tokens,
      heldOutTokens: heldOut.tokens,
      trainWords: train.words,
      heldOutWords: heldOut.words,
      checksums: checksumsOf(making),
    };
    await writeFile(join(making, 'meta.json'), JSON.stringify(meta), { flush: true });
    await putInPlace(making, folder);
    return done(meta);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    if (error instanceof AppError) throw error;
    throw new AppError('bad-file', `The tokenised corpus could not be written: ${String(error instanceof Error ? error.message : error)}`, making); // prettier-ignore
  }
}
