// Training: one step after another, each fixed by the configuration, the seed and its number.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModelConfig, TrainingConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import {
  addN,
  concat,
  dropoutFactors,
  halfSquares,
  read,
  reshape,
  scope,
  tensor,
  type Value,
} from '../engine/ops.ts';
import {
  causalMask,
  OptModel,
  parametersOf,
  readNumbers,
  states,
  writeSafetensors,
  type Dropout,
  type PassInput,
} from '../model/index.ts';
import { AdamW, type Moments } from './adamw.ts';
import { lossAndBackward } from './backward.ts';
import type { Gradients } from './block-gradients.ts';
import * as checkpoint from './checkpoint.ts';
import type { BatchSource } from './data.ts';
import { lossSum } from './loss.ts';
import { learningRateAfter } from './schedule.ts';

export interface StepReport {
  /** Steps finished, this one included. */
  step: number;
  /** Mean cross entropy of the batch before the update. */
  lossNats: number;
  learningRate: number;
  /** L2 norm over all gradients, before clipping. */
  gradientNorm: number;
  tokensSeen: number;
  wordsSeen: number;
}

/** A tokenizer as a checkpoint keeps it, so that `transformers` opens the folder by itself. */
export interface TokenizerFiles {
  /** tokenizer.json */
  json: string;
  /** tokenizer_config.json */
  configJson: string;
}

/** Keeps dropout's random streams apart from those of initialisation under the same seed. */
const DROPOUT_SEED = 0x64726f70;
/** As torch.nn.utils.clip_grad_norm_ has it. */
const CLIP_EPSILON = 1e-6;

/** A model in training. Memory is TensorFlow's: `dispose` gives it back. All calls block. */
export class Trainer {
  readonly model: OptModel;
  readonly config: TrainingConfig;
  step: number;
  wordsSeen: number;
  private readonly data: BatchSource;
  private readonly optimizer: AdamW;

  private constructor(
    model: OptModel,
    config: TrainingConfig,
    data: BatchSource,
    optimizer: AdamW,
    place: { step: number; wordsSeen: number },
  ) {
    this.model = model;
    this.config = config;
    this.data = data;
    this.optimizer = optimizer;
    this.step = place.step;
    this.wordsSeen = place.wordsSeen;
  }

  /**
   * A new model, ready for its first step.
   * @throws AppError bad-config where settings contradict each other
   */
  static create(modelConfig: ModelConfig, config: TrainingConfig, data: BatchSource): Trainer {
    check(modelConfig, config, data);
    return Trainer.of(OptModel.init(modelConfig, config.seed), config, data);
  }

  /** A given model, the trainer's from now on, before its first step. */
  static of(model: OptModel, config: TrainingConfig, data: BatchSource): Trainer {
    check(model.config, config, data);
    const optimizer = new AdamW(parametersOf(model.config), config);
    return new Trainer(model, config, data, optimizer, { step: 0, wordsSeen: 0 });
  }

  /**
   * Goes on from a checkpoint that keeps its optimiser's state; on CPU bit for bit as if never stopped.
   * @param changes settings that differ from now on, such as more steps
   * @throws AppError bad-file, bad-config
   */
  static resume(folder: string, data: BatchSource, changes: Partial<TrainingConfig> = {}): Trainer {
    const state = checkpoint.readState(folder);
    const config = { ...state.training, ...changes };
    const moments = checkpoint.openOptimizer(folder);
    try {
      const model = OptModel.load(folder);
      check(model.config, config, data);
      const optimizer = new AdamW(parametersOf(model.config), config, ({ name }, moment) =>
        moments.read(`${moment}.${name}`),
      );
      return new Trainer(model, config, data, optimizer, state);
    } finally {
      moments.close();
    }
  }

  get tokensSeen(): number {
    return this.step * this.config.batchWindows * this.config.windowTokens;
  }

  /**
   * Reads the next batch and updates the model by it.
   * @throws AppError diverged, before the update, where loss or gradient is not finite
   */
  trainStep(): StepReport {
    const { config } = this;
    const { ids, words } = this.data.batch(this.step, config.batchWindows);
    const learningRate = learningRateAfter(this.step, config);
    this.model.willChange();
    let lossNats = NaN;
    let gradientNorm = NaN;
    scope(() => {
      // In a scope of its own: what it read of the variables is free again before they are updated.
      const { gradients, metrics } = scope(() => this.gradients(ids));
      const [loss, halfOfSquares] = read(metrics);
      lossNats = loss!;
      gradientNorm = Math.sqrt(2 * halfOfSquares!);
      this.refuseDivergence(lossNats, gradientNorm);
      const { model, step } = this;
      this.optimizer.update(model.variables, gradients, step + 1, learningRate, this.clip(gradientNorm)); // prettier-ignore
    });
    this.step++;
    this.wordsSeen += words;
    const { step, tokensSeen, wordsSeen } = this;
    return { step, lossNats, learningRate, gradientNorm, tokensSeen, wordsSeen };
  }

  /** Mean cross entropy on held-out text in nats a token; null where there is less than a window of it. */
  heldOutNatsPerToken(): number | null {
    const { windowTokens: T, batchWindows } = this.config;
    let sum = 0;
    let count = 0;
    for (const ids of this.data.heldOut(batchWindows)) {
      const rows = ids.length / T;
      scope(() => {
        sum += read(this.sumOfLosses(ids, rows))[0]!;
      });
      count += rows * (T - 1);
    }
    return count === 0 ? null : sum / count;
  }

