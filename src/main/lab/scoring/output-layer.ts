// From a model's states to log-probabilities of tokens, never holding all logits.
import { AppError } from '../../../shared/errors.ts';
import { fusedProduct } from '../engine/one-dnn.ts';
import {
  add,
  addN,
  concat,
  flag,
  FLOAT,
  free,
  fromTfjs,
  gatherRows,
  INT32,
  ints,
  keep,
  mul,
  read,
  run,
  scalar,
  scope,
  slice,
  sub,
  sumOf,
  sumOfFirst,
  tensor,
  type,
  type Value,
} from '../engine/ops.ts';
import type { OptModel } from '../model/index.ts';

/** Logits held at a time. 2 Mi are 8 MiB: a third-level cache takes them, and malloc keeps their pages. */
const TILE_LOGITS = 2 << 20;

const float = [type('T', FLOAT)];
const exp = (x: Value): Value => run('Exp', float, [x]);
const log = (x: Value): Value => run('Log', float, [x]);
/** (N, C) → (N, 1) */
const maxOfRows = (x: Value): Value =>
  run('Max', [flag('keep_dims', true), ...float, type('Tidx', INT32)], [x, ints(1)]);

/**
 * The output embedding, made ready for the states of one model.
 *
 * log P(v | h) = h·e_v − ln Σ_u exp(h·e_u), which is the same for embeddings that are all shifted by one vector.
 * Their mean is taken off, so that a state's logits have mean 0 and Σ_u exp(h·e_u) ≥ V (Jensen's inequality):
 * exponentials can be summed as they are, tile by tile over the vocabulary, without looking for the largest logit
 * first. The sum overflows where a logit is 88 nats above the mean; that is seen, and taken the careful way.
 */
export class OutputLayer {
  private readonly vocabSize: number;
  private readonly width: number;
  /** (V, E) */
  private readonly centred: Value;

  constructor(model: OptModel) {
    this.vocabSize = model.config.vocabSize;
    this.width = model.config.wordEmbedSize;
    const embedding = fromTfjs(model.outputEmbedding); // (V, E)
    this.centred = keep(
      scope(() => sub(embedding, mul(sumOfFirst(embedding), scalar(1 / this.vocabSize)))),
    );
  }

  dispose(): void {
    free(this.centred);
  }

  /**
   * Natural logarithms of the probabilities that states give to tokens.
   * @param states (N, E)
   * @param count N
   * @param rows the state that predicts, (edges)
   * @param tokens the token predicted, (edges)
   * @returns (edges)
   * @throws AppError diverged: states or embeddings are not finite
   */
  logProbs(states: Value, count: number, rows: Int32Array, tokens: Int32Array): Float32Array {
    const quick = this.predictions(states, this.logSums(states, count), rows, tokens);
    if (quick.every(Number.isFinite)) return quick;
    const careful = this.predictions(states, this.carefulLogSums(states, count), rows, tokens);
    if (careful.every(Number.isFinite)) return careful;
    throw new AppError('diverged', 'The model gives no probabilities (NaN): its weights hold NaN or infinite numbers. Score an earlier checkpoint.'); // prettier-ignore
  }

  /** h·e_v − logSums, for each state and token asked for. Frees logSums. */
  private predictions(
    states: Value,
    logSums: Value,
    rows: Int32Array,
    tokens: Int32Array,
  ): Float32Array {
    const result = scope(() => {
      const index = tensor(rows, [rows.length]);
      const predicting = gatherRows(states, index); // (edges, E)
      const predicted = gatherRows(this.centred, tensor(tokens, [tokens.length])); // (edges, E)
      return sub(sumOf(mul(predicting, predicted), 1), gatherRows(logSums, index)); // (edges, 1)
    });
    const numbers = read(result);
    free(result, logSums);
    return numbers;
  }

  /** ln Σ_u exp(h·e_u), (N, 1) */
  private logSums(states: Value, count: number): Value {
    const tile = Math.max(1, Math.floor(TILE_LOGITS / count));
    return scope(() => {
      const sums: Value[] = [];
      for (let v = 0; v < this.vocabSize; v += tile)
        sums.push(
          scope(() => {
            const some = slice(this.centred, [v, 0], [Math.min(tile, this.vocabSize - v), this.width]); // prettier-ignore
            const logits = fusedProduct(states, some); // (N, tile)
            const powers = exp(logits); // (N, tile)
            free(logits);
            return sumOf(powers, 1); // (N, 1)
          }),
        );
      return log(addN(sums));
    });
  }

  /** The same, each state's largest logit taken off first. */
  private carefulLogSums(states: Value, count: number): Value {
    const chunk = Math.max(1, Math.floor(TILE_LOGITS / this.vocabSize));
    return scope(() => {
      const parts: Value[] = [];
      for (let n = 0; n < count; n += chunk)
        parts.push(
          scope(() => {
            const some = slice(states, [n, 0], [Math.min(chunk, count - n), this.width]); // (C, E)
            const logits = fusedProduct(some, this.centred); // (C, V)
            const largest = maxOfRows(logits); // (C, 1)
            return add(largest, log(sumOf(exp(sub(logits, largest)), 1))); // (C, 1)
          }),
        );
      return concat(parts, 0);
    });
  }
}
