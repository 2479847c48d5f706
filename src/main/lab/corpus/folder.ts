// Which files of a folder are a corpus: BabyLM's 2023 and 2024 layouts, or any tree of *.train and *.txt.
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, sep } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { cannotRead } from './lines.ts';

export type Split = 'train' | 'held-out' | 'test';

export interface FoundFile {
  /** Relative to the corpus folder, with forward slashes. */
  name: string;
  path: string;
  split: Split;
}

const splitOfExtension: Record<string, Split> = {
  '.train': 'train',
  '.txt': 'train',
  '.dev': 'held-out',
  '.test': 'test',
};
/** BabyLM's training sets, of which a corpus is one: babylm_10M, babylm_100M (2023), train_10M, train_100M (2024). */
const trainingSet = /^(babylm|train)_\d+M$/i;
/** Where BabyLM keeps dev and test files: beside the training set. */
const besideTrainingSet = ['babylm_dev', 'babylm_test', 'dev', 'test'];

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

function splitOf(name: string): Split | undefined {
  return splitOfExtension[extname(name).toLowerCase()];
}

/** Every regular file under a folder (links followed, hidden ones left out), and each folder once. */
async function walk(
  folder: string,
  base: string,
  seen: Set<string>,
): Promise<{ name: string; path: string }[]> {
  // prettier-ignore
  const real = await realpath(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  const files: { name: string; path: string }[] = [];
  for (const entry of await readdir(folder)) {
    if (entry.startsWith('.') || entry === '__MACOSX') continue;
    const path = join(folder, entry);
    const info = await stat(path);
    if (info.isDirectory()) files.push(...(await walk(path, base, seen)));
    else if (info.isFile())
      files.push({
        name: path
          .slice(base.length + 1)
          .split(sep)
          .join('/'),
        path,
      });
  }
  return files;
}

/** dev and test files that lie beside a chosen BabyLM training set, for the splits that it lacks itself. */
async function beside(folder: string, have: Set<Split>): Promise<FoundFile[]> {
  if (!trainingSet.test(basename(folder))) return [];
  const parent = dirname(folder);
  const files: FoundFile[] = [];
  for (const name of await readdir(parent)) {
    if (!besideTrainingSet.includes(name)) continue;
    for (const file of await walk(join(parent, name), parent, new Set())) {
      const split = splitOf(file.name);
      if (split && split !== 'train' && !have.has(split)) files.push({ ...file, split });
    }
  }
  return files;
}

function nothingToTrainOn(folder: string, names: string[]): AppError {
  const some = names.slice(0, 3).join(', ') + (names.length > 3 ? ', …' : '');
  const has = names.length === 0 ? 'is empty' : `holds no *.train or *.txt file (but ${some})`;
  return new AppError('bad-file', `${basename(folder)} ${has}. A corpus is a folder of plain-text files named *.train or *.txt, one sentence a line.`, folder); // prettier-ignore
}

/**
 * The files of a corpus in a fixed order: by split, then by name (UTF-16 code units), whatever the machine's locale.
 * `source` is a folder, searched through, or one text file. Throws AppError('bad-file') where there is nothing
 * to train on, or where two of BabyLM's training sets lie under one folder.
 */
export async function corpusFiles(source: string): Promise<FoundFile[]> {
  try {
    if ((await stat(source)).isFile())
      return [{ name: basename(source), path: source, split: 'train' }];
    const all = await walk(source, source, new Set());
    const files: FoundFile[] = [];
    for (const file of all) {
      const split = splitOf(file.name);
      if (split) files.push({ ...file, split });
    }
    const train = files.filter((file) => file.split === 'train').sort(byName);
    if (train.length === 0) throw nothingToTrainOn(source, all.map((file) => file.name).sort());
    const sets = new Set(train.flatMap((file) => file.name.split('/').filter((part) => trainingSet.test(part)))); // prettier-ignore
    if (sets.size > 1)
      throw new AppError('bad-file', `${basename(source)} holds several training sets of BabyLM (${[...sets].join(', ')}). Choose one of those folders.`, source); // prettier-ignore
    const others = files.filter((file) => file.split !== 'train');
    others.push(...(await beside(source, new Set(others.map((file) => file.split)))));
    others.sort(byName);
    return [
      ...train,
      ...others.filter((file) => file.split === 'held-out'),
      ...others.filter((file) => file.split === 'test'),
    ];
  } catch (error) {
    throw error instanceof AppError ? error : cannotRead(basename(source), source, error);
  }
}
