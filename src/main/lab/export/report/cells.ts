// Rows of the analysis as cells of a table: what the command line and a report write as CSV.
import type { Cell } from '../../../../shared/csv.ts';
import type { Figure } from '../../../../shared/ngram.ts';
import type {
  EntrenchmentReport,
  EntrenchmentRow,
  EvidenceRow,
  SeparationRow,
} from '../../../../shared/trajectories.ts';

export const sideNames = { '-1': 'wrong', '0': 'neither', '1': 'right' } as const;

const bounds = (name: string, { value, low, high }: Figure) => ({ [name]: value, [`${name}_low`]: low, [`${name}_high`]: high }); // prettier-ignore

/** Every figure of a class in one line of a table. */
export function separationCells(row: SeparationRow): Record<string, Cell> {
  const { classId, uid, field, phenomenon, all, lengthMatched: matched, perToken } = row;
  const none: Figure = { value: null, low: null, high: null };
  return {
    class_id: classId,
    uid,
    field,
    phenomenon,
    pairs: all.pairs,
    right: all.right,
    ties: all.ties,
    ...bounds('accuracy', all.accuracy),
    p: all.p,
    p_holm: all.pHolm,
    ...bounds('mean_delta', all.meanDelta),
    ...bounds('median_delta', all.medianDelta),
    ...bounds('trimmed_mean_delta', all.trimmedMeanDelta),
    ...bounds('dz', all.dz),
    ...bounds('auc', all.auc),
    ...bounds('d_prime', all.dPrime),
    matched_pairs: matched?.pairs ?? 0,
    ...bounds('matched_accuracy', matched?.accuracy ?? none),
    ...bounds('matched_mean_delta', matched?.meanDelta ?? none),
    ...bounds('per_token_accuracy', perToken.accuracy),
    ...bounds('per_token_mean_delta', perToken.meanDelta),
    templates: row.byTemplate?.templates ?? null,
    by_template_mean_delta_low: row.byTemplate?.meanDelta.low ?? null,
    by_template_mean_delta_high: row.byTemplate?.meanDelta.high ?? null,
    sides: row.verdicts.map(({ method, side }) => `${method}: ${sideNames[side]}`).join('; '),
    differs_by: row.disagreeing.join('; '),
  };
}

export const entrenchmentCells = (row: EntrenchmentRow): Record<string, Cell> => ({
  class_id: row.classId,
  uid: row.uid,
  field: row.field,
  phenomenon: row.phenomenon,
  pairs: row.pairs,
  entrenched: row.entrenched,
  support: row.support,
  onset_step: row.onset?.step ?? null,
  onset_low_step: row.onsetLowStep,
  onset_high_step: row.onsetHighStep,
  onset_tokens: row.onset?.tokensSeen ?? null,
  onset_words: row.onset?.wordsSeen ?? null,
  early: row.early,
  onset_in_warmup: row.onsetInWarmup,
  held: row.held,
  depth: row.depth,
  deepest_step: row.deepest?.step ?? null,
  time_wrong: row.timeWrong,
  flips_per_pair: row.flipsPerPair,
  recovered_step: row.recovered?.step ?? null,
  recovery_tokens: row.recoveryTokens,
  entrenched_pairs: row.entrenchedPairs,
  shape: row.shape,
  shape_by_rules: row.shapeByRules,
  shape_by_segments: row.shapeBySegments,
  shape_by_user: row.override?.shape ?? null,
});

/** A line a class and checkpoint. */
export const courseCells = (report: EntrenchmentReport): Record<string, Cell>[] =>
  report.classes.flatMap((row) =>
    report.steps.map((step, c) => ({
      class_id: row.classId,
      uid: row.uid,
      step,
      tokens_seen: report.tokensSeen[c],
      words_seen: report.wordsSeen[c],
      accuracy: row.accuracy[c],
      measure: row.value[c],
      measure_low: row.low[c],
      measure_high: row.high[c],
      side: row.sides[c] === undefined ? null : sideNames[row.sides[c]],
    })),
  );

export const evidenceCells = (row: EvidenceRow): Record<string, Cell> => ({
  class_id: row.classId,
  uid: row.uid,
  field: row.field,
  phenomenon: row.phenomenon,
  pairs: row.pairs,
  human: row.human,
  human_judgements: row.humanJudgements,
  published_5gram: row.published.fiveGram,
  published_lstm: row.published.lstm,
  published_transformer_xl: row.published.transformerXl,
  published_gpt2: row.published.gpt2,
  bigram_accuracy: row.ngram?.accuracy,
  bigram_low: row.ngram?.low,
  bigram_high: row.ngram?.high,
  length_accuracy: row.length?.accuracy,
  good_shorter: row.length?.shorter,
  good_longer: row.length?.longer,
  same_token_count: row.length?.equal,
  same_word_count: row.sameWordCount,
  same_words: row.sameWords,
  templates: row.templates,
  lexical_diversity: row.lexicalDiversity,
  votes: row.votes.length,
  agreement: row.agreement,
  meaningful: row.meaningful,
});
