// The columns of tables as CSV: stable ids first, units in the names.
import type { Cell } from '../../shared/csv.ts';
import { countSeen } from '../../shared/count-seen.ts';
import type { CheckpointRow, PairRow, RunRow, SuiteInfo } from '../../shared/domain.ts';
import type { ClassComparison, SentenceHit, TokenChance } from '../../shared/workbench.ts';
import { bits, outcomeOf } from '../format.ts';

type Columns<T> = Record<string, (row: T) => Cell>;

export const pairColumns: Columns<PairRow> = {
  pair_row_id: (row) => row.pairRowId,
  pair_id: (row) => row.pairId,
  good: (row) => row.good,
  bad: (row) => row.bad,
  good_log_prob_nats: (row) => row.goodLogProbNats,
  bad_log_prob_nats: (row) => row.badLogProbNats,
  // Of a run that keeps choices only there are no log-probabilities, and what is right is all there is.
  delta_nats: (row) => (Number.isNaN(row.goodLogProbNats) ? null : row.delta),
  outcome: (row) => outcomeOf(row.delta),
  flips: (row) => row.flips,
  first_wrong_step: (row) => row.firstWrongStep,
  same_words: (row) => row.lexicallyIdentical,
};

export const hitColumns: Columns<SentenceHit> = {
  suite_id: (hit) => hit.suiteId,
  class_id: (hit) => hit.classId,
  uid: (hit) => hit.uid,
  pair_row_id: (hit) => hit.pairRowId,
  pair_id: (hit) => hit.pairId,
  good: (hit) => hit.good,
  bad: (hit) => hit.bad,
};

export const runColumns: Columns<RunRow> = {
  run_id: (run) => run.id,
  name: (run) => run.name,
  preset: (run) => run.preset,
  seed: (run) => run.seed,
  corpus: (run) => run.corpusName,
  parameters: (run) => run.parameters,
  state: (run) => run.state,
  step: (run) => run.step,
  total_steps: (run) => run.totalSteps,
  tokens_seen: (run) => countSeen(run.tokensSeen, run.step),
  words_seen: (run) => countSeen(run.wordsSeen, run.step),
  loss_nats: (run) => run.lossNats,
  tokens_per_second: (run) => run.tokensPerSecond,
  elapsed_ms: (run) => run.elapsedMs,
  checkpoints: (run) => run.checkpoints,
  note: (run) => run.note,
};

export const checkpointColumns: Columns<CheckpointRow> = {
  step: (row) => row.step,
  tokens_seen: (row) => countSeen(row.tokensSeen, row.step),
  words_seen: (row) => countSeen(row.wordsSeen, row.step),
  held_out_nats_per_token: (row) => row.heldOutNatsPerToken,
  has_weights: (row) => row.hasWeights,
  has_optimizer: (row) => row.hasOptimizer,
};

export const comparisonColumns: Columns<ClassComparison> = {
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  field: (row) => row.field,
  phenomenon: (row) => row.phenomenon,
  pairs: (row) => row.pairs,
  accuracy_a: (row) => row.a.accuracy,
  accuracy_a_low: (row) => row.a.low,
  accuracy_a_high: (row) => row.a.high,
  mean_delta_a_nats: (row) => row.a.meanDelta,
  accuracy_b: (row) => row.b.accuracy,
  accuracy_b_low: (row) => row.b.low,
  accuracy_b_high: (row) => row.b.high,
  mean_delta_b_nats: (row) => row.b.meanDelta,
  difference_nats: (row) => row.difference,
  difference_low: (row) => row.low,
  difference_high: (row) => row.high,
  right_in_a_only: (row) => row.rightInAOnly,
  right_in_b_only: (row) => row.rightInBOnly,
  p: (row) => row.p,
  p_holm: (row) => row.pHolm,
  verdict_changed: (row) => row.verdictChanged,
};

/** The settings of a run, as its page has them. */
export const settingColumns: Columns<{ title: string; label: string; value: string }> = {
  part: (row) => row.title,
  setting: (row) => row.label,
  value: (row) => row.value,
};

export const suiteColumns: Columns<SuiteInfo> = {
  suite_id: (row) => row.id,
  suite: (row) => row.name,
  classes: (row) => row.classes,
  pairs: (row) => row.pairs,
  source: (row) => row.source,
  licence: (row) => row.licence,
  content_hash: (row) => row.contentHash,
};

/** @param actual rank of the token that stands there */
export const alternativeColumns = (actual: number | undefined): Columns<TokenChance> => ({
  rank: (row) => row.rank,
  token: (row) => row.token,
  probability: (row) => Math.exp(row.logProbNats),
  surprisal_bits: (row) => bits(-row.logProbNats),
  stands_here: (row) => row.rank === actual,
});

/** A line of a table of runs, one value a run. */
export interface RunsLine {
  label: string;
  values: readonly (string | null)[];
}
export const runsLineColumns = (names: readonly string[]): Columns<RunsLine> => ({
  setting: (line) => line.label,
  ...Object.fromEntries(names.map((name, i) => [name, (line: RunsLine) => line.values[i]])),
});
