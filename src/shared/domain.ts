// The words of the project as types. Units live in names: nats, bits, ms, tokens, words, steps.
import { z } from 'zod';
import { AppError } from './errors.ts';
import { PartMethod, type ScoringMethod } from './scoring-method.ts';
import type { Shape } from './trajectories.ts';
import type { PublishedAccuracies } from './workbench.ts';

// ---- configuration of a run -------------------------------------------------------------------

/** OPT's shape, named as in `transformers`' OPTConfig but for units. */
export const ModelConfig = z.object({
  vocabSize: z.int().min(260).max(300_000),
  layers: z.int().min(1).max(96),
  hiddenSize: z.int().min(8).max(16_384),
  heads: z.int().min(1).max(128),
  ffnSize: z.int().min(8).max(65_536),
  /** Positions the model has: the longest sequence it can read, in tokens. */
  maxPositions: z.int().min(8).max(8_192),
  /** Probability of dropping, after out_proj and fc2 (and after fc2's ReLU never, as OPT). */
  dropout: z.number().min(0).max(0.9),
  /** `do_layer_norm_before`: pre-LN (true, all OPT but 350m) or post-LN. */
  preLayerNorm: z.boolean(),
  /** `word_embed_proj_dim`; differs from hiddenSize in opt-350m only. */
  wordEmbedSize: z.int().min(8).max(16_384),
});
export type ModelConfig = z.infer<typeof ModelConfig>;

/** `log`: step 0 and each round(1.5^k); `every:N`; `words`: BabyLM's grid chck_1M … chck_1000M. */
export const CheckpointGrid = z.union([
  z.literal('log'),
  z.literal('words'),
  z.string().regex(/^every:[1-9]\d*$/, 'use log, words or every:N'),
]);
export type CheckpointGrid = z.infer<typeof CheckpointGrid>;

export const TrainingConfig = z.object({
  totalSteps: z.int().min(1).max(10_000_000),
  /** Windows of `windowTokens` tokens in one step. */
  batchWindows: z.int().min(1).max(4_096),
  windowTokens: z.int().min(8).max(8_192),
  learningRate: z.number().positive().max(1),
  warmupSteps: z.int().min(0),
  schedule: z.enum(['constant', 'linear']),
  weightDecay: z.number().min(0).max(1),
  /** What decay applies to: everything, or matrices only (no biases, no LayerNorm). */
  weightDecayOn: z.enum(['everything', 'matrices']),
  beta1: z.number().min(0).lt(1),
  beta2: z.number().min(0).lt(1),
  epsilon: z.number().positive(),
  /** Global gradient norm above which gradients are scaled down; 0 is off. */
  clipNorm: z.number().min(0),
  /** Number format of matrix products; everything else is float32. */
  precision: z.enum(['fp32', 'bf16']),
  seed: z.int().min(0).max(0xffffffff),
  checkpoints: CheckpointGrid,
  /** `</s>` after each line, or lines joined by newlines and no `</s>` (BabyLM's baseline). */
  lineEnd: z.enum(['eos', 'newline']),
  keepOptimizer: z.enum(['last-two', 'all']),
});
export type TrainingConfig = z.infer<typeof TrainingConfig>;

export const Profile = z.object({
  name: z.string().min(1).max(60),
  /** What stands before the sentence: nothing, `</s>`, or what the tokenizer adds by itself. */
  prefix: z.enum(['none', 'eos', 'tokenizer']),
  leadingSpace: z.boolean(),
  /** `as-is`, or `like-corpus`: lower-cased, punctuation spaced, as a tokenised corpus has it. */
  text: z.enum(['as-is', 'like-corpus']),
  aggregation: z.enum(['sum', 'mean']),
  /** A Δ of 0: a third outcome shown apart, or counted as right (as lm-eval does). */
  ties: z.enum(['apart', 'good']),
  /** Which parts of the sentences are scored; left out: all of them. */
  method: PartMethod.optional(),
});
export type Profile = z.infer<typeof Profile>;

/** Presets of scoring by name (DESIGN: Scoring). */
export const profiles: Record<string, Profile> = {
  gardenpath: { name: 'gardenpath', prefix: 'eos', leadingSpace: false, text: 'as-is', aggregation: 'sum', ties: 'apart' }, // prettier-ignore
  'gardenpath-like-corpus': { name: 'gardenpath-like-corpus', prefix: 'eos', leadingSpace: false, text: 'like-corpus', aggregation: 'sum', ties: 'apart' }, // prettier-ignore
  'lm-eval': { name: 'lm-eval', prefix: 'eos', leadingSpace: true, text: 'as-is', aggregation: 'sum', ties: 'good' }, // prettier-ignore
  'babylm-2025': { name: 'babylm-2025', prefix: 'tokenizer', leadingSpace: false, text: 'as-is', aggregation: 'sum', ties: 'apart' }, // prettier-ignore
  minicons: { name: 'minicons', prefix: 'tokenizer', leadingSpace: false, text: 'as-is', aggregation: 'mean', ties: 'apart' }, // prettier-ignore
};

