// The steps from states to log-probabilities, in operations of our own and in TensorFlow's, against float64.
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { read, scope, tensor } from '../../src/main/lab/engine/ops.ts';
import { hasOutputLayer } from '../../src/main/lab/engine/own-operations.ts';
import { inOwnOperations, inTensorFlows, steps, type Steps } from '../../src/main/lab/scoring/output-layer.ts'; // prettier-ignore

/** Only an addon that our set-up compiled brings operations of our own. */
const isOurs = loadEngine().info.origin === 'set-up';
if (!isOurs) console.warn('SKIPPED: TensorFlow is here by its package’s installer, so scoring in operations of our own is not tried.'); // prettier-ignore

const numbers = (size: number, seed: number, scale: number): Float32Array =>
  Float32Array.from({ length: size }, (_, n) => scale * Math.sin((n + 1) * 1.618 * seed));
const rowsOf = (values: Float32Array, width: number): Float32Array[] =>
  Array.from({ length: values.length / width }, (_, n) => values.subarray(n * width, (n + 1) * width)); // prettier-ignore

const sumsOfExp = ({ sumOfExp }: Steps, x: Float32Array, columns: number): Float32Array => {
  let made = new Float32Array();
  scope(() => {
    made = Float32Array.from(read(sumOfExp(tensor(x, [x.length / columns, columns]))));
  });
  return made;
};

it('are our own where our set-up compiled the addon', () => {
  expect(hasOutputLayer()).toBe(isOurs);
  expect(steps()).toBe(isOurs ? inOwnOperations : inTensorFlows);
});

const ways = { 'of our own': inOwnOperations, 'of TensorFlow': inTensorFlows };
describe.each(Object.entries(ways).filter(([name]) => isOurs || name !== 'of our own'))('operations %s', (_name, way) => {
  // fewer columns than lanes, lanes and a rest, so many that threads share the rows
  it.each([[1, 1], [3, 7], [5, 16], [4, 100], [301, 2_049]])('sum %i rows of %i exponentials', (rows, columns) => {
    const x = numbers(rows * columns, 3, 80);
    const found = sumsOfExp(way, x, columns);
    const wanted = rowsOf(x, columns).map((row) => row.reduce((sum, one) => sum + Math.exp(one), 0));
    expect(found).toHaveLength(rows);
    found.forEach((sum, n) => expect(Math.abs(sum / wanted[n]! - 1)).toBeLessThan(2e-6));
  });

  it('take the exponential of every kind of number', () => {
    const x = Float32Array.from({ length: 40_001 }, (_, n) => (n - 20_000) / 229);
    const wanted = [...x].map(Math.exp);
    sumsOfExp(way, x, 1).forEach((sum, n) => expect(Math.abs(sum / wanted[n]! - 1)).toBeLessThan(5e-7)); // prettier-ignore
    expect([...sumsOfExp(way, Float32Array.of(0, -0, 1e-30, -1e-30, -200, -Infinity, 89, 1e30, Infinity, NaN), 1)])
      .toEqual([1, 1, 1, 1, 0, 0, Infinity, Infinity, Infinity, NaN]); // prettier-ignore
    expect([...sumsOfExp(way, Float32Array.of(1, NaN, 2, 1, 90, 2), 3)]).toEqual([NaN, Infinity]);
  });

  it.each([1, 16, 37, 256])('score edges between states and tokens of width %i', (width) => {
    const [states, tokens, edges] = [50, 90, 2_000];
    const [h, e, logs] = [numbers(states * width, 5, 1), numbers(tokens * width, 7, 1), numbers(states, 11, 9)];
    const from = Int32Array.from({ length: edges }, (_, n) => (n * 7) % states);
    const to = Int32Array.from({ length: edges }, (_, n) => (n * 13) % tokens);
    let found = new Float32Array();
    scope(() => {
      const made = way.edgeLogProbs(tensor(h, [states, width]), tensor(e, [tokens, width]), tensor(logs, [states, 1]), tensor(from, [edges]), tensor(to, [edges]));
      found = Float32Array.from(read(made));
    });
    expect(found).toHaveLength(edges);
    found.forEach((nats, edge) => {
      const state = rowsOf(h, width)[from[edge]!]!;
      const token = rowsOf(e, width)[to[edge]!]!;
      const wanted = state.reduce((sum, one, c) => sum + one * token[c]!, 0) - logs[from[edge]!]!;
      expect(Math.abs(nats - wanted)).toBeLessThan(1e-5 * Math.sqrt(width));
    });
  });
}); // prettier-ignore

describe.runIf(isOurs)('an edge that leads nowhere', () => {
  const score = (rows: number[], tokens: number[], logSums = 2): Float32Array => {
    let made = new Float32Array();
    scope(() => {
      const values = [tensor(new Float32Array(6), [2, 3]), tensor(new Float32Array(12), [4, 3]), tensor(new Float32Array(logSums), [logSums, 1])] as const; // prettier-ignore
      made = Float32Array.from(read(inOwnOperations.edgeLogProbs(...values, tensor(Int32Array.from(rows), [rows.length]), tensor(Int32Array.from(tokens), [tokens.length])))); // prettier-ignore
    });
    return made;
  };
  it('is refused, and so are inputs that do not fit', () => {
    expect(score([0, 1], [0, 3])).toEqual(Float32Array.of(0, 0));
    for (const [rows, tokens] of [
      [[2], [0]],
      [[-1], [0]],
      [[0], [4]],
      [[0], [-1]],
    ] as const)
      expect(() => score([...rows], [...tokens])).toThrow(/no such state or token/);
    expect(() => score([0, 1], [0])).toThrow(/do not fit each other/);
    expect(() => score([0], [0], 3)).toThrow(/do not fit each other/);
  });
});
