// What runs share beside their folders: suites, tokenizers, and corpora by where they lie.
//
//   runs/suites/<content hash>.json      all pairs of a suite
//   runs/tokenizers/<hash>.json          a tokenizer that the plan names
//   runs/tokenizers/of-<key>.json        the one trained on a corpus, by the first run that needed it
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { SuiteInfo } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { listClasses } from '../store/classes.ts';
import { addSuite, addTokenizer, getSuite, getTokenizer } from '../store/library.ts';
import { listPairs } from '../store/pairs.ts';
import type { Db } from '../store/sql.ts';
import { openTokenizer } from '../tokenizer/index.ts';
import { readJson, writeWhole, type RunSpec } from './run-folder.ts';

const Suite = z.object({
  name: z.string(),
  source: z.string(),
  licence: z.string(),
  contentHash: z.string(),
  classes: z.array(
    z.object({
      uid: z.string(),
      field: z.string(),
      phenomenon: z.string(),
      human: z.number().nullable(),
      pairs: z.array(z.object({ pairId: z.string(), good: z.string(), bad: z.string() })),
    }),
  ),
});

const suiteFile = (runs: string, contentHash: string): string => path.join(runs, 'suites', `${contentHash}.json`); // prettier-ignore
const tokenizerFile = (runs: string, name: string): string => path.join(runs, 'tokenizers', name);

/** Lays a suite of the project beside the runs, where it is not there yet. */
export function shareSuite(db: Db, runs: string, suiteId: number): string {
  const { name, source, licence, contentHash } = getSuite(db, suiteId);
  const file = suiteFile(runs, contentHash);
  if (fs.existsSync(file)) return contentHash;
  const classes = listClasses(db, suiteId).map(({ classId, uid, field, phenomenon, human }) => {
    const pairs = listPairs(db, classId).map(({ pairId, good, bad }) => ({ pairId, good, bad }));
    return { uid, field, phenomenon, human, pairs };
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  writeWhole(file, JSON.stringify({ name, source, licence, contentHash, classes }));
  return contentHash;
}

/** Brings a shared suite into a project that may not have it. */
export function takeSuite(db: Db, runs: string, contentHash: string): SuiteInfo {
  const suite = readJson(suiteFile(runs, contentHash), Suite);
  if (!suite) throw new AppError('not-found', `The suite ${contentHash.slice(0, 8)} is not there: ${suiteFile(runs, contentHash)}. Copy the folder suites/ along with the runs.`); // prettier-ignore
  return addSuite(db, suite);
}

/** Lays a tokenizer of the project beside the runs; returns its file's name. */
export function shareTokenizer(db: Db, runs: string, tokenizerId: number): string {
  const { hash, json } = getTokenizer(db, tokenizerId);
  return put(runs, `${hash}.json`, json);
}

/** Lays the tokenizer that was trained on a corpus beside the runs, for those that train on it too. */
export const shareTrained = (runs: string, spec: RunSpec, json: string): string =>
  put(runs, trainedName(spec), json);

function put(runs: string, name: string, json: string): string {
  const file = tokenizerFile(runs, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (!fs.existsSync(file)) writeWhole(file, json);
  return name;
}

/** The tokenizer that a run uses, brought into the project; null: it is still to be trained. */
export function takeTokenizer(db: Db, runs: string, spec: RunSpec): number | null {
  const file = tokenizerFile(runs, spec.tokenizer ?? trainedName(spec));
  if (!fs.existsSync(file)) {
    if (spec.tokenizer === null) return null;
    throw new AppError('not-found', `The run's tokenizer is not there: ${file}. Copy the folder tokenizers/ along with the runs.`); // prettier-ignore
  }
  return addTokenizerText(db, `${spec.corpus.name} (sweep)`, fs.readFileSync(file, 'utf8'));
}

export function addTokenizerText(db: Db, name: string, json: string): number {
  const { hash, vocabSize } = openTokenizer({ json });
  return addTokenizer(db, { name, json, hash, vocabSize }).id;
}

const trainedName = ({ corpus, model }: RunSpec): string =>
  `of-${createHash('sha256').update(`${corpus.contentHash} ${model.vocabSize}`).digest('hex').slice(0, 16)}.json`; // prettier-ignore
