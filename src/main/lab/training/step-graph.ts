// A training step as one TensorFlow graph, which holds the parameters and their moments.
import type { ModelConfig, TrainingConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { Graph, type Definition } from '../engine/graph.ts';
import { productsFor } from '../engine/products.ts';
import {
  add,
  addN,
  assign,
  checkFinite,
  concat,
  div,
  FLOAT,
  free,
  halfSquares,
  INT32,
  minimum,
  mul,
  ownCopy,
  read,
  readVariable,
  reshape,
  scalar,
  scope,
  slice,
  sqrt,
  tensor,
  type Value,
} from '../engine/ops.ts';
import { causalMask, parametersOf, readWeights, type ParameterSpec } from '../model/index.ts'; // prettier-ignore
import { rateNames, ratesAt, updateByAdamW, type Trained } from './adamw.ts';
import { dropoutBy, dropoutSeeds } from './dropout.ts';
import { lossAndBackward } from './backward.ts';

export type Kind = keyof Trained;
export const kinds: readonly Kind[] = ['theta', 'first', 'second'];

/** As torch.nn.utils.clip_grad_norm_ has it. */
const CLIP_EPSILON = 1e-6;
/** What TensorFlow's error says where loss or gradient is not finite. */
const NOT_FINITE = 'gardenpath-not-finite';

/** Memory is TensorFlow's: `dispose` gives it back. */
export class StepGraph {
  private readonly graph: Graph;
  private readonly model: ModelConfig;
  private readonly training: TrainingConfig;

  constructor(model: ModelConfig, training: TrainingConfig) {
    this.model = model;
    this.training = training;
    productsFor(training.precision, model.hiddenSize); // tried before a graph is traced
    this.graph = new Graph((definition) => define(definition, model, training));
  }

  /** Sets the variable of a kind for the n-th of `parametersOf`. The caller goes on owning the value. */
  set(kind: Kind, n: number, value: Value): void {
    free(...this.graph.run(`set/${kind}/${n}`, { [`new/${kind}/${n}`]: value }));
  }

  /** All variables of a kind. The caller owns the results; while they live, a step copies before it updates. */
  get(kind: Kind): Value[] {
    return this.graph.run(`get/${kind}`);
  }

  /**
   * Updates all parameters by one batch.
   * @param ids (rows · T); the loss is over each window's last T − 1
   * @param step steps finished before
   * @throws AppError diverged, before anything is updated, where loss or gradient is not finite
   */
  step(
    ids: Int32Array,
    step: number,
    learningRate: number,
  ): { lossNats: number; gradientNorm: number } {
    // prettier-ignore
    const { batchWindows: rows, windowTokens: T, seed } = this.training;
    let metrics = Float32Array.of(NaN, NaN);
    scope(() => {
      const rates = ratesAt(step + 1, learningRate, this.training);
      const inputs: Record<string, Value> = {
        ids: tensor(ids, [rows * T]),
        targets: tensor(nextTokens(ids, T), [rows * (T - 1)]),
        ...Object.fromEntries(rateNames.map((name) => [name, scalar(rates[name])])),
      };
      if (this.model.dropout > 0)
        inputs['seeds'] = tensor(dropoutSeeds(seed, step, this.model), [2]); // prettier-ignore
      const [made] = this.runStep(inputs, step);
      metrics = read(made!) as Float32Array<ArrayBuffer>;
      free(made!);
    });
    return { lossNats: metrics[0]!, gradientNorm: Math.sqrt(2 * metrics[1]!) };
  }

  dispose(): void {
    this.graph.dispose();
  }

  private runStep(inputs: Record<string, Value>, step: number): Value[] {
    try {
      return this.graph.run('step', inputs);
    } catch (error) {
      if (!String(error).includes(NOT_FINITE)) throw error;
      const { learningRate, warmupSteps, clipNorm } = this.training;
      throw new AppError(
        'diverged',
        `Training diverged at step ${step + 1}: the loss or its gradient is no longer a finite number. The model is ` +
          `as it was before this step and its checkpoints are kept. Try a learning rate below ${learningRate}, more ` +
          `than ${warmupSteps} warm-up steps${clipNorm > 0 ? '' : ', gradient clipping (clipNorm 1)'}, or fp32.`,
        String(error),
      );
    }
  }
}

/** The next token of each of a window's first T − 1. */
export function nextTokens(ids: Int32Array, windowTokens: number): Int32Array {
  const rows = ids.length / windowTokens;
  const next = new Int32Array(rows * (windowTokens - 1));
  for (let row = 0; row < rows; row++)
    next.set(ids.subarray(row * windowTokens + 1, (row + 1) * windowTokens), row * (windowTokens - 1)); // prettier-ignore
  return next;
}

function define(graph: Definition, model: ModelConfig, training: TrainingConfig): void {
  const specs = parametersOf(model);
  const variables = (kind: Kind) => specs.map(({ name, shape }) => graph.variable(`${kind}/${name}`, shape)); // prettier-ignore
  const made = {
    theta: variables('theta'),
    first: variables('first'),
    second: variables('second'),
  };
  for (const kind of kinds) {
    specs.forEach(({ shape }, n) => {
      const value = graph.input(`new/${kind}/${n}`, FLOAT, shape);
      graph.entry(`set/${kind}/${n}`, () => {
        assign(made[kind][n]!, ownCopy(value));
        return [scalar(0)];
      });
    });
    graph.entry(`get/${kind}`, () => made[kind].map(readVariable));
  }
  const trained = new Map(
    specs.map(({ name }, n): [string, Trained] => [
      name,
      { theta: made.theta[n]!, first: made.first[n]!, second: made.second[n]! },
    ]),
  );
  graph.entry('step', () => [defineStep(graph, model, training, specs, trained)]);
}

/** Forward, backward, clipping and update; the result is loss and half the sum of squared gradients, (2). */
function defineStep(
  graph: Definition,
  model: ModelConfig,
  training: TrainingConfig,
  specs: readonly ParameterSpec[],
  trained: ReadonlyMap<string, Trained>,
): Value {
  const { batchWindows: rows, windowTokens: T, clipNorm } = training;
  const ids = graph.input('ids', INT32, [rows * T]);
  const targets = graph.input('targets', INT32, [rows * (T - 1)]);
  const rate = (name: (typeof rateNames)[number]) => graph.input(name, FLOAT, []);
  const rates = { learningRate: rate('learningRate'), beta1Power: rate('beta1Power'), beta2Power: rate('beta2Power'), epsilon: rate('epsilon'), shrink: rate('shrink') }; // prettier-ignore
  const variables = new Map([...trained].map(([name, { theta }]) => [name, theta]));
  const { loss, gradients } = lossAndBackward(
    model,
    readWeights(variables, model, training.precision),
    { ids, positions: 'consecutive', mask: causalMask(T), rows, rowTokens: T },
    targets,
    model.dropout > 0 ? dropoutBy(graph.input('seeds', INT32, [2]), model, rows * T) : undefined,
  );
  const halves = addN(specs.map(({ name }) => halfSquares(gradients[name]!))); // ()
  // Every update waits for this check, by the scale of its gradient.
  const metrics = checkFinite(concat([loss, reshape(halves, 1)], 0), NOT_FINITE); // (2)
  const norm = sqrt(mul(reshape(slice(metrics, [1], [1])), scalar(2))); // ()
  const most = scalar(clipNorm > 0 ? clipNorm : Infinity);
  const scale = minimum(div(most, add(norm, scalar(CLIP_EPSILON))), scalar(1)); // ()
  updateByAdamW(specs, trained, gradients, scale, rates, training);
  return metrics;
}
