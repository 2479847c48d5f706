// From a model's states to log-probabilities of tokens, never holding all logits.
//
// log P(v | h) = h·e_v − ln Σ_u exp(h·e_u), which is the same for embeddings that are all shifted by one vector. Here
// their mean is taken off, so that a state's logits have mean 0 and Σ_u exp(h·e_u) ≥ V (Jensen's inequality):
// exponentials can be summed as they are, piece by piece over the vocabulary, without looking for the largest logit
// first. The sum overflows where a logit is 88 nats above the mean; that shows, and is then done the careful way.
import { inTiles, productsFor } from '../engine/products.ts';
import {
  add,
  addN,
  concat,
  flag,
  FLOAT,
  gatherRows,
  INT32,
  ints,
  mul,
  reshape,
  run,
  scalar,
  slice,
  sub,
  sumOf,
  sumOfFirst,
  type,
  type Value,
} from '../engine/ops.ts';
import {
  edgeLogProbs,
  hasOutputLayer,
  sumExpOfLogits,
  sumOfExp,
} from '../engine/own-operations.ts';

/** Shapes: N states of width E, V tokens in the vocabulary. */
export interface OutputShape {
  states: number;
  width: number;
  vocabSize: number;
}

/** Logits held at a time. 2 Mi are 8 MiB: a third-level cache takes them, and malloc keeps their pages. */
const PIECE_LOGITS = 2 << 20;

const float = [type('T', FLOAT)];
const exp = (x: Value): Value => run('Exp', float, [x]);
const log = (x: Value): Value => run('Log', float, [x]);
/** (N, C) → (N, 1) */
const maxOfRows = (x: Value): Value =>
  run('Max', [flag('keep_dims', true), ...float, type('Tidx', INT32)], [x, ints(1)]);

/** The embedding less its mean, (V, E) → (V, E). */
export const centre = (embedding: Value, vocabSize: number): Value =>
  sub(embedding, mul(sumOfFirst(embedding), scalar(1 / vocabSize)));

/** What is done to states and logits, in operations of our own or in TensorFlow's. */
export interface Steps {
  /** Σ eˣ of each row, (N, C) → (N, 1). */
  sumOfExp: (x: Value) => Value;
  /**
   * h·e_v − logSums for some states and tokens.
   * @param rows which state predicts, (edges)
   * @param tokens which token it predicts, (edges)
   * @returns nats, (edges, 1)
   */
  edgeLogProbs: (states: Value, centred: Value, logSums: Value, rows: Value, tokens: Value) => Value; // prettier-ignore
}
export const inOwnOperations: Steps = { sumOfExp, edgeLogProbs };
export const inTensorFlows: Steps = {
  sumOfExp: (x) => sumOf(exp(x), 1),
  edgeLogProbs: (states, centred, logSums, rows, tokens) =>
    sub(sumOf(mul(gatherRows(states, rows), gatherRows(centred, tokens)), 1), gatherRows(logSums, rows)), // prettier-ignore
};
/** Those that this engine has. */
export const steps = (): Steps => (hasOutputLayer() ? inOwnOperations : inTensorFlows);

/**
 * ln Σ_u exp(h·e_u) for each state, (N, 1).
 * @param behind puts a value behind another, so that one piece is at work at a time
 */
export function logSums(
  states: Value,
  centred: Value,
  { states: N, width: E, vocabSize: V }: OutputShape,
  behind: (value: Value, earlier: Value) => Value,
): Value {
  if (inTiles(E)) return log(sumExpOfLogits(states, centred)); // logits are kept nowhere
  const sums: Value[] = [];
  for (const [from, size] of pieces(V, Math.floor(PIECE_LOGITS / N))) {
    const earlier = sums.at(-1);
    const read = earlier === undefined ? states : behind(states, earlier);
    const logits = productsFor('fp32').matMul(read, slice(centred, [from, 0], [size, E]), 'b'); // (N, size)
    sums.push(steps().sumOfExp(logits)); // (N, 1)
  }
  return log(addN(sums));
}

/** The same, each state's largest logit taken off first. */
export function carefulLogSums(
  states: Value,
  centred: Value,
  { states: N, width: E, vocabSize: V }: OutputShape,
  behind: (value: Value, earlier: Value) => Value,
): Value {
  const parts: Value[] = [];
  for (const [from, size] of pieces(N, Math.floor(PIECE_LOGITS / V))) {
    const earlier = parts.at(-1);
    const read = earlier === undefined ? states : behind(states, earlier);
    const logits = productsFor('fp32').matMul(slice(read, [from, 0], [size, E]), centred, 'b'); // (size, V)
    const largest = maxOfRows(logits); // (size, 1)
    parts.push(add(largest, log(sumOf(exp(sub(logits, largest)), 1)))); // (size, 1)
  }
  return reshape(concat(parts, 0), N, 1);
}

/** [first, size] of pieces of at most `most`, and at least 1. */
function pieces(total: number, most: number): [first: number, size: number][] {
  const step = Math.max(1, most);
  const starts = Array.from({ length: Math.ceil(total / step) }, (_, n) => n * step);
  return starts.map((first) => [first, Math.min(step, total - first)]);
}
