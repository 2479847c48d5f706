// Cross entropy against the tied embedding, in chunks of rows so that not all logits are held at once.
import { fusedOperations } from '../engine/one-dnn.ts';
import {
  add,
  addInts,
  addN,
  behind,
  concat,
  div,
  free,
  gather,
  gatherRows,
  INT32,
  log,
  matMul,
  maximum,
  mul,
  operand,
  pad,
  reshape,
  scalar,
  scope,
  slice,
  sparseCrossEntropy,
  sub,
  sumOf,
  tensor,
  type Precision,
  type Value,
} from '../engine/ops.ts';

export interface LossShape {
  rows: number;
  rowTokens: number;
  vocabSize: number;
  wordEmbedSize: number;
}

/** Logits that one chunk has at least, where there are as many: 4 Mi of them are 16 MiB. */
const CHUNK_LOGITS = 4 << 20;
/** The smallest share whose logarithm is taken: what is rarer counts as 87 nats in the loss that is shown. */
const LEAST_SHARE = 1.2e-38;

export type LossAndGradients = {
  /** Mean over all targets, nats a token. */
  loss: Value;
  /** By the states, (N, E). */
  dStates: Value;
  /** By the output embedding, (V, E), but for what each target's row gets apart: */
  dEmbedding: Value;
  /** (targets, E) */
  dTargetRows: Value;
};

/**
 * The mean cross entropy of each window's T − 1 targets, as `transformers` has it, and its gradients.
 *
 * The gradient by the logits is softmax − one-hot. It is never made: the softmax goes into the two products that
 * follow, and the one-hot part, which only picks rows of the other factor, is taken off their results.
 * @param states (N, E), N = rows · T
 * @param targets next tokens, (rows · (T − 1))
 * @param embedding (V, E), float32
 */
export function lossAndGradients(
  states: Value,
  targets: Value,
  embedding: Value,
  shape: LossShape,
  precision: Precision,
): LossAndGradients {
  const { rows, rowTokens: T, vocabSize: V, wordEmbedSize: E } = shape;
  const count = rows * (T - 1);
  const predicting = withoutLast(states, shape); // (count, E)
  const factors = outputFactors(embedding, shape, precision);
  const made: ChunkOfLoss[] = [];
  let dEmbedding: Value | undefined; // (V + repeated, E)
  for (const [begin, size] of chunks(count, shape)) {
    const sum = dEmbedding;
    const chunk = scope((): ChunkOfLoss => {
      const all = sum === undefined ? predicting : behind(predicting, sum);
      const input = { states: slice(all, [begin, 0], [size, E]), targets: slice(targets, [begin], [size], INT32), size, count }; // prettier-ignore
      const made = chunkOfLoss(input, factors, shape, precision);
      return sum === undefined ? made : { ...made, dEmbedding: add(sum, made.dEmbedding) };
    });
    if (sum !== undefined) free(sum);
    dEmbedding = chunk.dEmbedding;
    made.push(chunk);
  }
  const perTarget = scalar(1 / count);
  const loss = mul(addN(made.map(({ logShares }) => logShares)), scalar(-1 / count)); // (1)
  const picked = gatherRows(embedding, targets); // (count, E)
  const expected = concat(
    made.map(({ expected }) => expected),
    0,
  ); // (count, E)
  const d = reshape(mul(sub(expected, picked), perTarget), rows, T - 1, E);
  const dStates = reshape(pad(d, [0, 0], [0, 1], [0, 0]), rows * T, E); // (N, E)
  return {
    loss,
    dStates,
    dEmbedding: slice(dEmbedding!, [0, 0], [V, E]),
    dTargetRows: mul(predicting, scalar(-1 / count)),
  };
}

/** The sum of a batch's cross entropy in nats, (1), where no gradient is wanted. */
export function lossSum(states: Value, targets: Value, embedding: Value, shape: LossShape): Value {
  const predicting = withoutLast(states, shape); // (count, E)
  const sums = chunks(shape.rows * (shape.rowTokens - 1), shape).map(([begin, size]) =>
    scope(() => {
      const chunk = slice(predicting, [begin, 0], [size, shape.wordEmbedSize]);
      const logits = matMul(chunk, embedding, 'fp32', 'b'); // (C, V)
      const [nats] = sparseCrossEntropy(logits, slice(targets, [begin], [size], INT32));
      return sumOf(nats, 0);
    }),
  );
  return addN(sums);
}

