import { describe, expect, it } from 'vitest';
import { bootstrapMean, quantile, wilson } from '../../src/main/lab/analysis/intervals.ts';
import { seededSample, seededUint32 } from '../../src/main/lab/analysis/random.ts';
import { summarise } from '../../src/main/lab/analysis/summary.ts';

describe('Wilson’s interval', () => {
  // Newcombe (1998), table I, method 3, 95 %.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is %f to %f, as published', (successes, trials, low, high) => {
    const interval = wilson(successes, trials);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });
  it('reaches 1 where all are right and is NaN for none', () => {
    expect(wilson(50, 50).high).toBe(1);
    expect(wilson(0, 0).low).toBeNaN();
  });
});

describe('the bootstrap interval of a mean', () => {
  it('is the same for the same seed and another for another', () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => Math.sin(i));
    expect(bootstrapMean(values)).toEqual(bootstrapMean(values));
    expect(bootstrapMean(values, { seed: 2 })).not.toEqual(bootstrapMean(values));
  });

  it('agrees with the normal interval for a large sample of mild shape', () => {
    const next = seededUint32(3);
    const values = Float64Array.from({ length: 2_000 }, () => next() / 2 ** 32);
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const halfWidth = 1.96 * Math.sqrt(1 / 12 / values.length);
    const { low, high } = bootstrapMean(values, { resamples: 5_000 });
    expect(low).toBeCloseTo(mean - halfWidth, 3);
    expect(high).toBeCloseTo(mean + halfWidth, 3);
  });

  it('covers the true mean about 95 times in a hundred', () => {
    const next = seededUint32(11);
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      // The sum of two uniform numbers around 0, and a shift.
      const values = Float64Array.from({ length: 100 }, () => (next() + next()) / 2 ** 32 - 1 + 0.3); // prettier-ignore
      const { low, high } = bootstrapMean(values, { seed: trial });
      if (low <= 0.3 && 0.3 <= high) covered++;
    }
    expect(covered / 400).toBeGreaterThan(0.91);
    expect(covered / 400).toBeLessThan(0.98);
  });

  it('is a point for one value or equal values, and NaN for none', () => {
    expect(bootstrapMean(Float64Array.of(1.5))).toEqual({ low: 1.5, high: 1.5 });
    expect(bootstrapMean(new Float64Array(10).fill(-2))).toEqual({ low: -2, high: -2 });
    expect(bootstrapMean(new Float64Array())).toEqual({ low: NaN, high: NaN });
  });

  it('takes quantiles as numpy.percentile does', () => {
    // numpy.percentile([1, 2, 4, 8, 16], [2.5, 50, 97.5])
    const sorted = Float64Array.of(1, 2, 4, 8, 16);
    expect(quantile(sorted, 0.025)).toBeCloseTo(1.1, 12);
    expect(quantile(sorted, 0.5)).toBe(4);
    expect(quantile(sorted, 0.975)).toBeCloseTo(15.2, 12);
  });
});

describe('a class’s summary', () => {
  const deltas = Float64Array.of(2, -1, 0, 0.5, 0);

  it('keeps ties apart', () => {
    const summary = summarise(deltas, 'apart');
    expect(summary).toMatchObject({ pairs: 5, right: 2, ties: 2 });
    expect(summary.meanDelta).toBeCloseTo(0.3, 12);
    expect(summary.sdDelta).toBeCloseTo(1.0954451150103321, 12); // numpy.std(…, ddof=1)
  });

  it('counts ties as right where the profile says so, and then has none', () => {
    expect(summarise(deltas, 'good')).toMatchObject({ pairs: 5, right: 4, ties: 0 });
  });
});

describe('a seeded sample', () => {
  it('has each number once, and a smaller one begins a larger one', () => {
    const large = seededSample(100, 60, 5);
    expect(new Set(large).size).toBe(60);
    expect(large.every((i) => i >= 0 && i < 100)).toBe(true);
    expect(seededSample(100, 20, 5)).toEqual(large.slice(0, 20));
    expect(seededSample(100, 20, 6)).not.toEqual(large.slice(0, 20));
  });

  it('is everything where more is asked for than there is', () => {
    expect(seededSample(5, 9, 1).sort()).toEqual([0, 1, 2, 3, 4]);
  });
});

it('the generator gives the numbers that it always gave', () => {
  const next = seededUint32(1);
  expect([next(), next(), next()]).toMatchInlineSnapshot(`
    [
      393288148,
      2174103013,
      3814759091,
    ]
  `);
});
