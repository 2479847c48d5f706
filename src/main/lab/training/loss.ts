// Cross entropy against the tied embedding, in chunks of rows so that not all logits are held at once.
import {
  add,
  addN,
  concat,
  free,
  matMul,
  mul,
  operand,
  pad,
  reshape,
  scalar,
  scope,
  slice,
  sparseCrossEntropy,
  sumOf,
  type Precision,
  type Value,
  INT32,
} from '../engine/ops.ts';

export interface LossShape {
  rows: number;
  rowTokens: number;
  vocabSize: number;
  wordEmbedSize: number;
}

/** Logits of one chunk, in numbers: 4 Mi of them are 16 MiB, about what a core's caches bear. */
const CHUNK_LOGITS = 4 << 20;

export type LossAndGradients = {
  /** Mean over all targets, nats a token. */
  loss: Value;
  /** By the states, (N, E). */
  dStates: Value;
  /** By the output embedding, (V, E). */
  dEmbedding: Value;
};

/**
 * The mean cross entropy of each window's T − 1 targets, as `transformers` has it, and its gradients.
 * @param states (N, E), N = rows · T
 * @param targets next tokens, (rows · (T − 1))
 * @param embedding (V, E), an operand of products
 */
export function lossAndGradients(
  states: Value,
  targets: Value,
  embedding: Value,
  shape: LossShape,
  precision: Precision,
): LossAndGradients {
  const { rows, rowTokens: T, wordEmbedSize: E } = shape;
  const count = rows * (T - 1);
  const predicting = withoutLast(states, shape); // (count, E)
  const perTarget = scalar(1 / count);
  const losses: Value[] = [];
  const dPredicting: Value[] = [];
  let dEmbedding: Value | undefined;
  for (const [begin, size] of chunks(count, shape.vocabSize)) {
    const [loss, dChunk, dShare] = scope((): [Value, Value, Value] => {
      const chunk = slice(predicting, [begin, 0], [size, E]); // (C, E)
      const logits = matMul(operand(chunk, precision), embedding, precision, 'b'); // (C, V)
      const [nats, dLogits] = sparseCrossEntropy(logits, slice(targets, [begin], [size], INT32));
      free(logits);
      const d = operand(dLogits, precision); // (C, V)
      const weighted = operand(mul(chunk, perTarget), precision); // (C, E): the mean, at the smaller factor
      return [sumOf(nats, 0), matMul(d, embedding, precision), matMul(d, weighted, precision, 'a')];
    });
    losses.push(loss); // (1)
    dPredicting.push(dChunk); // (C, E)
    if (dEmbedding === undefined) dEmbedding = dShare;
    else {
      const sum = add(dEmbedding, dShare); // (V, E)
      free(dEmbedding, dShare);
      dEmbedding = sum;
    }
  }
  const d = reshape(mul(concat(dPredicting, 0), perTarget), rows, T - 1, E);
  free(...dPredicting);
  const dStates = reshape(pad(d, [0, 0], [0, 1], [0, 0]), rows * T, E); // (N, E)
  return { loss: mul(addN(losses), perTarget), dStates, dEmbedding: dEmbedding! };
}

/** The sum of a batch's cross entropy in nats, (1), where no gradient is wanted. */
export function lossSum(states: Value, targets: Value, embedding: Value, shape: LossShape): Value {
  const predicting = withoutLast(states, shape); // (count, E)
  const sums = chunks(shape.rows * (shape.rowTokens - 1), shape.vocabSize).map(([begin, size]) =>
    scope(() => {
      const chunk = slice(predicting, [begin, 0], [size, shape.wordEmbedSize]);
      const logits = matMul(chunk, embedding, 'fp32', 'b'); // (C, V)
      const [nats] = sparseCrossEntropy(logits, slice(targets, [begin], [size], INT32));
      return sumOf(nats, 0);
    }),
  );
  return addN(sums);
}

/** A window's last token has no target: (N, E) → (rows · (T − 1), E). */
function withoutLast(states: Value, { rows, rowTokens: T, wordEmbedSize: E }: LossShape): Value {
  const windows = slice(reshape(states, rows, T, E), [0, 0, 0], [rows, T - 1, E]);
  return reshape(windows, rows * (T - 1), E);
}

/** Equal pieces of at most CHUNK_LOGITS logits: [first row, rows]. */
function chunks(count: number, vocabSize: number): [begin: number, size: number][] {
  const pieces = Math.ceil((count * vocabSize) / CHUNK_LOGITS);
  const most = Math.ceil(count / pieces);
  const made: [number, number][] = [];
  for (let begin = 0; begin < count; begin += most)
    made.push([begin, Math.min(most, count - begin)]);
  return made;
}
