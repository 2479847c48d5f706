// LayerNorm and its gradient, in operations of our own and in TensorFlow's, against float64.
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { read, scope, tensor, type Value } from '../../src/main/lab/engine/ops.ts';
import { hasLayerNorm, layerNorm, layerNormGrad } from '../../src/main/lab/engine/own-operations.ts'; // prettier-ignore
import { normInTensorFlows } from '../../src/main/lab/model/blocks.ts';
import { normGradInOneOperation, normGradInTensorFlows } from '../../src/main/lab/training/block-gradients.ts'; // prettier-ignore

/** Only an addon that our set-up compiled brings operations of our own. */
const isOurs = loadEngine().info.origin === 'set-up';
if (!isOurs) console.warn('SKIPPED: TensorFlow is here by its package’s installer, so LayerNorm in one operation is not tried.'); // prettier-ignore

const EPSILON = 1e-5;
const numbers = (size: number, seed: number, scale: number, shift = 0): Float32Array =>
  Float32Array.from({ length: size }, (_, n) => shift + scale * Math.sin((n + 1) * 1.618 * seed));
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length; // prettier-ignore

interface Case {
  rows: number;
  width: number;
  x: Float32Array;
  gain: Float32Array;
  bias: Float32Array;
  dy: Float32Array;
}
const caseOf = (rows: number, width: number, scale = 1, shift = 0): Case => ({
  rows,
  width,
  x: numbers(rows * width, 3, scale, shift),
  gain: numbers(width, 5, 0.4, 1),
  bias: numbers(width, 7, 0.3),
  dy: numbers(rows * width, 11, 0.7),
});

/** Ba, Kiros and Hinton 2016, and the gradient as the chain rule gives it from one number to the next. */
function wanted({ rows, width: H, x, gain, bias, dy }: Case) {
  const made = { y: new Float64Array(rows * H), normed: new Float64Array(rows * H), inverse: new Float64Array(rows), dx: new Float64Array(rows * H), dGain: new Float64Array(H), dBias: new Float64Array(H) }; // prettier-ignore
  for (let row = 0; row < rows; row++) {
    const at = row * H;
    const of = Array.from(x.subarray(at, at + H));
    const middle = mean(of);
    const inverse = 1 / Math.sqrt(mean(of.map((one) => (one - middle) ** 2)) + EPSILON);
    const normed = of.map((one) => (one - middle) * inverse);
    const dNormed = normed.map((_, c) => dy[at + c]! * gain[c]!);
    // x moves x̂ by itself, by the mean and by the deviation.
    const dDeviation = -dNormed.reduce((sum, one, c) => sum + one * (of[c]! - middle), 0) * inverse ** 2; // prettier-ignore
    const dMiddle = -inverse * dNormed.reduce((a, b) => a + b, 0);
    made.inverse[row] = inverse;
    for (let c = 0; c < H; c++) {
      made.normed[at + c] = normed[c]!;
      made.y[at + c] = normed[c]! * gain[c]! + bias[c]!;
      made.dx[at + c] = dNormed[c]! * inverse + (dDeviation * normed[c]!) / H + dMiddle / H;
      made.dGain[c]! += dy[at + c]! * normed[c]!;
      made.dBias[c]! += dy[at + c]!;
    }
  }
  return made;
}

const ways = {
  'of our own': [layerNorm, normGradInOneOperation],
  'of TensorFlow': [normInTensorFlows, normGradInTensorFlows],
} as const;

function found({ rows, width, x, gain, bias, dy }: Case, way: keyof typeof ways) {
  const [norm, grad] = ways[way];
  const copy = (value: Value): Float32Array => Float32Array.from(read(value));
  const made: Record<string, Float32Array> = {};
  scope(() => {
    const scales = tensor(gain, [width]);
    const [y, normed, inverseDeviation] = norm(tensor(x, [rows, width]), scales, tensor(bias, [width]), EPSILON); // prettier-ignore
    const [dx, dGain, dBias] = grad(tensor(dy, [rows, width]), { normed, inverseDeviation }, scales, width); // prettier-ignore
    Object.assign(made, { y: copy(y), normed: copy(normed), inverse: copy(inverseDeviation), dx: copy(dx), dGain: copy(dGain), dBias: copy(dBias) }); // prettier-ignore
  });
  return made;
}

/** Relative to the largest number wanted, or to 1. */
function largestError(found: Float32Array, wanted: Float64Array): number {
  const largest = wanted.reduce((most, one) => Math.max(most, Math.abs(one)), 1);
  return wanted.reduce((most, one, n) => Math.max(most, Math.abs(one - found[n]!)), 0) / largest;
}

it('is our own where our set-up compiled the addon', () => expect(hasLayerNorm()).toBe(isOurs));

// fewer columns than lanes, lanes and a rest, OPT-125M's; so many rows that threads share them
const shapes = [[1, 2], [3, 7], [5, 32], [2_000, 100], [700, 256], [300, 768]] as const; // prettier-ignore
describe.each((Object.keys(ways) as (keyof typeof ways)[]).filter((way) => isOurs || way !== 'of our own'))('operations %s', (way) => {
  it.each(shapes)('%i rows of %i numbers', (rows, width) => {
    const one = caseOf(rows, width);
    const [made, right] = [found(one, way), wanted(one)];
    for (const [part, values] of Object.entries(right)) {
      expect(made[part], part).toHaveLength(values.length);
      expect(largestError(made[part]!, values), part).toBeLessThan(3e-6);
    }
  });

  it('numbers far from 0 and small ones keep their shape', () => {
    for (const one of [caseOf(4, 256, 0.01, 3), caseOf(4, 256, 1e-3)]) {
      const [made, right] = [found(one, way), wanted(one)];
      const error = largestError(made['normed']!, right.normed);
      expect(error).toBeLessThan(2e-4); // float32 holds 3 ± 0.01 to 2e-7
    }
  });
}); // prettier-ignore

describe.runIf(isOurs)('inputs that do not fit', () => {
  const of = (...shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape); // prettier-ignore
  it('are refused', () => {
    scope(() => {
      expect(() => layerNorm(of(3, 4), of(5), of(4), EPSILON)).toThrow(/do not fit each other/);
      expect(() => layerNorm(of(3, 4), of(4), of(3), EPSILON)).toThrow(/do not fit each other/);
      expect(() => layerNormGrad(of(3, 4), of(3, 5), of(3, 1), of(4))).toThrow(/do not fit/);
      expect(() => layerNormGrad(of(3, 4), of(3, 4), of(4, 1), of(4))).toThrow(/do not fit/);
    });
  });
});
