// The scoring room: what others may use of it.
export { aggregate, encodeSentence, type EncodedSentence } from './encode.ts';
export { charactersBefore, scoreOfTokens, tokensInParts } from './parts.ts';
export { planScoring, type PlanOptions, type RowBlock, type ScoringPlan } from './plan.ts';
export { scorePlan, Scorer, type ScoredBatch, type ScoreOptions } from './score.ts';
export { countInName, listSeries, type ImportedCheckpoint } from './series.ts';
export { isSpecialToken } from './read-minicons.ts';
export { readFigures, recogniseFigures } from './read-figures.ts';
export type { Figures, PairFigures } from './figures.ts';