  /**
   * Writes a checkpoint that `transformers` opens and `resume` goes on from, whole or not at all. Where the
   * configuration says so, older checkpoints beside it lose their optimiser's state.
   */
  save(folder: string, tokenizer: TokenizerFiles | undefined): void {
    checkpoint.writeAtomically(folder, (unfinished) => {
      this.model.save(unfinished);
      if (tokenizer) {
        writeFileSync(join(unfinished, 'tokenizer.json'), tokenizer.json);
        writeFileSync(join(unfinished, 'tokenizer_config.json'), tokenizer.configJson);
      }
      this.saveOptimizer(join(unfinished, checkpoint.OPTIMIZER_FILE));
      const { step, tokensSeen, wordsSeen, config } = this;
      checkpoint.writeState(unfinished, { format: 1, step, tokensSeen, wordsSeen, training: config }); // prettier-ignore
    });
    if (this.config.keepOptimizer === 'last-two') checkpoint.pruneOptimizers(dirname(folder), 2);
  }

  dispose(): void {
    this.model.dispose();
    this.optimizer.dispose();
  }

  /** Gradients by name, and loss and half the sum of their squares as one vector (2). */
  private gradients(ids: Int32Array): { gradients: Gradients; metrics: Value } {
    const { config, model } = this;
    const input = this.input(ids, config.batchWindows);
    const targets = this.targets(ids, config.batchWindows);
    const weights = model.weights(config.precision);
    const { loss, gradients } = lossAndBackward(model.config, weights, input, targets, this.dropout()); // prettier-ignore
    const halves = addN(Object.values(gradients).map(halfSquares));
    return { gradients, metrics: concat([loss, reshape(halves, 1)], 0) };
  }

  /** The sum of a batch's losses, (1), without dropout. */
  private sumOfLosses(ids: Int32Array, rows: number): Value {
    const { model } = this;
    const input = this.input(ids, rows);
    const weights = model.weights('fp32');
    const embedding = weights.operand('embed_tokens.weight');
    const shape = { ...model.config, ...input };
    return lossSum(states(model.config, weights, input), this.targets(ids, rows), embedding, shape);
  }

  private input(ids: Int32Array, rows: number): PassInput & { positions: 'consecutive' } {
    const { windowTokens: rowTokens } = this.config;
    const mask = causalMask(rowTokens);
    return { ids: tensor(ids, [ids.length]), positions: 'consecutive', mask, rows, rowTokens };
  }

  /** The next token of each of a window's first T − 1. */
  private targets(ids: Int32Array, rows: number): Value {
    const { windowTokens: T } = this.config;
    const next = new Int32Array(rows * (T - 1));
    for (let row = 0; row < rows; row++)
      next.set(ids.subarray(row * T + 1, (row + 1) * T), row * (T - 1));
    return tensor(next, [next.length]);
  }

  private dropout(): Dropout | undefined {
    const { dropout: p, layers, hiddenSize } = this.model.config;
    if (p === 0) return undefined;
    const { batchWindows, windowTokens, seed } = this.config;
    const shape = [batchWindows * windowTokens, hiddenSize];
    return (layer, part) => {
      const stream = (this.step * layers + layer) * 2 + (part === 'attention' ? 0 : 1);
      return dropoutFactors(shape, p, seed ^ DROPOUT_SEED, stream);
    };
  }

  /** What gradients of this norm are multiplied by. */
  private clip(norm: number): number {
    const { clipNorm } = this.config;
    return clipNorm > 0 ? Math.min(1, clipNorm / (norm + CLIP_EPSILON)) : 1;
  }

  private refuseDivergence(loss: number, norm: number): void {
    if (Number.isFinite(loss) && Number.isFinite(norm)) return;
    const { learningRate, warmupSteps, clipNorm } = this.config;
    throw new AppError(
      'diverged',
      `Training diverged at step ${this.step + 1}: loss ${loss}, gradient norm ${norm}. The model is as it was ` +
        `before this step and checkpoints are kept. Try a learning rate below ${learningRate}, more than ` +
        `${warmupSteps} warm-up steps${clipNorm > 0 ? '' : ', gradient clipping (clipNorm 1)'}, or fp32.`,
    );
  }

  private saveOptimizer(path: string): void {
    const kinds: (keyof Moments)[] = ['first', 'second'];
    const tensors = parametersOf(this.model.config).flatMap(({ name, shape }) =>
      kinds.map((kind) => ({
        name: `${kind}.${name}`,
        shape,
        data: () => readNumbers(this.optimizer.moments.get(name)![kind]),
      })),
    );
    writeSafetensors(path, tensors);
  }
}

function check(model: ModelConfig, training: TrainingConfig, data: BatchSource): void {
  const refuse = (why: string): never => {
    throw new AppError('bad-config', why);
  };
  if (model.hiddenSize % model.heads)
    refuse(`hiddenSize ${model.hiddenSize} is not a multiple of heads ${model.heads}.`);
  if (training.windowTokens > model.maxPositions)
    refuse(`Windows of ${training.windowTokens} tokens do not fit a model of ${model.maxPositions} positions.`); // prettier-ignore
  if (training.windowTokens !== data.windowTokens)
    refuse(`The data is cut into windows of ${data.windowTokens} tokens, not ${training.windowTokens}.`); // prettier-ignore
}
