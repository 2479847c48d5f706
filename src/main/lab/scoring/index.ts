// The scoring room: what others may use of it.
export { aggregate, encodeSentence, likeCorpus, type EncodedSentence } from './encode.ts';
export { planScoring, type PlanOptions, type RowBlock, type ScoringPlan } from './plan.ts';
export { scorePlan, type ScoreOptions } from './score.ts';
export { countInName, listSeries, type ImportedCheckpoint } from './series.ts';
