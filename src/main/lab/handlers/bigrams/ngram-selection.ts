// Which n-gram model and scoring a view looks at, and its Δ beside the model's.
import { AppError } from '../../../../shared/errors.ts';
import type { NgramUnit } from '../../../../shared/ngram.ts';
import type { DeltasOverTime } from '../../analysis/ngrams/agreement.ts';
import { deltasOf } from '../../analysis/ngrams/classes.ts';
import { getClass, listClasses } from '../../store/classes.ts';
import { classNats } from '../../store/nats.ts';
import {
  findNgramModel,
  findNgramScoring,
  ngramClassNats,
  ngramPairTokens,
  ngramKey,
  ngramSource,
  type NgramClassNats,
  type NgramRecord,
} from '../../store/ngrams.ts';
import type { Db } from '../../store/sql.ts';
import { partsFound } from '../views/parts.ts';
import type { Found } from '../views/selection.ts';

export interface FoundNgrams {
  record: NgramRecord;
  scoringId: number;
}

/** @throws AppError 'not-found': not counted, not to that order, or these pairs are not scored yet */
export function findNgrams(db: Db, found: Found, unit: NgramUnit, order = 1): FoundNgrams {
  const source = ngramSource(db, found.runId, unit);
  const record = source && findNgramModel(db, ngramKey(db, source));
  if (!record || record.order < order)
    throw new AppError(
      'not-found',
      `N-grams of ${unit}${record ? ` of order ${order}` : ''} have not been counted for run ${found.runId}. Count them: Count n-grams in the app, or “gardenpath ngram PROJECT --run ${found.runId} --order ${order}${unit === 'words' ? ' --unit words' : ''}”.`,
    );
  const encoding = unit === 'words' ? null : (found.scorings[0]?.encodingId ?? null);
  const scoringId = findNgramScoring(db, record.id, found.suiteId, encoding);
  if (scoringId === undefined)
    throw new AppError(
      'not-found',
      `The n-grams are counted, but have not scored this suite under ${found.profile.name} yet. Count n-grams again: only the scores are made.`,
    );
  return { record, scoringId };
}

/**
 * The n-gram's log P of every pair's sentences, or of the parts of them that the method compares. Words are no tokens of
 * the model's: of them it is always the whole sentences'.
 */
export function ngramNats(
  db: Db,
  { record, scoringId }: FoundNgrams,
  found: Found,
  order: number,
  classId?: number,
): Map<number, NgramClassNats> {
  if (found.profile.method === undefined || record.tokenizerId === null)
    return ngramClassNats(db, scoringId, order, record.order, classId);
  const classes = classId === undefined ? listClasses(db, found.suiteId) : [getClass(db, classId)];
  const made = classes.map((one): [number, NgramClassNats] => {
    const none = () => new Float64Array(one.pairs).fill(NaN);
    const nats: NgramClassNats = { good: none(), bad: none(), goodTokens: none(), badTokens: none() }; // prettier-ignore
    for (const { pairRowId, scoredFrom, goodTokens, good, bad } of partsFound(db, found, one)) {
      const of = ngramPairTokens(db, scoringId, pairRowId, order)?.nats ?? new Float32Array();
      const sum = (tokens: number[], from: number) => tokens.reduce((total, t) => total + (of[from + t - scoredFrom] ?? NaN), 0); // prettier-ignore
      const place = pairRowId - one.firstPairRowId;
      nats.good[place] = sum(good, 0);
      nats.bad[place] = sum(bad, goodTokens - scoredFrom);
      nats.goodTokens[place] = good.length;
      nats.badTokens[place] = bad.length;
    }
    return [one.classId, nats];
  });
  return new Map(made.filter(([, { good }]) => good.some((value) => !Number.isNaN(value))));
}

/** The n-gram's Δ (nats) of every pair of every class (or the one named), by place in the class, as the profile aggregates. */
export function ngramDeltas(
  db: Db,
  ngrams: FoundNgrams,
  found: Found,
  order: number,
  classId?: number,
): Map<number, Float64Array> {
  const { profile } = found;
  const score = (sums: Float64Array, tokens: Float64Array): Float64Array =>
    profile.aggregation === 'mean' ? sums.map((sum, i) => sum / (tokens[i] as number)) : sums;
  const delta = ({ good, bad, goodTokens, badTokens }: NgramClassNats): Float64Array =>
    deltasOf(score(good, goodTokens), score(bad, badTokens));
  const nats = ngramNats(db, ngrams, found, order, classId);
  return new Map([...nats].map(([classId, of]) => [classId, delta(of)]));
}

/** The model's Δ of a class's pairs at every checkpoint; `pairs` are places in the class, those scored throughout. */
export function modelDeltas(db: Db, classId: number, { scorings }: Found): DeltasOverTime {
  const nats = classNats(db, classId, scorings.map((s) => s.id)); // prettier-ignore
  const columns = scorings.map(({ id }) => {
    const of = nats.get(id);
    return of && deltasOf(of.good, of.bad);
  });
  const size = Math.max(0, ...columns.map((column) => column?.length ?? 0));
  const pairs = Uint32Array.from({ length: size }, (_, i) => i).filter((i) =>
    columns.every((column) => column && !Number.isNaN(column[i])),
  );
  const deltas = new Float32Array(pairs.length * columns.length);
  pairs.forEach((place, i) =>
    columns.forEach((column, c) => (deltas[i * columns.length + c] = column?.[place] ?? NaN)),
  );
  return { checkpoints: columns.length, pairs, deltas };
}
