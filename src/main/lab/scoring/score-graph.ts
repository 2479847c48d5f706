// A model as one TensorFlow graph that scores batches of rows.
import type { ModelConfig } from '../../../shared/domain.ts';
import { Graph, type Definition } from '../engine/graph.ts';
import { productsFor } from '../engine/products.ts';
import { assign, FLOAT, free, INT32, ownCopy, read, readVariable, scalar, scope, tensor, transpose, type Value } from '../engine/ops.ts'; // prettier-ignore
import {
  parametersOf,
  POSITION_OFFSET,
  type OptModel,
  type ParameterSpec,
} from '../model/index.ts';
import { attentionHere } from './attention.ts';
import { forward } from './forward.ts';
import { carefulLogSums, centre, logSums, steps } from './output-layer.ts';

/** The sizes of a batch; smaller ones are filled up. */
export interface BatchShape {
  rows: number;
  rowTokens: number;
  edges: number;
}

export interface Batch {
  /** (rows · rowTokens) */
  ids: Int32Array;
  /** From 0, (rows · rowTokens). */
  positions: Int32Array;
  /** Cell j is seen by the cells i of its row with j ≤ i < ends[j], (rows · rowTokens). */
  ends: Int32Array;
  /** Cell that predicts and token predicted, (edges) each. */
  edgeCells: Int32Array;
  edgeTokens: Int32Array;
}

/** Matrices of a Linear are kept as (in, out). */
const isTurned = (name: string, shape: readonly number[]): boolean =>
  shape.length === 2 && !name.startsWith('embed_');

const EMBEDDING = 'embed_tokens.weight';
const CENTRED = 'centred_embedding';

/** Memory is TensorFlow's: `dispose` gives it back. */
export class ScoreGraph {
  private readonly config: ModelConfig;
  private readonly shapes: readonly BatchShape[];
  private readonly graph: Graph;

  constructor(config: ModelConfig, shapes: readonly BatchShape[]) {
    this.config = config;
    this.shapes = shapes;
    productsFor('fp32', config.hiddenSize); // tried before the graph is traced
    this.graph = new Graph((definition) => define(definition, config, shapes));
  }

  /** Takes over a model's parameters as they are now. */
  set(model: OptModel): void {
    scope(() => {
      const weights = model.weights('fp32');
      const names = parametersOf(this.config).map(({ name }) => name);
      free(...this.graph.run('set', Object.fromEntries(names.map((name) => [`new/${name}`, weights.get(name)])))); // prettier-ignore
    });
  }

  /**
   * The log-probabilities (nats) of a batch's edges.
   * @param shape index of the batch's shape
   * @returns (edges); some are not finite where the model's weights are not
   */
  logProbs(shape: number, batch: Batch): Float32Array {
    const quick = this.run(`score/${shape}`, shape, batch);
    return quick.every(Number.isFinite) ? quick : this.run(`careful/${shape}`, shape, batch);
  }

  dispose(): void {
    this.graph.dispose();
  }

  private run(entry: string, shape: number, batch: Batch): Float32Array {
    const { rows, rowTokens, edges } = this.shapes[shape]!;
    const cells = rows * rowTokens;
    let made = new Float32Array();
    scope(() => {
      const [result] = this.graph.run(entry, {
        [`${shape}/ids`]: tensor(filled(batch.ids, cells), [cells]),
        [`${shape}/positions`]: tensor(filled(batch.positions, cells).map((p) => p + POSITION_OFFSET), [cells]), // prettier-ignore
        [`${shape}/sight`]: attentionHere().look(filled(batch.ends, cells), { rows, rowTokens }),
        [`${shape}/edgeCells`]: tensor(filled(batch.edgeCells, edges), [edges]),
        [`${shape}/edgeTokens`]: tensor(filled(batch.edgeTokens, edges), [edges]),
      });
      made = read(result!) as Float32Array<ArrayBuffer>;
      free(result!);
    });
    return made.subarray(0, batch.edgeCells.length);
  }
}

/** The numbers and zeros behind them, `size` in all. */
function filled(numbers: Int32Array, size: number): Int32Array {
  if (numbers.length === size) return numbers;
  const all = new Int32Array(size);
  all.set(numbers);
  return all;
}

function define(graph: Definition, config: ModelConfig, shapes: readonly BatchShape[]): void {
  const { vocabSize, wordEmbedSize, heads, hiddenSize } = config;
  const attention = attentionHere();
  const specs = parametersOf(config);
  const kept = ({ name, shape }: ParameterSpec) =>
    isTurned(name, shape) ? shape.toReversed() : shape;
  const variables = new Map(
    specs.map((spec) => [spec.name, graph.variable(spec.name, kept(spec))]),
  );
  const centred = graph.variable(CENTRED, [vocabSize, wordEmbedSize]);
  const values = new Map(specs.map(({ name, shape }) => [name, graph.input(`new/${name}`, FLOAT, shape)])); // prettier-ignore
  graph.entry('set', () => {
    for (const { name, shape } of specs) {
      const value = values.get(name)!;
      assign(variables.get(name)!, isTurned(name, shape) ? transpose(value, [1, 0]) : ownCopy(value)); // prettier-ignore
    }
    assign(centred, centre(values.get(EMBEDDING)!, vocabSize));
    return [scalar(0)];
  });
  shapes.forEach(({ rows, rowTokens, edges }, n) => {
    const cells = rows * rowTokens;
    const ids = graph.input(`${n}/ids`, INT32, [cells]);
    const places = graph.input(`${n}/positions`, INT32, [cells]);
    const { dtype, shape } = attention.sight({ rows, rowTokens });
    const sight = graph.input(`${n}/sight`, dtype, shape);
    const edgeCells = graph.input(`${n}/edgeCells`, INT32, [edges]);
    const edgeTokens = graph.input(`${n}/edgeTokens`, INT32, [edges]);
    const score = (sums: typeof logSums) => (): [Value] => {
      const weight = (name: string) => readVariable(variables.get(name)!);
      const attend = (qkv: Value) =>
        attention.attend(qkv, sight, { rows, rowTokens }, heads, hiddenSize);
      const states = forward(config, weight, { ids, positions: places, attend }); // (N, E)
      const embedding = readVariable(centred);
      const output = { states: cells, width: wordEmbedSize, vocabSize };
      const logs = sums(states, embedding, output, (value, earlier) => graph.behind(value, earlier)); // prettier-ignore
      return [steps().edgeLogProbs(states, embedding, logs, edgeCells, edgeTokens)];
    };
    graph.entry(`score/${n}`, score(logSums));
    graph.entry(`careful/${n}`, score(carefulLogSums));
  });
}
