// Products with a model's matrices, of both kinds, against sums in float64.
import { describe, expect, it } from 'vitest';
import { productsFor } from '../../src/main/lab/engine/one-dnn.ts';
import { free, read, tensor } from '../../src/main/lab/engine/ops.ts';

const [N, K, M] = [37, 53, 29];
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i));

/** (rows, columns) from a sum over `inner` terms, in float64. */
const summed = (rows: number, columns: number, inner: number, term: (r: number, c: number, i: number) => number) =>
  Array.from({ length: rows * columns }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += term(Math.floor(at / columns), at % columns, i);
    return sum;
  }); // prettier-ignore

describe.each([
  ['narrow', 256],
  ['wide', 512],
])('of a %s model', (_name, hiddenSize) => {
  const products = productsFor(hiddenSize);
  const x = numbers(N * K, 1);
  it.each([
    ['x wᵀ', 'product', [M, K], N, M, K],
    ['xᵀ y', 'productOverRows', [N, M], K, M, N],
  ] as const)('%s', (_what, name, shape, rows, columns, inner) => {
    const other = numbers(shape[0] * shape[1], 2);
    const [a, b] = [tensor(x, [N, K]), tensor(other, [...shape])];
    const made = products[name](a, b);
    const expected = summed(rows, columns, inner, (r, c, i) =>
      name === 'product' ? x[r * K + i]! * other[c * K + i]! : x[i * K + r]! * other[i * M + c]!,
    );
    const off = read(made).map((value, at) => Math.abs(value - expected[at]!));
    free(a, b, made);
    expect(off).toHaveLength(rows * columns);
    expect(Math.max(...off)).toBeLessThan(5e-5);
  });
});
