// The backward pass against finite differences, also where there is no other reference: with dropout, in bf16.
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/shared/domain.ts';
import { add, assign, mul, randomNormal, read, readVariable, scalar, scope, tensor } from '../../src/main/lab/engine/ops.ts'; // prettier-ignore
import type { Precision } from '../../src/main/lab/engine/products.ts';
import {
  causalMask,
  OptModel,
  parametersOf,
  type Dropout,
} from '../../src/main/lab/model/index.ts';
import { dropoutBy, dropoutFactors } from '../../src/main/lab/training/dropout.ts';
import { lossAndBackward } from '../../src/main/lab/training/index.ts';

const [rows, T] = [3, 9];
const shape: ModelConfig = { vocabSize: 70, layers: 2, hiddenSize: 24, heads: 3, ffnSize: 40, maxPositions: 12, dropout: 0.25, preLayerNorm: true, wordEmbedSize: 24 }; // prettier-ignore
const ids = Int32Array.from({ length: rows * T }, (_, i) => 2 + ((i * 37) % 66));
const next = Int32Array.from({ length: rows * (T - 1) }, (_, i) => ids[Math.floor(i / (T - 1)) * T + (i % (T - 1)) + 1]!); // prettier-ignore

/** Loss and gradients of one batch, under the same dropout each time. */
function lossOf(model: OptModel, precision: Precision = 'fp32') {
  let loss = NaN;
  const gradients: Record<string, Float32Array> = {};
  scope(() => {
    const seeds = tensor(Int32Array.of(5, 6), [2]);
    const dropout: Dropout | undefined = model.config.dropout > 0 ? dropoutBy(seeds, model.config, rows * T) : undefined; // prettier-ignore
    const input = { ids: tensor(ids, [rows * T]), positions: 'consecutive', mask: causalMask(T), rows, rowTokens: T } as const; // prettier-ignore
    const made = lossAndBackward(model.config, model.weights(precision), input, tensor(next, [next.length]), dropout); // prettier-ignore
    loss = read(made.loss)[0]!;
    for (const [name, value] of Object.entries(made.gradients)) gradients[name] = read(value);
  });
  return { loss, gradients };
}

const variants: [string, Partial<ModelConfig>][] = [
  ['pre-LN with dropout', {}],
  ['post-LN with dropout', { preLayerNorm: false }],
  ['pre-LN with projections', { wordEmbedSize: 16, dropout: 0 }],
  ['post-LN with projections and dropout', { wordEmbedSize: 16, preLayerNorm: false }],
];
describe.each(variants)('%s', (_name, change) => {
  const model = OptModel.init({ ...shape, ...change }, 1);
  afterAll(() => model.dispose());
  // Away from the start, where gradients are small beside float32's rounding of the loss.
  for (const { name, shape } of parametersOf(model.config))
    scope(() => {
      const moved = mul(randomNormal(shape, tensor(Int32Array.of(9, shape[0]!), [2])), scalar(0.3));
      assign(model.variables.get(name)!, add(model.read(name), moved));
    });

  it('each gradient is the slope along itself', () => {
    const { gradients } = lossOf(model);
    for (const { name, shape } of parametersOf(model.config)) {
      const gradient = gradients[name]!;
      const norm = Math.hypot(...gradient);
      const variable = model.variables.get(name)!;
      const original = read(readVariable(variable));
      const step = 0.01;
      const [up, down] = [step, -step].map((by) => {
        scope(() =>
          assign(
            variable,
            tensor(
              original.map((x, i) => x + (by * gradient[i]!) / norm),
              shape,
            ),
          ),
        );
        return lossOf(model).loss;
      });
      scope(() => assign(variable, tensor(original, shape)));
      const slope = (up! - down!) / (2 * step);
      expect(Math.abs(slope / norm - 1), name).toBeLessThan(0.05);
    }
  });
});

describe('bf16', () => {
  it('gives nearly the gradients of fp32, and not quite', () => {
    const model = OptModel.init({ ...shape, dropout: 0 }, 2);
    const [exact, rounded] = [lossOf(model), lossOf(model, 'bf16')];
    expect(Math.abs(rounded.loss / exact.loss - 1)).toBeLessThan(1e-3);
    const all = ({ gradients }: typeof exact) =>
      Object.values(gradients).flatMap((each) => [...each]);
    const [a, b] = [all(exact), all(rounded)];
    const error = Math.hypot(...a.map((x, i) => x - b[i]!)) / Math.hypot(...a);
    expect(error).toBeLessThan(0.06); // PyTorch's autocast on the golden model: 0.025, and this there: 0.025
    expect(error).toBeGreaterThan(1e-4);
    model.dispose();
  });
});

describe('dropout', () => {
  const factors = (p: number, ...seeds: number[]) => {
    let numbers = new Float32Array();
    scope(() => {
      numbers = read(dropoutFactors([500, 400], p, tensor(Int32Array.from(seeds), [2]))) as Float32Array<ArrayBuffer>; // prettier-ignore
    });
    return numbers;
  };
  it.each([0.1, 0.5, 0.9])('drops a share of %f and keeps the mean', (p) => {
    const drawn = factors(p, 1, 2);
    const zeros = drawn.reduce((count, x) => count + (x === 0 ? 1 : 0), 0);
    // Five standard deviations of a binomial share.
    expect(Math.abs(zeros / drawn.length - p)).toBeLessThan(
      5 * Math.sqrt((p * (1 - p)) / drawn.length),
    );
    expect(new Set(drawn.map(Math.abs))).toEqual(new Set([0, Math.fround(1 / (1 - p))]));
  });
  it('is fixed by its seeds', () => {
    expect(factors(0.5, 1, 2)).toEqual(factors(0.5, 1, 2));
    for (const other of [factors(0.5, 1, 3), factors(0.5, 2, 2)]) {
      const both = factors(0.5, 1, 2).reduce((count, x, i) => count + (x > 0 && other[i]! > 0 ? 1 : 0), 0); // prettier-ignore
      expect(Math.abs(both / other.length - 0.25)).toBeLessThan(0.01); // independent streams
    }
  });
});
