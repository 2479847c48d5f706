// Checkpoints that other tools saved: one folder, a folder of them, or a model in Hugging Face's cache with its
// revisions.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';

export interface ImportedCheckpoint {
  /** Holds config.json. */
  folder: string;
  /** Its folder's or revision's name. */
  name: string;
  /** As its name says (`step-1000`, `checkpoint-1000`); else its place in the series, from 1. */
  step: number;
  /** As its name says (`chck_10M`, in words); null where it does not. */
  wordsSeen: number | null;
}

interface Counted {
  /** For messages. */
  folder: string;
  count: { unit: 'steps' | 'words'; value: number } | null;
}

interface Found extends Counted {
  name: string;
}

const units = { K: 1e3, M: 1e6, B: 1e9 };

/** The count in a checkpoint's name: `step-500`, `step_500`, `checkpoint-500`; `chck_10M`, `checkpoint-1.5B`. */
export function countInName(name: string): Counted['count'] {
  const match = /^(?:step|global_step|checkpoint|ckpt|chck)[-_]?(\d+(?:\.\d+)?)([KMB])?$/i.exec(name); // prettier-ignore
  if (!match) return null;
  const unit = match[2]?.toUpperCase() as keyof typeof units | undefined;
  const value = Math.round(Number(match[1]) * (unit ? units[unit] : 1));
  return { unit: unit ? 'words' : 'steps', value };
}

/**
 * Lists models as the checkpoints of one run, in the order of their counts, or as given where they have none.
 * @param paths folders, each a model or a series of them. The model that lies beside its own series (as the Trainer
 * of `transformers` leaves the last one) is not taken.
 * @throws AppError bad-file: nothing there; two of one count; counts in steps and in words
 */
export function listSeries(paths: readonly string[]): ImportedCheckpoint[] {
  return inOrder(paths.flatMap((path) => look(resolve(path)))).map(
    ({ folder, name, count }, n) => ({
      folder,
      name,
      ...placeOf(count, n),
    }),
  );
}

/** Where the n-th of a series stands: at its step, or at its place from 1. */
export const placeOf = (count: Counted['count'], n: number): Pick<ImportedCheckpoint, 'step' | 'wordsSeen'> => ({
  step: count?.unit === 'steps' ? count.value : n + 1,
  wordsSeen: count?.unit === 'words' ? count.value : null,
}); // prettier-ignore

/**
 * In the order of their counts, or as given where none has one.
 * @throws AppError bad-file: two of one count; counts in steps and in words, or missing in some
 */
export function inOrder<T extends Counted>(found: readonly T[]): T[] {
  const counted = found.flatMap(({ count }) => count ?? []);
  if (found.length < 2 || counted.length === 0) return [...found];
  if (counted.length < found.length || new Set(counted.map(({ unit }) => unit)).size > 1)
    throw new AppError('bad-file', `These cannot be put in one order: some are counted in steps, some in words, or not at all: ${names(found)}. Name them alike (step-100, step-200, or chck_10M, chck_20M), or take them one by one.`); // prettier-ignore
  const ordered = found.toSorted((a, b) => (a.count?.value ?? 0) - (b.count?.value ?? 0));
  const twice = ordered.find((one, n) => one.count?.value === ordered[n - 1]?.count?.value);
  if (twice)
    throw new AppError('bad-file', `Two of these have one count: ${names(ordered.filter(({ count }) => count?.value === twice.count?.value))}. Take them one by one.`); // prettier-ignore
  return ordered;
}

const names = (found: readonly Counted[]) => found.map(({ folder }) => folder).join(', ');

function look(path: string): Found[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new AppError('bad-file', `${path} is not a folder. Name a folder with config.json and model.safetensors.`); // prettier-ignore
  if (isFolder(join(path, 'snapshots')) && isFolder(join(path, 'refs'))) return revisions(path);
  const series = readdirSync(path)
    .map((name) => ({ folder: join(path, name), name, count: countInName(name) }))
    .filter(({ folder, count }) => count !== null && isModel(folder));
  if (series.length > 0) return series;
  if (isModel(path)) return [{ folder: path, name: basename(path), count: countInName(basename(path)) }]; // prettier-ignore
  throw new AppError('bad-file', `${path} holds no model (config.json), nor folders with models named step-*, checkpoint-* or chck_*M.`); // prettier-ignore
}

/** A model in Hugging Face's cache: refs/<revision> names a folder of snapshots/. Those with a count, else `main`. */
function revisions(path: string): Found[] {
  const found = readdirSync(join(path, 'refs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => !isFolder(join(path, 'refs', name)))
    .map((name) => {
      const snapshot = readFileSync(join(path, 'refs', name), 'utf8').trim();
      return {
        folder: join(path, 'snapshots', basename(snapshot)),
        name,
        count: countInName(name),
      };
    })
    .filter(({ folder }) => isModel(folder));
  const series = found.filter(({ count }) => count !== null);
  const taken = series.length > 0 ? series : found.filter(({ name }) => name === 'main');
  if (taken.length > 0) return taken;
  throw new AppError('bad-file', `${path} has no revision with a model, of those named main, step-*, checkpoint-* or chck_*M.`); // prettier-ignore
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isModel = (folder: string): boolean => existsSync(join(folder, 'config.json'));
