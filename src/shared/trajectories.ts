// How a run's classes fare over training: separation, entrenched early errors, shapes, and what speaks for a class.
import { z } from 'zod';
import type { Selected } from './api.ts';
import type { Judgement } from './domain.ts';
import type { Figure } from './ngram.ts';
import type { PublishedAccuracies } from './workbench.ts';

// ---- definitions, each a named parameter with a default ---------------------------------------

/** What a class's side is judged by: its mean Δ against 0, or its accuracy against ½. */
export const Measure = z.enum(['meanDelta', 'accuracy']);
export type Measure = z.infer<typeof Measure>;

export const EarlyUnit = z.enum(['share', 'steps', 'tokens', 'words']);
export type EarlyUnit = z.infer<typeof EarlyUnit>;

/** An entrenched early error. Of this project's own; the study whose claim is tested states none. */
export const EntrenchmentRule = z.strictObject({
  measure: Measure.default('meanDelta'),
  /** Of the percentile bootstrap interval that must lie on the wrong side. */
  confidence: z.number().gt(0).lt(1).default(0.95),
  /** How far beyond chance the interval must lie: nats of mean Δ, or points of accuracy. */
  margin: z.number().min(0).default(0),
  /** The early window ends here and has this in it: a share of the last checkpoint's tokens, or a count. */
  early: z
    .strictObject({
      unit: EarlyUnit.default('share'),
      value: z.number().positive().default(0.1),
    })
    .prefault({}),
  /** Share of the checkpoints after the onset at which the error must still be held. */
  hold: z.number().min(0).max(1).default(0.9),
  /** At so many checkpoints at the end it must be held at each; all after the onset where fewer. */
  lastK: z.int().min(0).max(10_000).default(3),
  /** Whether step 0, a model that has learnt nothing, may be the onset. */
  countUntrained: z.boolean().default(false),
  /** What ends an error: the right side reached, or just the wrong side left; held as above. */
  recoveredWhen: z.enum(['right', 'not wrong']).default('right'),
  /** A single pair is wrong at a checkpoint where its Δ is below minus this, nats. */
  pairMargin: z.number().min(0).default(0),
});
export type EntrenchmentRule = z.infer<typeof EntrenchmentRule>;
export const defaultEntrenchmentRule: EntrenchmentRule = EntrenchmentRule.parse({});

/** In the order in which their rules are tried; the first that holds names a trajectory. */
export const shapes = [
  'entrenched wrong',
  'flat at chance',
  'U',
  'decline',
  'always right',
  'rise',
  'late rise',
  'unstable',
] as const;
export const Shape = z.enum(shapes);
export type Shape = z.infer<typeof Shape>;

export const ShapeRule = z.strictObject({
  /** Least change of accuracy that counts as a fall or a rise; the Wilson intervals must be apart too. */
  swing: z.number().gt(0).max(1).default(0.1),
  /** Share of checkpoints that must be alike for a class to be called flat or always right. */
  hold: z.number().min(0).max(1).default(0.9),
  /** So many checkpoints at the end decide on which side a class ends: each must be on it. */
  lastK: z.int().min(1).max(10_000).default(3),
  /**
   * A rise is late where the right side is held only from beyond this share of the run's tokens. On a grid of
   * 1.5^k steps a quarter leaves four checkpoints for it, one more than `lastK`.
   */
  lateAfter: z.number().min(0).max(1).default(0.25),
  /** Whose course the rules read: the accuracies as they are, or the segmented fit that BIC prefers. */
  course: z.enum(['data', 'segments']).default('data'),
});
export type ShapeRule = z.infer<typeof ShapeRule>;
export const defaultShapeRule: ShapeRule = ShapeRule.parse({});

/** −1: the bad sentences are preferred; 1: the good ones; 0: neither can be said. */
export type Side = -1 | 0 | 1;

// ---- separation -------------------------------------------------------------------------------

/** A class at one checkpoint over some of its pairs. Intervals are 95 %; null: not defined. */
export interface SeparationFigures {
  pairs: number;
  right: number;
  ties: number;
  /** right / pairs, with Wilson's interval. */
  accuracy: Figure;
  /** Exact two-sided sign test, ties dropped; corrected over the classes by Holm's method. */
  p: number | null;
  pHolm: number | null;
  /** Nats a pair (a token, where per token); seeded bootstrap over pairs, here and below. */
  meanDelta: Figure;
  medianDelta: Figure;
  trimmedMeanDelta: Figure;
  /** Paired d_z. */
  dz: Figure;
  /** Of the two unpaired distributions. */
  auc: Figure;
  dPrime: Figure;
  /** By the interval of mean Δ. */
  side: Side;
}

export interface SeparationRow {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
  /** Of all pairs scored at every checkpoint. */
  all: SeparationFigures;
  /** Only pairs whose sentences have as many scored tokens as each other; null: there are none. */
  lengthMatched: SeparationFigures | null;
  /** Each sentence's score over its scored tokens. */
  perToken: SeparationFigures;
  /** Intervals that draw whole templates (frames that pairs share); null where no two pairs share one, or all do. */
  byTemplate: { templates: number; accuracy: Figure; meanDelta: Figure } | null;
  /** The side under other profiles that this run's suite is scored under, at the same step. */
  otherProfiles: { profile: string; side: Side }[];
  /** Sides by method, the first that of `all`: 'mean Δ', 'accuracy', 'sign test, Holm', 'median Δ', 'length-matched', 'per token', 'by template', 'profile …'. */
  verdicts: { method: string; side: Side }[];
  /** Names of the methods that contradict the first: then a badge is due. */
  disagreeing: string[];
}

