// The columns of a sweep's tables as CSV: stable ids first, units in the names.
import type { Cell } from '../../shared/csv.ts';
import { countSeen } from '../../shared/count-seen.ts';
import type { SweepClass, SweepFindings } from '../../shared/sweep-findings.ts';
import type { SweepRun } from '../../shared/sweeps.ts';

type Columns<T> = Record<string, (row: T) => Cell>;

/** With a column for each axis. */
export const sweepRunColumns = (axes: readonly string[]): Columns<SweepRun> => ({
  key: (run) => run.key,
  run_id: (run) => run.runId,
  ...Object.fromEntries(axes.map((axis) => [axis, (run: SweepRun) => run.values[axis]])),
  state: (run) => run.state,
  step: (run) => run.step,
  total_steps: (run) => run.totalSteps,
  tokens_seen: (run) => countSeen(run.tokensSeen, run.step),
  loss_nats: (run) => run.lossNats,
  tokens_per_second: (run) => run.tokensPerSecond,
  elapsed_ms: (run) => run.elapsedMs,
  checkpoints: (run) => run.checkpoints,
  scored: (run) => run.scored,
  attempts: (run) => run.attempts,
  failure: (run) => run.failure?.message,
});

/** With a column for each source of variance, and two for each condition. */
export const sweepClassColumns = ({ axes, conditions }: SweepFindings): Columns<SweepClass> => ({
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  phenomenon: (row) => row.phenomenon,
  pairs: (row) => row.pairs,
  accuracy: (row) => row.accuracy,
  seed_sd: (row) => row.seedSd,
  seeds_needed: (row) => row.seedsNeeded,
  ...Object.fromEntries([...axes, 'together', 'pairs'].map((source) => [`variance_${source}`, (row: SweepClass) => row.variance?.find((part) => part.source === source)?.share])), // prettier-ignore
  ...Object.fromEntries(conditions.flatMap(({ label }, c) => [
    [`entrenched (${label})`, (row: SweepClass) => row.entrenched[c]?.count],
    [`runs (${label})`, (row: SweepClass) => row.entrenched[c]?.of],
  ])), // prettier-ignore
});
