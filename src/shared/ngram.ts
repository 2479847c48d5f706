// N-gram models beside the model under study, and the Bigram Hypothesis, as the window and command line see them.
import { z } from 'zod';
import type { Selected } from './api.ts';
import type { EntrenchmentRule } from './trajectories.ts';

/** What an n-gram is of: the run's own tokens, or words (lower case, punctuation apart). */
export const NgramUnit = z.enum(['tokens', 'words']);
export type NgramUnit = z.infer<typeof NgramUnit>;
export const highestNgramOrder = 5;
export const NgramOrder = z.int().min(1).max(highestNgramOrder);

/** How far a class's n-grams pull towards the bad sentence (analysis/ngram-agreement.ts says how). */
export const BiasKind = z.enum(['share', 'mean', 'dz']);
export type BiasKind = z.infer<typeof BiasKind>;

/** One n-gram model: of a corpus under a tokenizer, or of its words. Runs of the same two share it. */
export interface NgramRow {
  /** Names it in `ngrams.cancel`. */
  key: string;
  unit: NgramUnit;
  corpusName: string;
  /** Runs whose training text it was counted on. */
  runIds: number[];
  /** Orders 1 … order can be asked for. */
  order: number;
  state: 'queued' | 'counting' | 'scoring' | 'ready' | 'failed' | 'cancelled';
  /** In words: "counting, 40 %". */
  stage: string;
  /** Until the stage ends, from its own pace; null until that is known. */
  remainingMs: number | null;
  error: string | null;
  /** Tokens or words counted, line ends with them; null until it is counted. */
  tokens: number | null;
  /** Distinct n-grams of orders 1, 2, …; empty until it is counted. */
  distinct: number[];
  fileBytes: number | null;
  elapsedMs: number | null;
  /** Suites whose pairs it has scored; under words one entry a suite, whatever the profile. */
  scored: { suiteId: number; suiteName: string; profile: string | null }[];
}

/** A class as the n-gram sees it, beside the model at one checkpoint. */
export interface NgramClassRow {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
  /** Pairs that both the n-gram and the model scored. */
  pairs: number;
  /** Pairs whose good sentence the n-gram finds likelier; ties apart. */
  ngramRight: number;
  ngramTies: number;
  /** ngramRight / pairs, with Wilson's 95 % interval. */
  ngramAccuracy: number;
  ngramLow: number;
  ngramHigh: number;
  /** Mean of log P(good) − log P(bad) of the n-gram, nats. */
  ngramMeanDelta: number;
  /** Pairs by what the n-gram favours: Δ beyond `neutralNats` on either side, or within. */
  favoursGood: number;
  favoursBad: number;
  favoursNeither: number;
  /** The model's, over the same pairs. */
  modelAccuracy: number;
  modelLow: number;
  modelHigh: number;
  modelMeanDelta: number;
  /** Pairs on which n-gram and model prefer the same sentence, of those on which neither is tied. */
  agreeing: number;
  untied: number;
}

export interface NgramClasses {
  selected: Selected;
  unit: NgramUnit;
  order: number;
  neutralNats: number;
  classes: NgramClassRow[];
}

/** One sentence token by token (or word by word) under the n-gram. */
export interface NgramSentence {
  tokens: string[];
  /** Surprisal of each token, bits; null for leading tokens that are context only. */
  bits: (number | null)[];
  /** Length of the longest seen n-gram that carries each token's probability; 0: the token was never seen. */
  matched: number[];
  /** To ask the concordance with; ids of the model's tokens, or of words. */
  ids: number[];
  /** Of the scored tokens. */
  logProbNats: number;
}

export interface NgramPair {
  pairRowId: number;
  unit: NgramUnit;
  order: number;
  good: NgramSentence;
  bad: NgramSentence;
  /** log P(good) − log P(bad), nats. */
  delta: number;
}