export interface SeparationReport {
  selected: Selected;
  resamples: number;
  seed: number;
  /** Share of pairs cut from each end for the trimmed mean. */
  trim: number;
  classes: SeparationRow[];
}

// ---- entrenchment -----------------------------------------------------------------------------

/** A place in training. */
export interface Moment {
  step: number;
  tokensSeen: number;
  wordsSeen: number;
}

export interface ShapeOverride {
  shape: Shape;
  annotator: string;
  atMs: number;
}

export interface EntrenchmentRow {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
  /** Those scored at every checkpoint. */
  pairs: number;
  entrenched: boolean;
  /** Share of bootstrap resamples in which the class is entrenched: how sure the verdict is. */
  support: number;
  /** The first checkpoint on the wrong side; null: never. */
  onset: Moment | null;
  /** Steps between which 95 % of the resamples that go wrong have their onset; null: none does. */
  onsetLowStep: number | null;
  onsetHighStep: number | null;
  /** The onset lies in the early window. */
  early: boolean;
  /** The onset lies before the learning rate's peak: "early" may only mean "when it learnt fastest". */
  onsetInWarmup: boolean;
  /** Share of the checkpoints after the onset at which the error is held; null: none after it. */
  held: number | null;
  /** The lowest value of the measure and where. */
  depth: number | null;
  deepest: Moment | null;
  /** Share of the run's tokens spent on the wrong side. */
  timeWrong: number;
  /** Changes between right and wrong, mean over pairs; ties are passed over. */
  flipsPerPair: number;
  /** From where on the error is undone; null: never, or no error. */
  recovered: Moment | null;
  /** Tokens from the onset to the recovery. */
  recoveryTokens: number | null;
  /** Single pairs that are entrenched, by the same rule on the sign of their Δ. */
  entrenchedPairs: number;
  /** The shape that holds: the user's, else that of the rules. */
  shape: Shape;
  shapeByRules: Shape;
  /** The same rules on the segmented fit. */
  shapeBySegments: Shape;
  /** The user's, kept beside both. */
  override: ShapeOverride | null;
  /** Accuracy's best few-break fit over log(1 + step) by BIC: straight pieces, each from checkpoint to checkpoint. */
  segments: { fromStep: number; toStep: number; fromAccuracy: number; toAccuracy: number }[];
  /** One a checkpoint; null where nothing is scored. */
  sides: Side[];
  value: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  accuracy: (number | null)[];
}

export interface EntrenchmentReport {
  /** Its step is the last checkpoint's. */
  selected: Selected;
  rule: EntrenchmentRule;
  shapeRule: ShapeRule;
  resamples: number;
  seed: number;
  /** The rules in words. */
  definition: string;
  shapeDefinitions: Record<Shape, string>;
  /** Where the learning rate has its peak; null: no warm-up. */
  warmup: Moment | null;
  steps: number[];
  tokensSeen: number[];
  wordsSeen: number[];
  /** Which checkpoints lie in the early window. */
  earlyWindow: boolean[];
  classes: EntrenchmentRow[];
}

// ---- do the classes mean anything? ------------------------------------------------------------

export interface EvidenceRow {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
  pairs: number;
  /** Published human agreement (share 0–1) and how many judgements it is of. */
  human: number | null;
  humanJudgements: number | null;
  published: PublishedAccuracies;
  /** Bigrams of the run's tokens alone; null: not counted. */
  ngram: { order: number; accuracy: number; low: number; high: number } | null;
  /** Length alone, in scored tokens: shares of pairs whose good sentence is shorter, longer, as long. */
  length: { shorter: number; longer: number; equal: number; accuracy: number } | null;
  /** Share of pairs with the same words in both sentences. */
  sameWords: number;
  /** Share of pairs with as many words in both sentences. */
  sameWordCount: number;
  /** Frames that pairs share (see `templateNote`), and distinct words among all that fill their open places (share 0–1). */
  templates: number;
  lexicalDiversity: number | null;
  votes: Judgement[];
  adjudicated: Judgement | null;
  /** Share of agreeing pairs of votes; null: fewer than two. */
  agreement: number | null;
  /** As judged: the adjudicated verdict, else the latest; null: not judged, or unsure. */
  meaningful: boolean | null;
}

export interface EvidenceReport {
  selected: Selected;
  /** Where published figures come from; null: the suite is not BLiMP's. */
  publishedSource: string | null;
  templateNote: string;
  classes: EvidenceRow[];
}

/** So many of so many, with Wilson's 95 % interval. */
export interface Share {
  count: number;
  of: number;
  share: number | null;
  low: number | null;
  high: number | null;
}

export interface HeadlineSide {
  classes: number;
  pairs: number;
  /** Mean over classes; the interval draws classes. */
  accuracy: Figure;
  /** Classes on the wrong side at the step: the interval of mean Δ below 0. */
  wrong: Share;
  /** The same by the exact sign test with Holm's correction over these classes. */
  significantlyWrong: Share;
  entrenched: Share;
  /** Of the classes ever on the wrong side, those that recovered. */
  recovered: Share;
  shapes: { shape: Shape; classes: number }[];
  sentence: string;
}

export interface Headline {
  selected: Selected;
  rule: EntrenchmentRule;
  all: HeadlineSide;
  /** Without classes judged not meaningful; null where none is. */
  meaningful: HeadlineSide | null;
}

/** What a report wrote. */
export interface ReportFiles {
  /** Names within the folder; the page is index.html. */
  files: string[];
  bytes: number;
}
