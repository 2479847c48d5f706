// A trainer on an encoded corpus, in the trainer thread.
import type { MetricPoint, TrainingConfig } from '../../../../shared/domain.ts';
import {
  openTokenizer,
  tokenizerConfigJson,
  wordCounter,
  type EncodedCorpus,
} from '../../tokenizer/index.ts';
import {
  checkpointSteps,
  isCheckpoint,
  Trainer,
  WindowData,
  type TokenizerFiles,
} from '../../training/index.ts';
import type { CommandArgs, CommandResult, Position } from './messages.ts';
import { noticeEveryMs } from './prepare.ts';
import type { Told } from './trainer.ts';

export class TrainingSession {
  readonly trainer: Trainer;
  /** Steps of the run's checkpoints; on the grid by words an estimate. */
  readonly gridSteps: number[];
  private readonly data: WindowData;
  private readonly tokenizer: TokenizerFiles;
  private readonly originMs: number;

  private constructor(
    trainer: Trainer,
    data: WindowData,
    tokenizer: TokenizerFiles,
    gridSteps: number[],
    originMs: number,
  ) {
    this.trainer = trainer;
    this.data = data;
    this.tokenizer = tokenizer;
    this.gridSteps = gridSteps;
    this.originMs = originMs;
  }

  /** A new model, or the one saved in a folder. */
  static open(args: CommandArgs<'open'>): TrainingSession {
    const { model, training, encoded, folder, originMs } = args;
    const tokenizer = openTokenizer({ json: args.tokenizerJson });
    const counter = wordCounter(tokenizer);
    const data = new WindowData(encoded, training.windowTokens, training.seed, (ids, from) =>
      counter.count(ids, from),
    );
    const trainer = folder === null ? Trainer.create(model, training, data) : Trainer.resume(folder, data, training); // prettier-ignore
    const files = { json: tokenizer.json, configJson: tokenizerConfigJson(tokenizer, model.maxPositions) }; // prettier-ignore
    return new TrainingSession(trainer, data, files, gridOf(training, encoded), originMs);
  }

  position(): Position {
    const { step, tokensSeen, wordsSeen } = this.trainer;
    return { step, tokensSeen, wordsSeen };
  }

  /** Trains until a checkpoint is due, or until it is told to stop; a step once begun is finished. */
  train(told: Told): CommandResult<'train'> {
    const { trainer, originMs } = this;
    const { checkpoints, totalSteps, batchWindows, windowTokens } = trainer.config;
    let points: MetricPoint[] = [];
    let toldAtMs = performance.now();
    let due = false;
    const tellPoints = (): void => {
      if (points.length) told.tell({ kind: 'metrics', points });
      points = [];
      toldAtMs = performance.now();
    };
    try {
      while (!due && !told.stopped()) {
        const wordsBefore = trainer.wordsSeen;
        const startedMs = performance.now();
        const report = trainer.trainStep();
        const endedMs = performance.now();
        points.push({
          ...report,
          tokensPerSecond: (1_000 * batchWindows * windowTokens) / (endedMs - startedMs),
          elapsedMs: Date.now() - originMs,
        });
        const { step, wordsSeen } = report;
        due = isCheckpoint(checkpoints, totalSteps, { step, wordsBefore, wordsSeen });
        if (endedMs - toldAtMs >= noticeEveryMs) tellPoints();
      }
    } finally {
      tellPoints(); // those before a divergence too
    }
    return { ...this.position(), due };
  }

  save(folder: string): void {
    this.trainer.save(folder, this.tokenizer);
  }

  dispose(): void {
    this.trainer.dispose();
    this.data.close();
  }
}

function gridOf(training: TrainingConfig, encoded: EncodedCorpus): number[] {
  const wordsPerToken = encoded.trainWords / encoded.trainTokens;
  const wordsPerStep = training.batchWindows * training.windowTokens * wordsPerToken;
  return checkpointSteps(training.checkpoints, training.totalSteps, wordsPerStep);
}
