// What views say of scores that are of parts of sentences.
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { PairDetail } from '../../../../shared/domain.ts';
import { methodNeeds, type UnscoredClass } from '../../../../shared/scoring-method.ts';
import { partTokens, recordParts, type PairPartTokens } from '../../jobs/parts.ts';
import { listClasses, type StoredClass } from '../../store/classes.ts';
import { classNats } from '../../store/nats.ts';
import type { StoredPair } from '../../store/pairs.ts';
import { classMethods, scoringsWithoutParts } from '../../store/parts.ts';
import { runTokenizerId } from '../../store/runs.ts';
import { transaction, type Db } from '../../store/sql.ts';
import { classTokenCounts, type TokenCounts } from '../../store/token-counts.ts';
import type { Found } from './selection.ts';

/** Classes that a method has no scores of, each with the reason; none for whole sentences. */
export function classesWithout(
  db: Db,
  { suiteId, profile: { method } }: Found,
  scored: readonly { classId: number }[],
): UnscoredClass[] {
  if (method === undefined) return [];
  const known = new Set(scored.map(({ classId }) => classId));
  return listClasses(db, suiteId).flatMap((one): UnscoredClass[] => {
    if (known.has(one.classId)) return [];
    const { classId, uid, phenomenon } = one;
    const reason = classMethods(db, one).includes(method)
      ? `No pair’s ${method === 'region' ? 'regions are' : 'part is'} scored under this profile: its tokens do not match the text, or it stands at the very beginning, which only a profile with a prefix scores.`
      : `The suite marks no ${methodNeeds[method].replace(/^an? /, '')} in this class, so that ${method} has nothing to compare.`;
    return [{ classId, uid, phenomenon, reason }];
  });
}

/** The scored tokens of a class's pairs under the method that is looked at. */
export function partsFound(
  db: Db,
  { runId, scorings, profile }: Found,
  one: StoredClass,
): PairPartTokens[] {
  const tokenizerId = runTokenizerId(db, runId);
  const { method, text: form } = profile;
  if (method === undefined || tokenizerId === null) return [];
  return partTokens(db, { tokenizerId, encodingId: scorings[0]?.encodingId ?? 0, form, one, method }); // prettier-ignore
}

/** How many tokens a class's scores are of, under whatever method. */
export function scoredTokenCounts(db: Db, found: Found, one: StoredClass): TokenCounts {
  if (found.profile.method === undefined)
    return classTokenCounts(db, found.scorings[0]?.encodingId ?? 0, one);
  const none = () => new Float64Array(one.pairs).fill(NaN);
  const counts: TokenCounts = { good: none(), bad: none() };
  for (const { pairRowId, good, bad } of partsFound(db, found, one)) {
    counts.good[pairRowId - one.firstPairRowId] = good.length;
    counts.bad[pairRowId - one.firstPairRowId] = bad.length;
  }
  return counts;
}

/** A pair's checkpoints with the scores that the method gives, and which tokens those are of. */
export function ofPart(
  db: Db,
  found: Found,
  one: StoredClass,
  pair: StoredPair,
  checkpoints: PairDetail['checkpoints'],
): Pick<PairDetail, 'part' | 'checkpoints'> {
  const { scorings, profile } = found;
  if (profile.method === undefined) return { part: null, checkpoints };
  const tokens = partsFound(db, found, one).find(({ pairRowId }) => pairRowId === pair.pairRowId); // prettier-ignore
  const nats = classNats(db, one.classId, scorings.map(({ id }) => id)); // prettier-ignore
  const place = pair.pairRowId - one.firstPairRowId;
  const ofMethod = checkpoints.flatMap((point) => {
    const here = nats.get(scorings.find(({ step }) => step === point.step)?.id ?? 0);
    const [goodLogProbNats, badLogProbNats] = [here?.good[place] ?? NaN, here?.bad[place] ?? NaN];
    if (Number.isNaN(goodLogProbNats)) return [];
    return { ...point, goodLogProbNats, badLogProbNats, delta: goodLogProbNats - badLogProbNats };
  });
  return { part: tokens ? { good: tokens.good, bad: tokens.bad } : null, checkpoints: ofMethod };
}

/** Makes a suite's scores of parts, where the suite learnt of its parts after it was scored. */
export async function recordMissingParts(db: Db, suiteId: number): Promise<void> {
  const classes = listClasses(db, suiteId).filter((one) => classMethods(db, one).length > 0);
  for (const scoringId of scoringsWithoutParts(db, suiteId)) {
    if (!db.open) return; // the project was closed meanwhile
    transaction(db, () => classes.forEach(({ classId }) => recordParts(db, scoringId, classId)));
    await othersTurn();
  }
}