export const RunConfig = z.object({
  preset: z.string(),
  corpusId: z.int(),
  /** null: train one of `model.vocabSize` on the corpus. */
  tokenizerId: z.int().nullable(),
  model: ModelConfig,
  /** null: trained elsewhere (`imported`). */
  training: TrainingConfig.nullable(),
  /** Of an imported run: its checkpoints, by folder or revision name, and the SHA-256 of their weights. */
  imported: z
    .array(z.object({ name: z.string(), step: z.int(), weightsSha256: z.string() }))
    .optional(),
  /** Of another program's figures: which sentence of a pair was chosen, and nothing more. */
  choicesOnly: z.literal(true).optional(),
  scoring: z.object({
    suiteIds: z.array(z.int()),
    profile: Profile,
    /** null: all pairs; else a seeded sample of so many a class. */
    pairsPerClass: z.int().min(1).nullable(),
  }),
});
export type RunConfig = z.infer<typeof RunConfig>;

/**
 * How a run is trained.
 * @throws AppError bad-params: it was not trained here
 */
export function trainingOf({ training }: RunConfig): TrainingConfig {
  if (training) return training;
  throw new AppError('bad-params', 'This run was imported: its models were trained elsewhere, on a text that this project does not have. Start a run of your own for this.'); // prettier-ignore
}

export interface Preset {
  name: string;
  title: string;
  /** What it stands for and what is not known about it (`reconstruction`). */
  note: string;
  model: ModelConfig;
  training: TrainingConfig;
}

// ---- things in a project ----------------------------------------------------------------------

export interface EngineInfo {
  tensorflowVersion: string;
  device: 'CPU' | 'GPU';
  deviceName: string;
  origin: 'set-up' | 'package installer';
  threads: number;
}

export interface ProjectInfo {
  name: string;
  readOnly: boolean;
  /** Why it is read-only, and what to do. */
  readOnlyReason: string | null;
  schemaVersion: number;
  canUndo: string | null;
  canRedo: string | null;
}

export interface CorpusInfo {
  id: number;
  name: string;
  files: number;
  lines: number;
  words: number;
  bytes: number;
  contentHash: string;
}

export interface TokenizerInfo {
  id: number;
  name: string;
  vocabSize: number;
  hash: string;
}

export interface SuiteInfo {
  id: number;
  name: string;
  classes: number;
  pairs: number;
  source: string;
  licence: string;
  contentHash: string;
}

export interface SuiteClass {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
  pairs: number;
  /** Published human agreement (share 0–1), where known. */
  human: number | null;
}

export type RunState =
  | 'queued'
  | 'preparing' // training a tokenizer, encoding the corpus
  | 'training'
  | 'scoring'
  | 'paused'
  | 'interrupted' // the process that ran it died; Resume goes on
  | 'finished'
  | 'cancelled'
  | 'failed';

export interface RunRow {
  id: number;
  name: string;
  note: string;
  preset: string;
  corpusName: string;
  state: RunState;
  /** The stage in words, with a count where one is known: "encoding the corpus, 1.2 of 2.0 M words". */
  stage: string;
  error: string | null;
  parameters: number;
  step: number;
  totalSteps: number;
  tokensSeen: number;
  wordsSeen: number;
  lossNats: number | null;
  tokensPerSecond: number | null;
  /** Of training and scoring together, from speeds measured in this run; null until known. */
  remainingMs: number | null;
  elapsedMs: number;
  checkpoints: number;
  /** What is known of a pair: its sentences' log-probabilities, or only which of them was chosen. */
  kept: 'scores' | 'choices';
  /** null: not known, as the run was trained elsewhere. */
  seed: number | null;
  /** Place among queued runs, 1 the next to go; null where it is not queued. */
  queuePosition: number | null;
  createdAtMs: number;
}

export interface RunDetail extends RunRow {
  config: RunConfig;
  configHash: string;
  engine: EngineInfo;
  corpusHash: string;
  tokenizerHash: string | null;
  suites: SuiteInfo[];
  /** Suite and profile combinations with scores, newest first. */
  scored: { suiteId: number; suiteName: string; profile: string; method: ScoringMethod; checkpoints: number; classes: number }[]; // prettier-ignore
}

export interface MetricPoint {
  step: number;
  tokensSeen: number;
  wordsSeen: number;
  lossNats: number;
  learningRate: number;
  gradientNorm: number;
  tokensPerSecond: number;
  elapsedMs: number;
}

