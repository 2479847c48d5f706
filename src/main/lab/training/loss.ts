// Cross entropy against the tied embedding, in chunks of rows so that not all logits are held at once.
import { productsFor, type Products } from '../engine/products.ts';
import {
  add,
  addInts,
  addN,
  behind,
  concat,
  div,
  FLOAT,
  gatherRows,
  INT32,
  log,
  maximum,
  mul,
  pad,
  reshape,
  reshapeAs,
  scalar,
  scope,
  slice,
  sparseCrossEntropy,
  sub,
  sumOf,
  tensor,
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
  products: Products,
): LossAndGradients {
  const { rows, rowTokens: T, vocabSize: V, wordEmbedSize: E } = shape;
  const count = rows * (T - 1);
  const predicting = withoutLast(states, shape); // (count, E)
  const factors = outputFactors(embedding, shape, products);
  const made: ChunkOfLoss[] = [];
  let dEmbedding: Value | undefined; // (V + repeated, E)
  for (const [begin, size] of chunks(count, shape)) {
    const sum = dEmbedding;
    const all = sum === undefined ? predicting : behind(predicting, sum);
    const input = {
      states: slice(all, [begin, 0], [size, E]),
      targets: slice(targets, [begin], [size], INT32),
      size,
      count,
    };
    const chunk = chunkOfLoss(input, factors, shape, products);
    dEmbedding = sum === undefined ? chunk.dEmbedding : add(sum, chunk.dEmbedding);
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
    dEmbedding: factors.repeated === 0 ? dEmbedding! : slice(dEmbedding!, [0, 0], [V, E]),
    dTargetRows: mul(predicting, scalar(-1 / count)),
  };
}

/** The sum of a batch's cross entropy in nats, (1), where no gradient is wanted. */
export function lossSum(states: Value, targets: Value, embedding: Value, shape: LossShape): Value {
  const predicting = withoutLast(states, shape); // (count, E)
  const sums = chunks(shape.rows * (shape.rowTokens - 1), shape).map(([begin, size]) =>
    scope(() => {
      const chunk = slice(predicting, [begin, 0], [size, shape.wordEmbedSize]);
      const logits = productsFor('fp32').matMul(chunk, embedding, 'b'); // (C, V)
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
  products: Products,
): OutputFactors {
  const { operand } = products;
  const repeated = V % 512 === 0 ? 16 : 0;
  if (repeated === 0) {
    const factor = operand(embedding);
    return { forLogits: factor, forStates: factor, repeated };
  }
  const first = slice(embedding, [0, 0], [repeated, E]);
  return {
    forLogits: operand(concat([embedding, first], 0)),
    forStates: operand(pad(embedding, [0, repeated], [0, 0])),
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
  products: Products,
): ChunkOfLoss {
  const { dtype, operand, float, matMul, softmax } = products;
  const columns = V + repeated;
  // A vocabulary is wide, however narrow the model.
  const wide = dtype === FLOAT ? productsFor('fp32') : products;
  const shares = softmax(wide.matMul(operand(states), forLogits, 'b')); // (C, V + repeated)
  const starts = tensor(
    Int32Array.from({ length: size }, (_, row) => row * columns),
    [size],
  );
  const flat = reshapeAs(dtype, shares, size * columns);
  const shareOfTarget = float(gatherRows(flat, addInts(starts, targets), dtype)); // (C)
  // The softmax counted the repeated tokens twice: all shares are to be divided by 1 − theirs.
  const twice = float(slice(shares, [0, V], [size, repeated], dtype)); // (C, repeated)
  const single = sub(scalar(1), sumOf(twice, 1)); // (C, 1)
  const right = div(shareOfTarget, reshape(single, size)); // (C)
  const weight = div(scalar(1), single); // (C, 1)
  const weighted = operand(mul(states, mul(weight, scalar(1 / count)))); // (C, E)
  return {
    logShares: sumOf(log(maximum(right, scalar(LEAST_SHARE))), 0),
    expected: mul(float(matMul(shares, forStates)), weight),
    dEmbedding: float(matMul(shares, weighted, 'a')),
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