type OutputFactors = {
  /** Makes logits, (V + repeated, E). */
  forLogits: Value;
  /** Makes expectations, (V + repeated, E). */
  forStates: Value;
  repeated: number;
};

/**
 * The embedding as a factor of products, with a few rows more where a row of logits would take a power of two bytes
 * or many of them: products over the columns of such a matrix are half as fast, since a column's numbers then share
 * few places of the cache. The rows more repeat the first, so that each logit they add is one that is there already
 * and the shares of the softmax can be set right; in the factor of expectations they are 0.
 */
function outputFactors(
  embedding: Value,
  { vocabSize: V, wordEmbedSize: E }: LossShape,
  precision: Precision,
): OutputFactors {
  // prettier-ignore
  const repeated = V % 512 === 0 ? 16 : 0;
  if (repeated === 0) {
    const factor = operand(embedding, precision);
    return { forLogits: factor, forStates: factor, repeated };
  }
  const first = slice(embedding, [0, 0], [repeated, E]);
  return {
    forLogits: operand(concat([embedding, first], 0), precision),
    forStates: operand(pad(embedding, [0, repeated], [0, 0]), precision),
    repeated,
  };
}

type ChunkOfLoss = {
  /** Σ ln P(target), (1). */
  logShares: Value;
  /** Σ_v P(v) e_v for each state, (C, E). */
  expected: Value;
  /** Σ over states of P(v) h / count, (V + repeated, E). */
  dEmbedding: Value;
};

/** @param input states (C, E) and targets (C) of the chunk, its size C, and the count of all targets */
function chunkOfLoss(
  { states, targets, size, count }: { states: Value; targets: Value; size: number; count: number },
  { forLogits, forStates, repeated }: OutputFactors,
  { vocabSize: V }: LossShape,
  precision: Precision,
): ChunkOfLoss {
  const columns = V + repeated;
  const logits =
    precision === 'fp32'
      ? fusedOperations().product(states, forLogits) // (C, V + repeated)
      : matMul(operand(states, precision), forLogits, precision, 'b');
  const shares = fusedOperations().softmax(logits); // (C, V + repeated)
  free(logits);
  const starts = tensor(
    Int32Array.from({ length: size }, (_, row) => row * columns),
    [size],
  );
  const shareOfTarget = gather(reshape(shares, size * columns), addInts(starts, targets)); // (C)
  // The softmax counted the repeated tokens twice: all shares are to be divided by 1 − theirs.
  const single = sub(scalar(1), sumOf(slice(shares, [0, V], [size, repeated]), 1)); // (C, 1)
  const right = div(shareOfTarget, reshape(single, size)); // (C)
  const factor = operand(shares, precision); // (C, V + repeated)
  const weighted = operand(div(states, mul(single, scalar(count))), precision); // (C, E)
  return {
    logShares: sumOf(log(maximum(right, scalar(LEAST_SHARE))), 0),
    expected: div(matMul(factor, forStates, precision), single),
    dEmbedding: matMul(factor, weighted, precision, 'a'),
  };
}

/** A window's last token has no target: (N, E) → (rows · (T − 1), E). */
function withoutLast(states: Value, { rows, rowTokens: T, wordEmbedSize: E }: LossShape): Value {
  const windows = slice(reshape(states, rows, T, E), [0, 0, 0], [rows, T - 1, E]);
  return reshape(windows, rows * (T - 1), E);
}

/**
 * Equal pieces: [first row, rows]. Each has E rows at least, so that its logits (C, V) outweigh its share of the
 * embedding's gradient (V, E), which is added up.
 */
function chunks(
  count: number,
  { vocabSize: V, wordEmbedSize: E }: LossShape,
): [begin: number, size: number][] {
  // prettier-ignore
  const pieces = Math.ceil(count / Math.max(CHUNK_LOGITS / V, E));
  const most = Math.ceil(count / pieces);
  const made: [number, number][] = [];
  for (let begin = 0; begin < count; begin += most)
    made.push([begin, Math.min(most, count - begin)]);
  return made;
}