export interface CheckpointRow {
  step: number;
  tokensSeen: number;
  wordsSeen: number;
  /** Cross entropy on the held-out text; perplexity is its exponential. */
  heldOutNatsPerToken: number | null;
  hasWeights: boolean;
  hasOptimizer: boolean;
  savedAtMs: number;
}

export type Verdict = 'meaningful' | 'not-meaningful' | 'unsure';

export interface Judgement {
  verdict: Verdict;
  reason: string;
  /** Reusable reasons: `lexical artefact`, `construct unclear`, … */
  tags: string[];
  annotator: string;
  atMs: number;
}

/** What is known of a class at one checkpoint. */
export interface ClassFigures {
  pairs: number;
  right: number;
  ties: number;
  /** right / pairs, with its Wilson 95 % interval. */
  accuracy: number;
  low: number;
  high: number;
  meanDelta: number;
}

export interface ClassRow extends ClassFigures {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
  /** Human agreement as published with BLiMP (share 0–1), where known. */
  human: number | null;
  /** The latest of any annotator. */
  judgement: Judgement | null;
  flagged: boolean;
  published: PublishedAccuracies;
  /** The lowest accuracy of any scored checkpoint, step 0 aside (unless there is no other). */
  worstAccuracy: number;
  /** Share of scored checkpoints, step 0 aside, whose Wilson interval lies wholly below ½. */
  timeWrong: number;
  /** Accuracy at the last scored checkpoint. */
  finalAccuracy: number;
  /** Of all votes, each once. */
  tags: string[];
  /** Each annotator's latest judgement, by annotator. */
  votes: Judgement[];
  /** What was settled over the votes, kept apart from them. */
  adjudicated: Judgement | null;
  /** Share of pairs whose sentences are of the same words in another order. */
  lexicallyIdentical: number;
  /** By the default rules, or the user's own shape; null: entrenchment.get was not asked yet. */
  shape: Shape | null;
  entrenched: boolean | null;
}

/** All classes of a run over its checkpoints: what sparklines, the atlas and loss strips draw. */
export interface Trajectories {
  steps: number[];
  tokensSeen: number[];
  wordsSeen: number[];
  /** One row a class, one number a checkpoint (null where not scored). */
  classes: ({ classId: number } & Record<keyof ClassFigures, (number | null)[]>)[];
}

export interface ClassTrajectoryPoint {
  step: number;
  tokensSeen: number;
  wordsSeen: number;
  pairs: number;
  right: number;
  ties: number;
  accuracy: number;
  low: number;
  high: number;
  meanDelta: number;
  /** Seeded bootstrap 95 % interval of mean Δ over pairs. */
  meanDeltaLow: number;
  meanDeltaHigh: number;
}

/** One pair at one checkpoint, as a row of a list. */
export interface PairRow {
  pairRowId: number;
  pairId: string;
  good: string;
  bad: string;
  goodLogProbNats: number;
  badLogProbNats: number;
  delta: number;
  /** How often the pair went from right to wrong or back over the scored checkpoints, step 0 aside; ties are passed over. */
  flips: number;
  /** The first scored checkpoint, step 0 aside, at which the pair is wrong; null: none. */
  firstWrongStep: number | null;
  /** Whether the sentences are of the same words in another order. */
  lexicallyIdentical: boolean;
}

/** One pair token by token at one checkpoint: the scored tokens and their log-probs, one for each. */
export interface PairTokensRow {
  pairRowId: number;
  goodTokens: string[];
  badTokens: string[];
  /** Natural log. */
  goodTokenLogProbsNats: number[];
  badTokenLogProbsNats: number[];
}

/** One pair token by token over all checkpoints that have its scores. */
export interface PairDetail {
  pairRowId: number;
  pairId: string;
  classId: number;
  uid: string;
  good: string;
  bad: string;
  /** Token strings as a person reads them (a leading space shows as `␣`); first those unscored. */
  goodTokens: string[];
  badTokens: string[];
  /** How many leading tokens have no score (context only). */
  unscoredTokens: number;
  /** Which tokens the score is of, where it is of a part: their indexes in goodTokens and badTokens. */
  part: { good: number[]; bad: number[] } | null;
  checkpoints: {
    step: number;
    tokensSeen: number;
    wordsSeen: number;
    goodLogProbNats: number;
    badLogProbNats: number;
    delta: number;
    /** Natural log, one for each scored token. */
    goodTokenLogProbsNats: number[];
    badTokenLogProbsNats: number[];
  }[];
}

export interface AnnotationEvent {
  id: number;
  atMs: number;
  annotator: string;
  /** In words: "judged adjunct_island not meaningful: lexical artefact". */
  text: string;
  undone: boolean;
}
