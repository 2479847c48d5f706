// Products in each number format, by whatever kernels this engine and processor have, against sums in float64.
import { describe, expect, it } from 'vitest';
import { Graph } from '../../src/main/lab/engine/graph.ts';
import { FLOAT, free, read, scope, tensor, type Value } from '../../src/main/lab/engine/ops.ts';
import { productsFor, type Precision, type Products } from '../../src/main/lab/engine/products.ts';

const [B, N, K, M] = [3, 37, 53, 29];
const numbers = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i));

/** The product of two matrices in float64. */
function expected(a: Float32Array, b: Float32Array, transposed: string, batch = 1): number[] {
  const at = (m: Float32Array, of: number, r: number, c: number, rows: number, columns: number, turned: boolean) =>
    m[of * rows * columns + (turned ? c * rows + r : r * columns + c)]!; // prettier-ignore
  return Array.from({ length: batch * N * M }, (_, n) => {
    const [of, r, c] = [Math.floor(n / (N * M)), Math.floor(n / M) % N, n % M];
    let sum = 0;
    for (let k = 0; k < K; k++)
      sum += at(a, of, r, k, N, K, transposed === 'a') * at(b, of, k, c, K, M, transposed === 'b');
    return sum;
  });
}

/** Runs `body` at once, or as a graph, where operations may be fused. */
function made(
  how: string,
  inputs: Record<string, [Float32Array, number[]]>,
  body: (v: Record<string, Value>) => Value,
) {
  const given = Object.entries(inputs).map(([name, [data, shape]]) => [name, tensor(data, shape)] as const); // prettier-ignore
  if (how === 'at once') {
    const result = body(Object.fromEntries(given));
    const found = read(result);
    free(result);
    return found;
  }
  const graph = new Graph((definition) => {
    const placed = Object.entries(inputs).map(([name, [, shape]]) => [name, definition.input(name, FLOAT, shape)] as const); // prettier-ignore
    definition.entry('made', () => [body(Object.fromEntries(placed))]);
  });
  const [result] = graph.run('made', Object.fromEntries(given));
  const found = read(result!);
  free(result!, ...given.map(([, value]) => value));
  graph.dispose();
  return found;
}

const largestError = (found: Float32Array, wanted: number[]): number => {
  expect(found).toHaveLength(wanted.length);
  return Math.max(...wanted.map((x, n) => Math.abs(found[n]! - x)));
};

/** bfloat16 keeps 8 bits of a factor and of a result: sums over K numbers up to 1. */
const kinds: [string, Precision, number, number][] = [
  ['float32 of a narrow model', 'fp32', 256, 5e-5],
  ['float32 of a wide model', 'fp32', 512, 5e-5],
  ['bfloat16', 'bf16', 256, 0.25],
];
describe.each(kinds)('%s', (_name, precision, hiddenSize, tolerance) => {
  const products: Products = productsFor(precision, hiddenSize);
  const { operand, float } = products;
  const a = numbers(B * N * K, 1);
  const b = numbers(B * K * M, 2);
  describe.each(['at once', 'in a graph'])('%s', (how) => {
    it.each(['', 'a', 'b'] as const)('matrices, transposed %s', (t) => {
      const [first, second] = [a.slice(0, N * K), b.slice(0, K * M)];
      const inputs = { a: [first, t === 'a' ? [K, N] : [N, K]], b: [second, t === 'b' ? [M, K] : [K, M]] } as Record<string, [Float32Array, number[]]>; // prettier-ignore
      const found = made(how, inputs, (v) => scope(() => float(products.matMul(operand(v['a']!), operand(v['b']!), t)))); // prettier-ignore
      expect(largestError(found, expected(first, second, t))).toBeLessThan(tolerance);
    });
    it.each(['', 'a', 'b'] as const)('a batch of matrices, transposed %s', (t) => {
      const inputs = { a: [a, t === 'a' ? [B, K, N] : [B, N, K]], b: [b, t === 'b' ? [B, M, K] : [B, K, M]] } as Record<string, [Float32Array, number[]]>; // prettier-ignore
      const found = made(how, inputs, (v) => scope(() => float(products.batchMatMul(operand(v['a']!), operand(v['b']!), t)))); // prettier-ignore
      expect(largestError(found, expected(a, b, t, B))).toBeLessThan(tolerance);
    });
    it.each([undefined, 'Relu'] as const)('a linear layer, activation %s', (activation) => {
      const [x, w, bias] = [a.slice(0, N * K), b.slice(0, M * K), numbers(M, 3)];
      const inputs = { x: [x, [N, K]], w: [w, [M, K]], bias: [bias, [M]] } as Record<string, [Float32Array, number[]]>; // prettier-ignore
      const found = made(how, inputs, (v) => scope(() => float(products.linear(operand(v['x']!), operand(v['w']!), v['bias']!, activation)))); // prettier-ignore
      const wanted = expected(x, w, 'b').map((sum, n) => sum + bias[n % M]!);
      const least = activation ? 0 : -Infinity;
      expect(largestError(found, wanted.map((y) => Math.max(y, least)))).toBeLessThan(tolerance); // prettier-ignore
    });
    it('softmax', () => {
      const x = a.slice(0, N * K);
      const found = made(how, { x: [x, [N, K]] }, (v) => scope(() => float(products.softmax(operand(v['x']!))))); // prettier-ignore
      const wanted = Array.from(x, (value, n) => {
        const row = x.subarray(Math.floor(n / K) * K, (Math.floor(n / K) + 1) * K);
        return Math.exp(value) / row.reduce((sum, y) => sum + Math.exp(y), 0);
      });
      expect(largestError(found, wanted)).toBeLessThan(precision === 'fp32' ? 1e-6 : 1e-3);
    });
  });
});
