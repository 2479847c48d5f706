// What a training step does to bfloat16 between its products, in operations of our own and in TensorFlow's.
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import {
  bfloat16,
  biasGrad,
  float32,
  read,
  reluGrad,
  scope,
  tensor,
  type Value,
} from '../../src/main/lab/engine/ops.ts';
import { bfloatColumnSums, bfloatReluGrad, bfloatShares, bfloatSharesGrad, bfloatSoftmax, hasBfloats, hasShares, shares as sharesOfFloats } from '../../src/main/lab/engine/own-operations.ts'; // prettier-ignore

/** Only an addon that our set-up compiled brings operations of our own. */
const isOurs = loadEngine().info.origin === 'set-up';
if (!isOurs) console.warn('SKIPPED: TensorFlow is here by its package’s installer, so bfloat16 in operations of our own is not tried.'); // prettier-ignore

it('are our own where our set-up compiled the addon', () => {
  expect(hasBfloats()).toBe(isOurs);
  expect(hasShares()).toBe(isOurs);
});

const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, n) => 3 * Math.sin((n + 1) * 1.618 * seed));

/** Runs `body` and copies what it makes. */
function made(body: () => readonly Value[]): Float32Array[] {
  let copies: Float32Array[] = [];
  scope(() => {
    copies = body().map((value) => Float32Array.from(read(value)));
  });
  return copies;
}

/** Σ over rows, in float64. */
const columnSums = (x: Float32Array, columns: number): number[] =>
  Array.from({ length: columns }, (_, c) =>
    Array.from({ length: x.length / columns }, (_, row) => x[row * columns + c]!).reduce((a, b) => a + b, 0)); // prettier-ignore

// a block of rows and a rest, no multiple of a vector; so many that threads share the rows
const shapes = [[1, 1], [33, 7], [2_000, 300]] as const; // prettier-ignore
describe.runIf(isOurs).each(shapes)('%i rows of %i numbers', (rows, columns) => {
  const [dy, y] = [numbers(rows * columns, 3), numbers(rows * columns, 5)];
  const operand = (x: Float32Array) => bfloat16(tensor(x, [rows, columns]));

  it('ReLU’s gradient is TensorFlow’s, with the sums of its columns', () => {
    const [dx, sums] = made(() => {
      const [grad, sum] = bfloatReluGrad(operand(dy), operand(y));
      return [float32(grad), sum];
    }) as [Float32Array, Float32Array];
    const [wanted] = made(() => [float32(bfloat16(reluGrad(float32(operand(dy)), float32(operand(y)))))]); // prettier-ignore
    expect(dx.every((one, n) => one === wanted![n])).toBe(true); // −0 is 0 there
    expect(dx.some((one) => one !== 0) || rows * columns === 1).toBe(true);
    columnSums(dx, columns).forEach((sum, c) => expect(Math.abs(sum - sums[c]!)).toBeLessThan(1e-6 * rows + 1e-6)); // prettier-ignore
  });

  it('the sums of columns are nearer to float64 than TensorFlow’s, or as near', () => {
    const [rounded, ours, theirs] = made(() => [float32(operand(dy)), bfloatColumnSums(operand(dy)), biasGrad(float32(operand(dy)))]) as [Float32Array, Float32Array, Float32Array]; // prettier-ignore
    const wanted = columnSums(rounded, columns);
    const error = (found: Float32Array) => Math.max(...wanted.map((sum, c) => Math.abs(sum - found[c]!))); // prettier-ignore
    expect(ours).toHaveLength(columns);
    expect(error(ours)).toBeLessThan(1e-6 * rows + 1e-6);
    expect(error(ours)).toBeLessThanOrEqual(error(theirs) + 1e-6);
  });
});

it.runIf(isOurs)('zeros, signs and what is no number go through as they should', () => {
  const [dx, sums] = made(() => {
    const row = (...x: number[]) => bfloat16(tensor(Float32Array.from(x), [1, x.length]));
    const [grad, sum] = bfloatReluGrad(row(1, 2, 3, NaN, Infinity, 5), row(0, -0, -1, 1, 2, NaN));
    return [float32(grad), sum];
  }) as [Float32Array, Float32Array];
  expect([...dx]).toEqual([0, 0, 0, NaN, Infinity, 0]);
  expect([...sums]).toEqual([0, 0, 0, NaN, Infinity, 0]);
  scope(() => {
    const of = (...shape: number[]) => bfloat16(tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)); // prettier-ignore
    expect(() => bfloatReluGrad(of(2, 3), of(3, 3))).toThrow(/do not fit each other/);
  });
});

