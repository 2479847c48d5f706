// Training: one step after another, each fixed by the configuration, the seed and its number.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModelConfig, TrainingConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { free, read, scope, tensor, type Value } from '../engine/ops.ts';
import { causalMask, OptModel, parametersOf, sizeOf, states, writeSafetensors, type ParameterSpec } from '../model/index.ts'; // prettier-ignore
import * as checkpoint from './checkpoint.ts';
import type { BatchSource } from './data.ts';
import { lossSum } from './loss.ts';
import { learningRateAfter } from './schedule.ts';
import { nextTokens, StepGraph, type Kind } from './step-graph.ts';

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

const moments: readonly Kind[] = ['first', 'second'];

/** A model in training. Memory is TensorFlow's: `dispose` gives it back. All calls block. */
export class Trainer {
  readonly config: TrainingConfig;
  step: number;
  wordsSeen: number;
  private readonly data: BatchSource;
  private readonly graph: StepGraph;
  private readonly specs: readonly ParameterSpec[];
  private readonly modelConfig: ModelConfig;
  /** The model between two steps, where it was asked for. */
  private snapshot: OptModel | undefined;

  private constructor(
    model: OptModel,
    config: TrainingConfig,
    data: BatchSource,
    moment: (spec: ParameterSpec, kind: Kind) => Float32Array,
    place: { step: number; wordsSeen: number },
  ) {
    this.modelConfig = model.config;
    this.config = config;
    this.data = data;
    this.step = place.step;
    this.wordsSeen = place.wordsSeen;
    this.specs = parametersOf(model.config);
    this.graph = new StepGraph(model.config, config);
    this.specs.forEach((spec, n) => {
      scope(() => this.graph.set('theta', n, model.read(spec.name)));
      for (const kind of moments)
        scope(() => this.graph.set(kind, n, tensor(moment(spec, kind), spec.shape)));
    });
    model.dispose();
  }

  /**
   * A new model, ready for its first step.
   * @throws AppError bad-config where settings contradict each other
   */
  static create(modelConfig: ModelConfig, config: TrainingConfig, data: BatchSource): Trainer {
    check(modelConfig, config, data);
    return Trainer.of(OptModel.init(modelConfig, config.seed), config, data);
  }

  /** A given model before its first step; the trainer takes its parameters over and disposes of it. */
  static of(model: OptModel, config: TrainingConfig, data: BatchSource): Trainer {
    check(model.config, config, data);
    const zeros = ({ shape }: ParameterSpec) => new Float32Array(sizeOf(shape));
    return new Trainer(model, config, data, zeros, { step: 0, wordsSeen: 0 });
  }

  /**
   * Goes on from a checkpoint that keeps its optimiser's state; on CPU bit for bit as if never stopped.
   * @param changes settings that differ from now on, such as more steps
   * @throws AppError bad-file, bad-config
   */
  static resume(folder: string, data: BatchSource, changes: Partial<TrainingConfig> = {}): Trainer {
    const state = checkpoint.readState(folder);
    checkpoint.checkUndamaged(folder, state);
    const config = { ...state.training, ...changes };
    const saved = checkpoint.openOptimizer(folder);
    try {
      const model = OptModel.load(folder);
      check(model.config, config, data);
      const moment = ({ name }: ParameterSpec, kind: Kind) => saved.read(`${kind}.${name}`);
      return new Trainer(model, config, data, moment, state);
    } finally {
      saved.close();
    }
  }

  get tokensSeen(): number {
    return this.step * this.config.batchWindows * this.config.windowTokens;
  }

  /** The model as it now is, to score or look at; the trainer owns it and disposes of it before the next step. */
  get model(): OptModel {
    if (!this.snapshot) {
      const values = this.graph.get('theta');
      this.snapshot = OptModel.of(this.modelConfig, values); // shares their memory
      free(...values);
    }
    return this.snapshot;
  }

  /**
   * Reads the next batch and updates the model by it.
   * @throws AppError diverged, before the update, where loss or gradient is not finite
   */
  trainStep(): StepReport {
    const { ids, words } = this.data.batch(this.step, this.config.batchWindows);
    const learningRate = learningRateAfter(this.step, this.config);
    this.forgetModel(); // a tensor still shared would be copied before its update
    const { lossNats, gradientNorm } = this.graph.step(ids, this.step, learningRate);
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
      this.saveMoments(join(unfinished, checkpoint.OPTIMIZER_FILE));
      const { step, tokensSeen, wordsSeen, config } = this;
      checkpoint.writeState(unfinished, { format: 1, step, tokensSeen, wordsSeen, training: config }); // prettier-ignore
    });
    if (this.config.keepOptimizer === 'last-two') checkpoint.pruneOptimizers(dirname(folder), 2);
  }

  dispose(): void {
    this.forgetModel();
    this.graph.dispose();
  }

  private forgetModel(): void {
    this.snapshot?.dispose();
    this.snapshot = undefined;
  }

  /** The sum of a batch's losses, (1), without dropout. */
  private sumOfLosses(ids: Int32Array, rows: number): Value {
    const { model } = this;
    const { windowTokens: rowTokens } = this.config;
    const input = { ids: tensor(ids, [ids.length]), positions: 'consecutive', mask: causalMask(rowTokens), rows, rowTokens } as const; // prettier-ignore
    const targets = tensor(nextTokens(ids, rowTokens), [rows * (rowTokens - 1)]);
    const weights = model.weights('fp32');
    const shape = { ...model.config, rows, rowTokens };
    const made = states(model.config, weights, input); // (N, E)
    return lossSum(made, targets, weights.operand('embed_tokens.weight'), shape);
  }

  private saveMoments(path: string): void {
    const tensors = moments.flatMap((kind) => {
      const values = this.graph.get(kind);
      return this.specs.map(({ name, shape }, n) => ({
        name: `${kind}.${name}`,
        shape,
        data: () => {
          const numbers = read(values[n]!);
          free(values[n]!);
          return numbers;
        },
      }));
    });
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
