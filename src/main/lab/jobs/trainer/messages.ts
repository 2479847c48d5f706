// What the lab and the trainer thread say to each other. The lab gives one command at a time; the
// thread answers it with notices while it works and one result at the end.
import type {
  EngineInfo,
  MetricPoint,
  ModelConfig,
  Profile,
  TrainingConfig,
} from '../../../../shared/domain.ts';
import { AppError, type ErrorReply } from '../../../../shared/errors.ts';
import type { CorpusSummary } from '../../corpus/index.ts';
import type { EncodedSentence } from '../../scoring/index.ts';
import type { ClassScores } from '../../store/scores.ts';
import type { EncodedCorpus } from '../../tokenizer/index.ts';

export interface TokenizerText {
  json: string;
  hash: string;
  vocabSize: number;
}

/** Where a run stands. */
export interface Position {
  step: number;
  tokensSeen: number;
  wordsSeen: number;
}

/** Some pairs of a class, as sentences. */
export interface ClassToScore {
  classId: number;
  pairRowIds: number[];
  good: string[];
  bad: string[];
}

/** Token ids of every pair of a plan, flat, so that they can be handed over without a copy. */
export interface PlannedTokens {
  pairRowIds: Int32Array;
  scoredFrom: Int32Array;
  goodCounts: Int32Array;
  badCounts: Int32Array;
  /** Pair by pair: the good sentence's ids, then the bad one's. */
  ids: Uint32Array;
}

export interface Speeds {
  /** One training step of the configuration. */
  stepMs: number;
  /** Held-out loss of one window. */
  heldOutWindowMs: number;
  /** Scoring one pair; 0 where nothing is to be scored. */
  pairMs: number;
}

export interface RankedToken {
  id: number;
  logProbNats: number;
  /** 1 is the likeliest. */
  rank: number;
}

type Command<A, R> = { args: A; result: R };

export interface Commands {
  /** Loads TensorFlow where it is not loaded yet. */
  engine: Command<object, EngineInfo>;
  /** Trains a tokenizer where none is given, and encodes the corpus where its cache has it not. */
  prepare: Command<
    {
      corpus: CorpusSummary;
      tokenizerJson: string | null;
      vocabSize: number;
      lineEnd: TrainingConfig['lineEnd'];
      cacheDir: string;
    },
    { tokenizer: TokenizerText; encoded: EncodedCorpus }
  >;
  /** Makes the run's trainer, new or from a folder saved before; the thread has one at a time. */
  open: Command<
    {
      model: ModelConfig;
      training: TrainingConfig;
      encoded: EncodedCorpus;
      tokenizerJson: string;
      folder: string | null;
      /** The time (ms since 1970) from which metrics count their elapsed time. */
      originMs: number;
    },
    Position & { gridSteps: number[] }
  >;
  /** Trains until a checkpoint is due, or until it is told to stop. */
  train: Command<object, Position & { due: boolean }>;
  /** null where there is less than a window of held-out text. */
  heldOut: Command<object, { natsPerToken: number | null }>;
  /** Saves the open trainer as a checkpoint folder, whole or not at all. */
  save: Command<{ folder: string }, object>;
  /** Encodes pairs and plans their scoring under a key, for every checkpoint to come. */
  plan: Command<
    {
      key: string;
      tokenizerJson: string;
      profile: Profile;
      /** Of the model: a sentence must fit. */
      maxPositions: number;
      classes: ClassToScore[];
    },
    PlannedTokens
  >;
  /** Scores what was planned and is not stored, in notices, with the open trainer's model (null) or that of a folder. */
  score: Command<{ key: string; folder: string | null; stored: ReadonlySet<number> }, object>;
  /** Asks the model of a checkpoint folder what could follow these tokens, and how `actual` would. */
  alternatives: Command<
    { folder: string; ids: number[]; actual: number; count: number },
    { likeliest: RankedToken[]; actual: RankedToken }
  >;
  /** Scores some sentences with the model of a checkpoint folder: log-probs (nats) of their scored tokens. */
  scoreSentences: Command<
    { folder: string; sentences: EncodedSentence[] },
    { logProbsNats: Float32Array[] }
  >;
  /** Forgets trainer and plans. */
  close: Command<object, object>;
  /** Measures this machine on a configuration. */
  measure: Command<
    {
      model: ModelConfig;
      training: TrainingConfig;
      tokenizerJson: string | null;
      profile: Profile;
      classes: ClassToScore[];
    },
    Speeds
  >;
}
export type CommandName = keyof Commands;
export type CommandArgs<C extends CommandName> = Commands[C]['args'];
export type CommandResult<C extends CommandName> = Commands[C]['result'];

export type Notice =
  /** total 0: not known. */
  | { kind: 'stage'; stage: Stage; done: number; total: number }
  | { kind: 'metrics'; points: MetricPoint[] }
  /** Some pairs of a class; a class may come in parts. */
  | { kind: 'scores'; classId: number; scores: ClassScores }
  /** How much of the scoring is done, up to 1. */
  | { kind: 'scored'; share: number };
export type Stage = 'training the tokenizer' | 'encoding the corpus';

/** Lab to thread. */
export interface CommandMessage {
  id: number;
  command: CommandName;
  args: unknown;
}
/** Thread to lab. */
export type AnswerMessage = { id: number } & (
  { notice: Notice } | { result: unknown } | { error: ErrorReply }
);

/** What the thread is started with. */
export interface ThreadData {
  /** One Int32 that both see: 1 asks the running command to stop as soon as nothing is lost by it. */
  stop: SharedArrayBuffer;
}

/** What a command fails with when the thread died under it, or has died since and another took its place. */
export const threadGone = (detail: string): AppError =>
  new AppError('lab-gone', 'The training thread ended unexpectedly. What was saved at the last checkpoint is kept; Resume goes on from there.', detail); // prettier-ignore