/** In float64, over rows of `columns`. */
function softmax(x: ArrayLike<number>, columns: number): Float64Array {
  const made = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += columns) {
    const of = Array.from({ length: columns }, (_, c) => x[at + c]!);
    const largest = Math.max(...of);
    const sum = of.reduce((all, one) => all + Math.exp(one - largest), 0);
    of.forEach((one, c) => (made[at + c] = Math.exp(one - largest) / sum));
  }
  return made;
}
/** bfloat16 keeps 8 bits: it is off by half of the last. */
const HALF_A_BIT = 2 ** -8;
const worst = (found: Float32Array, wanted: Float64Array): number =>
  wanted.reduce((most, one, n) => Math.max(most, Math.abs(found[n]! - one) / (Math.abs(one) + 1e-9)), 0); // prettier-ignore

describe.runIf(isOurs)('softmax', () => {
  it.each([
    [1, 1],
    [3, 7],
    [40, 64],
    [300, 8_208],
  ])('of %i rows of %i logits', (rows, columns) => {
    const [logits, shares] = made(() => {
      const x = bfloat16(tensor(numbers(rows * columns, 3), [rows, columns]));
      return [float32(x), float32(bfloatSoftmax(x))];
    }) as [Float32Array, Float32Array];
    expect(shares).toHaveLength(rows * columns);
    expect(worst(shares, softmax(logits, columns))).toBeLessThan(HALF_A_BIT * 1.01);
  });

  it('of large logits, of which the rest vanish beside one', () => {
    const [shares] = made(() => [float32(bfloatSoftmax(bfloat16(tensor(Float32Array.of(3e38, -3e38, 0, 500, 500, -1e9, 0, NaN, 0), [3, 3]))))]); // prettier-ignore
    expect([...shares!]).toEqual([1, 0, 0, 0.5, 0.5, 0, NaN, NaN, NaN]);
  });

  const causal = (masks: number, T: number) =>
    Float32Array.from({ length: masks * T * T }, (_, n) => (n % T <= (Math.floor(n / T) % T) + Math.floor(n / T / T) ? 0 : -1e9)); // prettier-ignore
  // [rows, heads, T, masks]: one mask for all, or one for each row
  it.each([
    [2, 3, 5, 1],
    [2, 4, 64, 1],
    [5, 2, 16, 5],
    [16, 4, 128, 1],
  ])('of attention, %i rows and %i heads over %i tokens, and its gradient', (rows, A, T, masks) => {
    const size = rows * A * T * T;
    const mask = causal(masks, T);
    const [scores, given, shares, rounded, back, fromFloats] = made(() => {
      const x = bfloat16(tensor(numbers(size, 3), [rows, A, T, T]));
      const d = bfloat16(tensor(numbers(size, 5), [rows, A, T, T]));
      const masking = tensor(mask, masks === 1 ? [T, T] : [masks, 1, T, T]);
      const [inFloats, inBfloats] = bfloatShares(x, masking);
      return [
        float32(x),
        float32(d),
        inFloats,
        float32(inBfloats),
        float32(bfloatSharesGrad(inFloats, d)),
        sharesOfFloats(float32(x), masking),
      ];
    }) as [Float32Array, Float32Array, Float32Array, Float32Array, Float32Array, Float32Array];
    const maskOf = (n: number) =>
      mask[(masks === 1 ? 0 : Math.floor(n / (A * T * T))) * T * T + (n % (T * T))]!;
    const wanted = softmax(
      Array.from(scores, (one, n) => one + maskOf(n)),
      T,
    );
    expect(worst(shares, wanted)).toBeLessThan(1e-5);
    expect(fromFloats.every((one, n) => one === shares[n])).toBe(true);
    expect(worst(rounded, wanted)).toBeLessThan(HALF_A_BIT * 1.01);
    const along = Float64Array.from({ length: size / T }, (_, row) =>
      Array.from({ length: T }, (_, c) => wanted[row * T + c]! * given[row * T + c]!).reduce(
        (a, b) => a + b,
        0,
      ),
    );
    const error = back.reduce(
      (most, one, n) =>
        Math.max(most, Math.abs(one - wanted[n]! * (given[n]! - along[Math.floor(n / T)]!))),
      0,
    );
    expect(error).toBeLessThan(6 * HALF_A_BIT); // numbers up to 6
  });

  it('refuses what does not fit', () => {
    scope(() => {
      const x = bfloat16(tensor(new Float32Array(2 * 3 * 3), [2, 3, 3]));
      const floats = (...shape: number[]) =>
        tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);
      expect(() => bfloatShares(x, floats(3, 4))).toThrow(/do not fit each other/);
      expect(() => bfloatShares(x, floats(3, 3, 3))).toThrow(/do not fit each other/);
      expect(() => bfloatSharesGrad(floats(3, 3), x)).toThrow(/do not fit each other/);
    });
  });
});