/** Lines of the training text that hold an n-gram, each once, at its first occurrence. */
export interface NgramConcordance {
  unit: NgramUnit;
  /** What was looked for, as tokens or words a person reads; `</s>` is a line's begin or end. */
  ngram: string[];
  /** Occurrences, and lines with one or more, in the whole training text. */
  occurrences: number;
  linesWithIt: number;
  lines: {
    /** Counted from 1 in the training text. */
    line: number;
    tokens: string[];
    /** Where the n-gram begins in `tokens`; −1: at the line's begin. */
    at: number;
  }[];
}

/** Share of pairs on which n-gram and model prefer the same sentence. */
export interface AgreementPoint {
  pairs: number;
  /** null where no pair is untied. */
  share: number | null;
  low: number | null;
  high: number | null;
  /** Cohen's κ: agreement beyond what two models as often right have by chance. */
  kappa: number | null;
}

export interface NgramAgreement {
  unit: NgramUnit;
  steps: number[];
  tokensSeen: number[];
  wordsSeen: number[];
  /** One row an order, one point a checkpoint. */
  orders: { order: number; points: AgreementPoint[] }[];
}

/** The model's course on some pairs of a class; null where there are none. */
export interface SplitCourse {
  pairs: number;
  accuracy: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  meanDelta: (number | null)[];
}

export interface NgramSplit {
  classId: number;
  uid: string;
  unit: NgramUnit;
  order: number;
  neutralNats: number;
  steps: number[];
  tokensSeen: number[];
  wordsSeen: number[];
  good: SplitCourse;
  bad: SplitCourse;
  neither: SplitCourse;
}

// ---- the Bigram Hypothesis --------------------------------------------------------------------

/** A figure with its 95 % interval; null where it is not defined. */
export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** A predictor's odds ratio for one standard deviation (of classes), and its test. */
export interface OddsRatio extends Figure {
  name: string;
  p: number | null;
}

export interface RegressionSummary {
  terms: OddsRatio[];
  method: 'maximum likelihood' | 'Firth';
  /** What intervals and p-values allow for: nothing, or classes or phenomena that go together (CR1). */
  errors: 'model' | 'CR1';
  rows: number;
  groups: number;
  clusters: number;
}

/** The test over one set of classes. */
export interface HypothesisSide {
  classes: number;
  phenomena: number;
  entrenched: number;
  pairs: number;
  /** One plain sentence, with the number of classes behind it. */
  sentence: string;
  /** What the study could have found: the smallest correlation seen with 80 % power; null: none simulated. */
  detectableEffect: number | null;
  powerSentence: string;
  power: { effect: number; spearman: number; logistic: number }[];
  /** Holm's correction over the tests of this table. */
  tests: { name: string; p: number | null; adjustedP: number | null }[];
  rho: Figure;
  /** Entrenched or not by bias: alone, and with the controls. */
  alone: RegressionSummary;
  controlled: RegressionSummary;
  /** Without each phenomenon: Spearman's ρ and bias's odds ratio. */
  leftOut: { phenomenon: string; classes: number; rho: number | null; oddsRatio: number | null }[];
  /** How well bias tells entrenched classes of phenomena not fitted (area under the curve; ½ is chance). */
  predictedAuc: number | null;
  /** Within classes: odds of an error for an n-gram one standard deviation further to the bad sentence. */
  early: RegressionSummary;
  late: RegressionSummary;
  /** That standard deviation, nats. */
  spreadNats: number | null;
}

export interface HypothesisPoint {
  classId: number;
  uid: string;
  phenomenon: string;
  /** Greater is worse: further towards the bad sentence. */
  bias: number | null;
  /** Share of the run's tokens spent in error, 0–1. */
  timeWrong: number | null;
  entrenched: boolean;
  /** As judged (the adjudicated verdict, else the latest); null: not judged. */
  meaningful: boolean | null;
  controls: Record<string, number | null>;
}

export interface HypothesisReport {
  selected: Selected;
  unit: NgramUnit;
  order: number;
  biasKind: BiasKind;
  neutralNats: number;
  rule: EntrenchmentRule;
  /** What bias and entrenchment mean here, in words. */
  definitions: string[];
  points: HypothesisPoint[];
  all: HypothesisSide;
  /** Without classes judged not meaningful; null where none is. */
  meaningful: HypothesisSide | null;
}
