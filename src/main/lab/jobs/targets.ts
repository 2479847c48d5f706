// Which pairs are still to be scored at which checkpoints of a run.
import { seededSample, seedOf } from '../analysis/random.ts';
import { listCheckpoints, type StoredCheckpoint } from '../store/checkpoints.ts';
import { listClasses, type StoredClass } from '../store/classes.ts';
import {
  deleteTarget,
  listTargets,
  scoredCounts,
  scoredPairRowIds,
  type ScoreTarget,
} from '../store/scores.ts';
import type { Db } from '../store/sql.ts';

export interface ScoringWork {
  checkpoint: StoredCheckpoint;
  target: ScoreTarget;
  classes: { classId: number; pairRowIds: number[] }[];
}

/**
 * The pairs of a class that a target asks for: all, or a sample seeded by the class's UID, the same
 * at every checkpoint of every run, a smaller one part of a larger one.
 */
export function wantedPairs(one: StoredClass, pairsPerClass: number | null): number[] {
  const offsets =
    pairsPerClass === null || pairsPerClass >= one.pairs
      ? Array.from({ length: one.pairs }, (_, i) => i)
      : seededSample(one.pairs, pairsPerClass, seedOf(one.uid)).sort((a, b) => a - b);
  return offsets.map((offset) => one.firstPairRowId + offset);
}

/** What is missing at the stored checkpoints that have weights, in the order of steps. */
export function missingScores(db: Db, runId: number): ScoringWork[] {
  const targets = listTargets(db, runId);
  return listCheckpoints(db, runId)
    .filter((checkpoint) => checkpoint.hasWeights)
    .flatMap((checkpoint) =>
      targets
        .filter(({ steps }) => steps === null || steps.includes(checkpoint.step))
        .map((target) => ({ checkpoint, target, classes: missingAt(db, checkpoint, target) })),
    )
    .filter((work) => work.classes.length > 0);
}

function missingAt(db: Db, checkpoint: StoredCheckpoint, target: ScoreTarget) {
  const have = scoredCounts(db, checkpoint.id, target.suiteId, target.profileId);
  return listClasses(db, target.suiteId).flatMap((one) => {
    const wanted = target.pairsPerClass === null ? one.pairs : Math.min(target.pairsPerClass, one.pairs); // prettier-ignore
    const count = have.get(one.classId) ?? 0;
    if (count >= wanted) return [];
    const stored = count ? scoredPairRowIds(db, checkpoint.id, target, one.classId) : new Set<number>(); // prettier-ignore
    const pairRowIds = wantedPairs(one, target.pairsPerClass).filter((id) => !stored.has(id));
    return pairRowIds.length ? [{ classId: one.classId, pairRowIds }] : [];
  });
}

/** How many pairs one more checkpoint costs. */
export const pairsPerCheckpoint = (db: Db, runId: number): number =>
  listTargets(db, runId)
    .filter(({ steps }) => steps === null)
    .flatMap(({ suiteId, pairsPerClass }) =>
      listClasses(db, suiteId).map(({ pairs }) => Math.min(pairs, pairsPerClass ?? pairs)),
    )
    .reduce((sum, pairs) => sum + pairs, 0);

/** Gives up what is not scored yet. */
export function dropUnmetTargets(db: Db, runId: number): void {
  for (const { target } of missingScores(db, runId)) deleteTarget(db, runId, target);
}
