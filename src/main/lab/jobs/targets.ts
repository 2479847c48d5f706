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
  /** All that the target asks for. */
  classes: { classId: number; pairRowIds: number[] }[];
  /** What of it is stored already. */
  stored: Set<number>;
  missingPairs: number;
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
        .flatMap((target) => workAt(db, checkpoint, target)),
    );
}

function workAt(db: Db, checkpoint: StoredCheckpoint, target: ScoreTarget): ScoringWork[] {
  const classes = listClasses(db, target.suiteId);
  const have = scoredCounts(db, checkpoint.id, target.suiteId, target.profileId);
  const missing = new Set(classes.filter((one) => (have.get(one.classId) ?? 0) < wantedCount(one, target))); // prettier-ignore
  if (missing.size === 0) return [];
  const wanted = classes.map((one) => wantedPairs(one, target.pairsPerClass));
  const stored = new Set(
    classes.flatMap((one, i) => {
      if (!missing.has(one)) return wanted[i] ?? [];
      return have.has(one.classId) ? [...scoredPairRowIds(db, checkpoint.id, target, one.classId)] : []; // prettier-ignore
    }),
  );
  const missingPairs = wanted.flat().filter((id) => !stored.has(id)).length;
  if (missingPairs === 0) return [];
  return [{ checkpoint, target, stored, missingPairs, classes: classes.map(({ classId }, i) => ({ classId, pairRowIds: wanted[i] ?? [] })) }]; // prettier-ignore
}

const wantedCount = ({ pairs }: StoredClass, { pairsPerClass }: ScoreTarget): number =>
  Math.min(pairs, pairsPerClass ?? pairs);

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
