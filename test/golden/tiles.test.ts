// Products in a processor's tiles, which only processors with AMX have, against float64 and TensorFlow's own products.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { biasAdd, read, run, scope, tensor, type, flag, FLOAT, type Value } from '../../src/main/lab/engine/ops.ts'; // prettier-ignore
import {
  hasTiles,
  linearInTiles,
  sumExpOfLogits,
} from '../../src/main/lab/engine/own-operations.ts';
import { inTiles } from '../../src/main/lab/engine/products.ts';

const isOurs = loadEngine().info.origin === 'set-up';
const hasAmx = process.platform === 'linux' && / amx_bf16 .*amx_tile/.test(readFileSync('/proc/cpuinfo', 'utf8')); // prettier-ignore
if (!hasAmx || !isOurs) console.warn('SKIPPED: no AMX here, or an engine that our set-up did not compile: products in tiles are not tried.'); // prettier-ignore

/** Between −scale and scale, no two alike, with bits in all of float32's fraction. */
const numbers = (size: number, seed: number, scale: number): Float32Array =>
  Float32Array.from({ length: size }, (_, n) => scale * Math.sin((n + 1) * 1.618 * seed));

const computed = (make: () => Value): Float32Array => {
  let made = new Float32Array();
  scope(() => {
    made = Float32Array.from(read(make()));
  });
  return made;
};

const linear = (x: Float32Array, w: Float32Array, bias: Float32Array, activation?: 'Relu') =>
  computed(() =>
    linearInTiles(
      tensor(x, [x.length / (w.length / bias.length), w.length / bias.length]),
      tensor(w, [w.length / bias.length, bias.length]),
      tensor(bias, [bias.length]),
      activation,
    ),
  );

/** x w + bias in float64, and how large its terms are: sqrt(Σ (x w)²). */
function inFloat64(x: Float32Array, w: Float32Array, bias: Float32Array) {
  const out = bias.length;
  const within = w.length / out;
  return Array.from({ length: (x.length / within) * out }, (_, n) => {
    const [r, c] = [Math.floor(n / out), n % out];
    let [y, squares] = [bias[c]!, bias[c]! ** 2];
    for (let k = 0; k < within; k++) {
      const term = x[r * within + k]! * w[k * out + c]!;
      y += term;
      squares += term * term;
    }
    return { y, size: Math.sqrt(squares) };
  });
}

it('are there where the processor has them and our set-up compiled the addon', () => {
  expect(hasTiles()).toBe(hasAmx && isOurs);
  expect([255, 256].map(inTiles)).toEqual([false, hasAmx && isOurs]); // slower for narrow models
});

describe.skipIf(!hasAmx || !isOurs)('in tiles', () => {
  // less than a tile, a tile and a rest each way, more depth than a block, several blocks of rows, more than is packed at once
  it.each([[1, 1, 1], [3, 5, 2], [32, 32, 32], [33, 65, 31], [70, 300, 50], [1_100, 70, 40], [40, 2_100, 700]])('%i rows of %i make %i', (rows, within, out) => {
    const [x, w, bias] = [numbers(rows * within, 3, 1), numbers(within * out, 7, 1), numbers(out, 5, 1)];
    const wanted = inFloat64(x, w, bias);
    const found = linear(x, w, bias);
    expect(found).toHaveLength(wanted.length);
    wanted.forEach(({ y, size }, n) => expect(Math.abs(found[n]! - y)).toBeLessThan(1e-6 * size));
    const active = linear(x, w, bias, 'Relu');
    active.forEach((y, n) => expect(y).toBe(Math.max(found[n]!, 0)));
  }); // prettier-ignore

  it('are no less exact than TensorFlow’s products of float32', () => {
    const [rows, within, out] = [64, 1_024, 96];
    const [x, w, bias] = [
      numbers(rows * within, 3, 4),
      numbers(within * out, 7, 0.02),
      numbers(out, 5, 0),
    ];
    const ofTensorFlow = computed(() => {
      const attributes = [type('T', FLOAT), flag('transpose_a', false), flag('transpose_b', false)];
      const product = run('MatMul', attributes, [
        tensor(x, [rows, within]),
        tensor(w, [within, out]),
      ]);
      return biasAdd(product, tensor(bias, [out]));
    });
    const wanted = inFloat64(x, w, bias);
    const error = (found: Float32Array) => Math.sqrt(wanted.reduce((sum, { y }, n) => sum + (found[n]! - y) ** 2, 0)); // prettier-ignore
    expect(error(linear(x, w, bias))).toBeLessThan(1.2 * error(ofTensorFlow));
  });

  it('keep what bfloat16 would lose of large and small numbers', () => {
    const [x, w] = [Float32Array.of(1 + 2 ** -23, 1e30, 3e-30, -2), Float32Array.of(1, 1e-30, 1e30, 0.5)]; // prettier-ignore
    const [y] = linear(x, w, Float32Array.of(0));
    expect(y).toBeCloseTo(4 + 2 ** -23, 6);
    expect(linear(Float32Array.of(1 + 2 ** -23), Float32Array.of(1), Float32Array.of(0))[0]).toBe(1 + 2 ** -23); // prettier-ignore
  });

  it('say where there are no numbers', () => {
    const [nan, infinite] = [linear, linear].map((made, n) => made(Float32Array.of(n === 0 ? NaN : Infinity, 1), Float32Array.of(1, 1), Float32Array.of(0), 'Relu')); // prettier-ignore
    expect([...nan!, ...infinite!]).toEqual([NaN, NaN]);
  });

  it('refuse what does not fit', () => {
    const four = Float32Array.of(1, 2, 3, 4);
    expect(() => computed(() => linearInTiles(tensor(four, [2, 2]), tensor(four, [1, 4]), tensor(four, [4])))).toThrow(/fit/); // prettier-ignore
    expect(() => computed(() => linearInTiles(tensor(four, [2, 2]), tensor(four, [2, 2]), tensor(four, [4])))).toThrow(/fit/); // prettier-ignore
    expect(() => computed(() => sumExpOfLogits(tensor(four, [2, 2]), tensor(four, [4, 1])))).toThrow(/fit/); // prettier-ignore
  });

  // a vocabulary that is not of whole tiles, more than is packed at once, states of several steps
  it.each([[1, 1, 1], [5, 7, 33], [40, 64, 1_000], [600, 256, 5_000], [35, 768, 3_001]])('%i states of %i sum %i exponentials', (states, width, tokens) => {
    const [h, e] = [numbers(states * width, 3, 2), numbers(tokens * width, 7, 1)];
    const found = computed(() => sumExpOfLogits(tensor(h, [states, width]), tensor(e, [tokens, width])));
    expect(found).toHaveLength(states);
    found.forEach((sum, s) => {
      let wanted = 0;
      for (let v = 0; v < tokens; v++) {
        let logit = 0;
        for (let k = 0; k < width; k++) logit += h[s * width + k]! * e[v * width + k]!;
        wanted += Math.exp(logit);
      }
      expect(Math.abs(sum / wanted - 1)).toBeLessThan(1e-5);
    });
  }); // prettier-ignore

  it('sum to infinity where a logit is too large', () => {
    const sums = computed(() => sumExpOfLogits(tensor(Float32Array.of(1, 90), [2, 1]), tensor(Float32Array.of(1, 0.5), [2, 1]))); // prettier-ignore
    expect(sums[0]).toBeCloseTo(Math.exp(1) + Math.exp(0.5), 5);
    expect(sums[1]).toBe(Infinity);
  });
});
