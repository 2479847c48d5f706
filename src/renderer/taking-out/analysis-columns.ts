// The columns of the analyses' tables as CSV: stable ids first, units in the names.
import type { Cell } from '../../shared/csv.ts';
import type { ConditionReport, ContrastClass, OffendingBigram } from '../../shared/experiment.ts';
import type {
  Figure,
  HypothesisPoint,
  HypothesisSide,
  NgramClassRow,
  OddsRatio,
} from '../../shared/ngram.ts';
import type { EntrenchmentRow, SeparationFigures } from '../../shared/trajectories.ts';

type Columns<T> = Record<string, (row: T) => Cell>;

export const entrenchmentColumns: Columns<EntrenchmentRow> = {
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  field: (row) => row.field,
  phenomenon: (row) => row.phenomenon,
  pairs: (row) => row.pairs,
  entrenched: (row) => row.entrenched,
  support: (row) => row.support,
  onset_step: (row) => row.onset?.step,
  onset_tokens: (row) => row.onset?.tokensSeen,
  onset_words: (row) => row.onset?.wordsSeen,
  onset_low_step: (row) => row.onsetLowStep,
  onset_high_step: (row) => row.onsetHighStep,
  early: (row) => row.early,
  onset_in_warmup: (row) => row.onsetInWarmup,
  held: (row) => row.held,
  depth: (row) => row.depth,
  deepest_step: (row) => row.deepest?.step,
  time_wrong: (row) => row.timeWrong,
  flips_per_pair: (row) => row.flipsPerPair,
  recovered_step: (row) => row.recovered?.step,
  recovered_tokens: (row) => row.recovered?.tokensSeen,
  recovery_tokens: (row) => row.recoveryTokens,
  entrenched_pairs: (row) => row.entrenchedPairs,
  shape: (row) => row.shape,
  shape_by_rules: (row) => row.shapeByRules,
  shape_by_segments: (row) => row.shapeBySegments,
  shape_override: (row) => row.override?.shape,
  shape_override_by: (row) => row.override?.annotator,
};

export const ngramClassColumns: Columns<NgramClassRow> = {
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  field: (row) => row.field,
  phenomenon: (row) => row.phenomenon,
  pairs: (row) => row.pairs,
  ngram_accuracy: (row) => row.ngramAccuracy,
  ngram_accuracy_low: (row) => row.ngramLow,
  ngram_accuracy_high: (row) => row.ngramHigh,
  ngram_ties: (row) => row.ngramTies,
  ngram_mean_delta_nats: (row) => row.ngramMeanDelta,
  favours_good: (row) => row.favoursGood,
  favours_bad: (row) => row.favoursBad,
  favours_neither: (row) => row.favoursNeither,
  model_accuracy: (row) => row.modelAccuracy,
  model_accuracy_low: (row) => row.modelLow,
  model_accuracy_high: (row) => row.modelHigh,
  model_mean_delta_nats: (row) => row.modelMeanDelta,
  agreeing: (row) => row.agreeing,
  untied: (row) => row.untied,
};

/** With a column for each control. */
export const hypothesisColumns = (controls: readonly string[]): Columns<HypothesisPoint> => ({
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  phenomenon: (row) => row.phenomenon,
  bias: (row) => row.bias,
  time_wrong: (row) => row.timeWrong,
  entrenched: (row) => row.entrenched,
  meaningful: (row) => row.meaningful,
  ...Object.fromEntries(controls.map((name) => [name.replaceAll(' ', '_'), (row: HypothesisPoint) => row.controls[name]])), // prettier-ignore
});

export const contrastColumns: Columns<ContrastClass> = {
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  phenomenon: (row) => row.phenomenon,
  touched: (row) => row.touched,
  pairs: (row) => row.pairs,
  accuracy_a: (row) => row.accuracyA,
  accuracy_b: (row) => row.accuracyB,
  accuracy_difference: (row) => row.accuracy.value,
  accuracy_difference_low: (row) => row.accuracy.low,
  accuracy_difference_high: (row) => row.accuracy.high,
  delta_difference_nats: (row) => row.delta.value,
  delta_difference_low: (row) => row.delta.low,
  delta_difference_high: (row) => row.delta.high,
  mended: (row) => row.mended,
  broken: (row) => row.broken,
};

export const testColumns: Columns<HypothesisSide['tests'][number]> = {
  test: (row) => row.name,
  p: (row) => row.p,
  p_holm: (row) => row.adjustedP,
};

export const leftOutColumns: Columns<HypothesisSide['leftOut'][number]> = {
  phenomenon_left_out: (row) => row.phenomenon,
  classes: (row) => row.classes,
  rho: (row) => row.rho,
  odds_ratio: (row) => row.oddsRatio,
};

export const powerColumns: Columns<HypothesisSide['power'][number]> = {
  true_correlation: (row) => row.effect,
  power_rank_correlation: (row) => row.spearman,
  power_regression: (row) => row.logistic,
};

export const conditionColumns: Columns<ConditionReport> = {
  condition: (row) => row.condition,
  content_hash: (row) => row.contentHash,
  lines: (row) => row.lines,
  words: (row) => row.words,
  removed_lines: (row) => row.removedLines,
  removed_words: (row) => row.removedWords,
  added_lines: (row) => row.addedLines,
  added_words: (row) => row.addedWords,
  changed_lines: (row) => row.changedLines,
  carrying_before: (row) => row.carryingBefore,
  carrying_after: (row) => row.carryingAfter,
};

export const offendingColumns: Columns<OffendingBigram> = {
  first_word: (row) => row.bigram[0],
  second_word: (row) => row.bigram[1],
  count: (row) => row.count,
  pairs: (row) => row.pairs,
  pull_nats: (row) => row.pullNats,
};

const withInterval = <T>(name: string, of: (row: T) => Figure): Columns<T> => ({
  [name]: (row) => of(row).value,
  [`${name}_low`]: (row) => of(row).low,
  [`${name}_high`]: (row) => of(row).high,
});

/** Of one class at one checkpoint, a row for each choice of pairs and scores. */
export const separationColumns: Columns<{ name: string; figures: SeparationFigures }> = {
  over: (row) => row.name,
  pairs: ({ figures }) => figures.pairs,
  right: ({ figures }) => figures.right,
  ties: ({ figures }) => figures.ties,
  ...withInterval('accuracy', ({ figures }) => figures.accuracy),
  p: ({ figures }) => figures.p,
  p_holm: ({ figures }) => figures.pHolm,
  ...withInterval('mean_delta_nats', ({ figures }) => figures.meanDelta),
  ...withInterval('median_delta_nats', ({ figures }) => figures.medianDelta),
  ...withInterval('trimmed_mean_delta_nats', ({ figures }) => figures.trimmedMeanDelta),
  ...withInterval('dz', ({ figures }) => figures.dz),
  ...withInterval('auc', ({ figures }) => figures.auc),
  ...withInterval('d_prime', ({ figures }) => figures.dPrime),
  side: ({ figures }) => figures.side,
};

export const regressionColumns: Columns<OddsRatio> = {
  term: (term) => term.name,
  ...withInterval('odds_ratio', (term) => term),
  p: (term) => term.p,
};
