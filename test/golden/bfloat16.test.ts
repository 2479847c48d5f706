// What a training step does to bfloat16 between its products, in operations of our own and in TensorFlow's.
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { bfloat16, bfloatColumnSums, bfloatReluGrad, biasGrad, float32, hasBfloats, read, reluGrad, scope, tensor, type Value } from '../../src/main/lab/engine/ops.ts'; // prettier-ignore

/** Only an addon that our set-up compiled brings operations of our own. */
const isOurs = loadEngine().info.origin === 'set-up';
if (!isOurs) console.warn('SKIPPED: TensorFlow is here by its package’s installer, so bfloat16 in operations of our own is not tried.'); // prettier-ignore

it('are our own where our set-up compiled the addon', () => expect(hasBfloats()).toBe(isOurs));

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
