// A selection's classes handed to the analysts: scores over all checkpoints, lengths, templates.
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { CheckpointAxis } from '../../analysis/entrenchment/entrenchment-rule.ts';
import type { ClassToPrepare } from '../../jobs/analyst/analysts.ts';
import { listClasses, type StoredClass } from '../../store/classes.ts';
import { classNats } from '../../store/nats.ts';
import { listPairs } from '../../store/pairs.ts';
import { scoredPairs } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';
import { readable, type Lab } from '../lab.ts';
import { scoredTokenCounts } from '../views/parts.ts';
import type { Found } from '../views/selection.ts';

export const axisOf = ({ scorings }: Found): CheckpointAxis & Record<keyof CheckpointAxis, number[]> => ({
  steps: scorings.map((s) => s.step),
  tokensSeen: scorings.map((s) => s.tokensSeen),
  wordsSeen: scorings.map((s) => s.wordsSeen),
}); // prettier-ignore

/** Names what is scored of a selection: another key as soon as a checkpoint or a pair is added. */
export const scoredKey = (db: Db, { scorings }: Found): string => {
  const ids = scorings.map((s) => s.id);
  return keyOf(ids, scoredPairs(db, ids));
};

/** The same, from how many pairs are scored in those scorings together. */
export const keyOf = (ids: readonly number[], pairs: number): string => `${ids.join(' ')}: ${pairs}`; // prettier-ignore

/** Waits until the analysts have the selection's classes, and returns the key to ask them by. */
export async function prepared(lab: Lab, found: Found): Promise<string> {
  const db = readable(lab);
  const key = scoredKey(db, found);
  const classes = listClasses(db, found.suiteId);
  const startedAt = performance.now();
  const read = async function* (): AsyncGenerator<ClassToPrepare> {
    for (const one of classes) {
      const scores = scoresOf(db, found, one);
      if (scores) yield scores;
      await othersTurn();
    }
  };
  await lab.analysts.prepare(key, axisOf(found).steps, read, (done) => {
    const remainingMs = ((performance.now() - startedAt) / done) * (classes.length - done);
    lab.emit('analysis.progressed', { done, of: classes.length, remainingMs });
  });
  return key;
}

function scoresOf(db: Db, found: Found, one: StoredClass): ClassToPrepare | null {
  const { scorings, profile } = found;
  const { classId, uid, pairs } = one;
  const nats = classNats(db, classId, scorings.map((s) => s.id)); // prettier-ignore
  if (nats.size === 0) return null;
  const none = new Float64Array(pairs).fill(NaN);
  const tokens = scoredTokenCounts(db, found, one);
  return {
    classId,
    scores: {
      uid,
      good: scorings.map(({ id }) => nats.get(id)?.good ?? none),
      bad: scorings.map(({ id }) => nats.get(id)?.bad ?? none),
      goodTokens: tokens.good,
      badTokens: tokens.bad,
      ties: profile.ties,
      aggregation: profile.aggregation,
    },
    sentences: listPairs(db, classId).map(({ good, bad }) => ({ good, bad })),
  };
}
