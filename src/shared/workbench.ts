// What the workbench adds to the words of a project: comparing, searching, agreeing, asking the model.
import type { RunRow } from './domain.ts';

/** Published accuracies on a class (share 0–1), from resources/published.json; null where unknown. */
export interface PublishedAccuracies {
  fiveGram: number | null;
  lstm: number | null;
  transformerXl: number | null;
  gpt2: number | null;
}

/** A pair whose sentences match a search. */
export interface SentenceHit {
  pairRowId: number;
  classId: number;
  uid: string;
  suiteId: number;
  pairId: string;
  good: string;
  bad: string;
}

export interface Annotator {
  name: string;
  /** Classes whose judgement by this annotator holds. */
  judgements: number;
}

/** null where it is not defined: no class with two votes, or nothing to be right about by chance. */
export interface Estimate {
  value: number | null;
  /** Seeded bootstrap 95 % interval over classes. */
  low: number | null;
  high: number | null;
}

export interface AgreementReport {
  /** Classes with the votes of two or more annotators: all that agreement is about. */
  classes: number;
  annotators: string[];
  /** Share (0–1) of agreeing pairs of votes within classes, averaged over classes. */
  percent: Estimate;
  /** Krippendorff's α, nominal. */
  alpha: Estimate;
  /** Gwet's AC1. */
  ac1: Estimate;
}

export interface SavedView {
  id: number;
  name: string;
  /** `gardenpath://…`, the address of a route. */
  address: string;
  createdAtMs: number;
}

/** One side of a comparison: a class's pairs that both sides scored. */
export interface ComparedSide {
  right: number;
  accuracy: number;
  /** Wilson's 95 % interval of the accuracy. */
  low: number;
  high: number;
  /** Nats a pair. */
  meanDelta: number;
}

export interface ClassComparison {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
  /** Pairs that both sides scored. */
  pairs: number;
  a: ComparedSide;
  b: ComparedSide;
  /** Mean of Δb − Δa over pairs, nats a pair, with its seeded paired bootstrap 95 % interval. */
  difference: number;
  low: number;
  high: number;
  /** Pairs right in b only and in a only; ties are neither right nor wrong, and are left out. */
  rightInBOnly: number;
  rightInAOnly: number;
  /** Exact McNemar test: the two-sided sign test on the pairs right in one only. */
  p: number;
  /** The same after Holm's correction over all classes compared. */
  pHolm: number;
  /** Wilson intervals lie on other sides of chance, or one does not exclude it and the other does. */
  verdictChanged: boolean;
}

/** A token the model could have read at a place, as likely as it thinks. */
export interface TokenChance {
  token: string;
  logProbNats: number;
  /** 1 is the likeliest of the vocabulary. */
  rank: number;
}

export interface Alternatives {
  /** Likeliest first. */
  alternatives: TokenChance[];
  /** The token that stands there. */
  actual: TokenChance;
}

/** Two sentences typed by a person, scored at one checkpoint; as a PairDetail has them. */
export interface ScratchPair {
  good: string;
  bad: string;
  goodTokens: string[];
  badTokens: string[];
  /** How many leading tokens have no score (context only). */
  unscoredTokens: number;
  step: number;
  goodLogProbNats: number;
  badLogProbNats: number;
  delta: number;
  /** Natural log, one for each scored token. */
  goodTokenLogProbsNats: number[];
  badTokenLogProbsNats: number[];
}

/** What an export wrote into its zip. */
export interface ExportReport {
  files: number;
  bytes: number;
}

/** What became of the judgements of a file. */
export interface JudgementsRead {
  added: number;
  /** There already. */
  unchanged: number;
  /** Left out, since their annotator changed them later here. */
  olderThanHere: number;
}

export interface ScoresImported {
  run: RunRow;
  /** Of the suite, that have scores of both sentences. */
  pairs: number;
  suitePairs: number;
  /** Sentences with scores that the suite does not have. */
  unusedSentences: number;
}
