// Minimal pairs from JSONL lines: BLiMP's fields, or as little as sentence_good and sentence_bad.
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { SuiteFile } from './files.ts';

export interface SuitePair {
  /** Within its class; a text, as in BLiMP. */
  pairId: string;
  good: string;
  bad: string;
  /** BLiMP's one_prefix_… and two_prefix_… fields and the like, where the pair has them. */
  extra?: Record<string, string>;
}

export interface SuiteClass {
  uid: string;
  /** `morphology`, `syntax`, `semantics`, `syntax_semantics`, …; empty where the suite has none. */
  field: string;
  phenomenon: string;
  pairs: SuitePair[];
}

const sentence = z.string().refine((text) => text.trim() !== '', 'is empty');
const id = z.union([z.string(), z.int()]).transform(String).optional();
const Line = z.looseObject({
  sentence_good: sentence,
  sentence_bad: sentence,
  UID: z.string().min(1).optional(),
  field: z.string().optional(),
  linguistics_term: z.string().optional(),
  pairID: id,
  pair_id: id,
});

const extraFields = [
  'one_prefix_prefix',
  'one_prefix_word_good',
  'one_prefix_word_bad',
  'two_prefix_prefix_good',
  'two_prefix_prefix_bad',
  'two_prefix_word',
  'crucial_item',
  'dependency_length',
];

function extraOf(line: Record<string, unknown>): Record<string, string> | undefined {
  const extra = extraFields.flatMap((field) => {
    const value = line[field];
    return typeof value === 'string' || typeof value === 'number' ? [[field, String(value)]] : [];
  });
  return extra.length > 0 ? (Object.fromEntries(extra) as Record<string, string>) : undefined;
}

function parseLine(text: string, where: string): z.infer<typeof Line> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError('bad-file', `${where}: not valid JSON (${error instanceof Error ? error.message : String(error)}). Each line is one pair as a JSON object.`); // prettier-ignore
  }
  const parsed = Line.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.');
  throw new AppError('bad-file', `${where}: ${field ? `“${field}”: ` : ''}${issue?.message ?? 'no pair'}. A pair has the texts sentence_good and sentence_bad.`); // prettier-ignore
}

/** A class in the making: where each pairId stands, so that a second one can be told. */
interface Making extends SuiteClass {
  places: Map<string, string>;
}

/**
 * The classes of some files, by UID. A pair without a UID belongs to a class named as its file; one without a pairID
 * has its number in the class. `syntax/semantics` (one of BLiMP's files) is read as `syntax_semantics` (13 of them).
 * Pairs of two identical sentences are kept. Throws AppError('bad-file') with file and line.
 */
export function classesOf(files: readonly SuiteFile[]): SuiteClass[] {
  const classes = new Map<string, Making>();
  for (const file of files) {
    const stem = file.name.replace(/^.*\//, '').replace(/\.jsonl$/i, '');
    let pairs = 0;
    file.text.split('\n').forEach((text, i) => {
      if (text.trim() === '') return;
      const where = `${file.name}, line ${i + 1}`;
      const line = parseLine(text, where);
      const uid = line.UID ?? stem;
      let into = classes.get(uid);
      if (!into) {
        const field = (line.field ?? '').replace('/', '_');
        into = {
          uid,
          field,
          phenomenon: line.linguistics_term ?? '',
          pairs: [],
          places: new Map(),
        };
        classes.set(uid, into);
      }
      const pairId = line.pairID ?? line.pair_id ?? String(into.pairs.length);
      const before = into.places.get(pairId);
      if (before !== undefined)
        throw new AppError('bad-file', `${where}: pairID ${pairId} of ${uid} again; it is first in ${before}. Give each pair of a class an id of its own.`); // prettier-ignore
      into.places.set(pairId, where);
      const extra = extraOf(line);
      const pair = { pairId, good: line.sentence_good, bad: line.sentence_bad };
      into.pairs.push(extra ? { ...pair, extra } : pair);
      pairs++;
    });
    if (pairs === 0)
      throw new AppError('bad-file', `${file.name} holds no pair. Take it out of the suite.`);
  }
  return [...classes.values()]
    .map(({ uid, field, phenomenon, pairs }) => ({ uid, field, phenomenon, pairs }))
    .sort((a, b) => (a.uid < b.uid ? -1 : 1));
}
