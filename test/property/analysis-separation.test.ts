// Separation: cached figures are those of the plain definitions; resamples are one draw for all.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectIntervals, prepare, weightedEffects } from '../../src/main/lab/analysis/separation/bootstrap-effects.ts'; // prettier-ignore
import { bootstrapMean } from '../../src/main/lab/analysis/intervals.ts';
import {
  lengthMatched,
  matchedShare,
  perToken,
} from '../../src/main/lab/analysis/separation/score-variants.ts';
import { measureOverTime, separate, SeparationParameters, type ScoresOverTime } from '../../src/main/lab/analysis/separation/separation.ts'; // prettier-ignore
import { mean, median, trimmedMean } from '../../src/main/lab/analysis/stats/centre.ts';
import { auc, dPrime, pairedDz } from '../../src/main/lab/analysis/stats/effect-size.ts';
import { drawResamples, percentileInterval, resampledMeans } from '../../src/main/lab/analysis/stats/resample.ts'; // prettier-ignore
import { summarise } from '../../src/main/lab/analysis/summary.ts';
import { disagreeing, holmOverClasses, sideOf, sidesOf, signTestSide } from '../../src/main/lab/analysis/separation/verdicts.ts'; // prettier-ignore
import { logAxis, randomNumbers, simulateClass } from './analysis-simulation.ts';

const axis = logAxis(6);
const someClass = (ties: 'apart' | 'good' = 'apart'): ScoresOverTime => {
  const scores = simulateClass(axis, { pairs: 53, course: (share) => 2 * share - 0.5 }, 7);
  // Whole nats, so that there are ties.
  return { ...scores, ties, good: scores.good.map((g) => Float64Array.from(g, Math.round)) };
};

describe('separation', () => {
  it.each(['apart', 'good'] as const)('agrees with the stored class summaries, ties %s', (ties) => {
    const scores = someClass(ties);
    const separation = separate(scores);
    const interval = measureOverTime(separation, 'meanDelta');
    scores.good.forEach((good, c) => {
      const deltas = Float64Array.from(good, (g, i) => g - (scores.bad[c]?.[i] ?? NaN));
      const summary = summarise(deltas, ties);
      expect(separation.right[c]).toBe(summary.right);
      expect(separation.ties[c]).toBe(summary.ties);
      expect(separation.meanDelta[c]).toBeCloseTo(summary.meanDelta, 12);
      // The same draws, kept as float32.
      expect(interval.low[c]).toBeCloseTo(summary.meanDeltaLow, 5);
      expect(interval.high[c]).toBeCloseTo(summary.meanDeltaHigh, 5);
    });
  });

  it('counts only pairs scored throughout, and keeps the place of a checkpoint without scores', () => {
    const scores = someClass();
    const good = scores.good.map((g) => Float64Array.from(g));
    (good[1] as Float64Array)[4] = NaN;
    (good[3] as Float64Array).fill(-Infinity);
    const separation = separate({ ...scores, good });
    expect(separation.pairs).toHaveLength(52);
    expect([...separation.pairs]).not.toContain(4);
    expect(separation.meanDelta[3]).toBeNaN();
    expect(separation.meanDelta[2]).toBeCloseTo(mean([...good[2] as Float64Array].filter((_, i) => i !== 4)) + 40, 10); // prettier-ignore
    const interval = measureOverTime(separation, 'accuracy');
    expect([interval.low[3], interval.high[3]]).toEqual([NaN, NaN]);
    expect(sidesOf(interval)[3]).toBe(0);
  });

  it('of no pairs, one pair, constant scores', () => {
    const few = (good: number[]): ScoresOverTime => ({
      ...someClass(),
      good: [good],
      bad: [good.map(() => -5)],
    });
    const none = separate(few([]));
    expect([none.accuracy[0], none.meanDelta[0], none.auc[0]]).toEqual([NaN, NaN, NaN]);
    const one = separate(few([-4]));
    expect([one.accuracy[0], one.meanDelta[0], one.pairedDz[0], one.signTestP[0]]).toEqual([1, 1, NaN, 1]); // prettier-ignore
    expect(measureOverTime(one, 'meanDelta')).toMatchObject({ low: Float64Array.of(1), high: Float64Array.of(1) }); // prettier-ignore
    const same = separate(few([-5, -5, -5]));
    expect([same.ties[0], same.accuracy[0], same.pairedDz[0], same.auc[0]]).toEqual([3, 0, 0, 0.5]);
  });

  it('per token, and on pairs matched in length', () => {
    const scores = {
      ...someClass(),
      good: [[-8, -9, -6]],
      bad: [[-12, -9, -5]],
      goodTokens: [4, 3, 2],
      badTokens: [4, 2, 2],
    };
    expect([...separate(perToken(scores)).deltas]).toEqual([1, 1.5, -0.5]);
    expect([...separate(lengthMatched(scores)).deltas]).toEqual([4, -1]);
    expect(matchedShare(scores)).toBeCloseTo(2 / 3);
  });
});

describe('resamples', () => {
  it('have the means that repeating the units gives', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer(),
        (n, width, seed) => {
          // prettier-ignore
          const { normal } = randomNumbers(seed);
          const columns = Array.from({ length: width }, () => Float64Array.from({ length: n }, normal)); // prettier-ignore
          const drawn = drawResamples(n, 5, seed);
          const means = resampledMeans(drawn, columns);
          for (let r = 0; r < 5; r++)
            columns.forEach((column, c) => {
              const repeated = [...column].flatMap((v, i) => Array<number>(drawn.counts[r * n + i] as number).fill(v)); // prettier-ignore
              expect(repeated).toHaveLength(n);
              expect(means[r * width + c]).toBeCloseTo(mean(repeated), 5);
            });
        },
      ),
    );
  });

  it('of templates draw whole templates, and give wider intervals where pairs of one are alike', () => {
    const { normal } = randomNumbers(3);
    const templates = Array.from({ length: 200 }, (_, i) => i % 10);
    const effect = Array.from({ length: 10 }, normal);
    const values = Float64Array.from(templates, (t) => (effect[t] as number) + 0.3 * normal());
    const drawn = drawResamples(200, 400, 1, templates);
    const whole = drawn.counts.every(
      (count, at) => count === drawn.counts[at - (at % 200) + (at % 10)],
    );
    expect(whole).toBe(true);
    const clustered = percentileInterval(resampledMeans(drawn, [values]));
    const plain = bootstrapMean(values);
    expect(clustered.high - clustered.low).toBeGreaterThan(2 * (plain.high - plain.low));
    const parameters = SeparationParameters.parse({ resamples: 400 });
    const scores = { ...someClass(), good: [values], bad: [new Float64Array(200)], templates };
    const interval = measureOverTime(separate(scores, parameters), 'meanDelta');
    expect([interval.low[0], interval.high[0]]).toEqual([clustered.low, clustered.high]);
  });

  it('cover the true mean about as often as they say', () => {
    const { normal } = randomNumbers(11);
    let covered = 0;
    for (let trial = 0; trial < 400; trial++) {
      const values = Float64Array.from({ length: 60 }, () => 1 + normal() ** 2);
      const { low, high } = percentileInterval(resampledMeans(drawResamples(60, 400, trial), [values])); // prettier-ignore
      if (low <= 2 && 2 <= high) covered++;
    }
    // Skewed data and 60 units: a percentile bootstrap is known to fall a little short of 95 %.
    expect(covered / 400).toBeGreaterThan(0.9);
    expect(covered / 400).toBeLessThan(0.985);
  });
});

describe('effects under resampling', () => {
  const weight = fc.integer({ min: 0, max: 3 });
  const score = fc.integer({ min: -6, max: 0 });
  it('are the effects of the pairs repeated', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(score, score, weight), { minLength: 1, maxLength: 25 }),
        (pairs) => {
          // prettier-ignore
          const repeated = pairs.flatMap((p) => Array<typeof p>(p[2]).fill(p));
          fc.pre(repeated.length > 0);
          const good = repeated.map(([g]) => g);
          const bad = repeated.map(([, b]) => b);
          const deltas = Float64Array.from(good, (g, i) => g - (bad[i] as number));
          const sorted = deltas.toSorted();
          const effects = weightedEffects(
          prepare(pairs.map(([g]) => g), pairs.map(([, b]) => b)),
          pairs.map(([, , w]) => w),
          0.1,
        ); // prettier-ignore
          const near = (value: number): unknown => (Number.isFinite(value) ? expect.closeTo(value, 8) : value); // prettier-ignore
          expect(effects).toEqual({
            meanDelta: near(mean(deltas)),
            medianDelta: near(median(sorted)),
            trimmedMeanDelta: near(trimmedMean(sorted)),
            pairedDz: near(pairedDz(deltas)),
            auc: near(auc(good, bad)),
            dPrime: near(dPrime(good, bad)),
          });
        },
      ),
    );
  });

  it('have intervals around their values', () => {
    const { good, bad } = someClass();
    const last = good.length - 1;
    const [g, b] = [good[last] as Float64Array, bad[last] as Float64Array];
    const intervals = effectIntervals(g, b, drawResamples(g.length, 500, 1));
    const { low, high } = measureOverTime(separate(someClass(), SeparationParameters.parse({ resamples: 500 })), 'meanDelta'); // prettier-ignore
    expect(intervals.meanDelta.low).toBeCloseTo(low[last] as number, 5);
    expect(intervals.meanDelta.high).toBeCloseTo(high[last] as number, 5);
    expect(intervals.auc.low).toBeLessThan(auc(g, b));
    expect(intervals.auc.high).toBeGreaterThan(auc(g, b));
  });
});

describe('verdicts', () => {
  it('need the whole interval beyond the margin', () => {
    expect(sideOf(-2, -0.1)).toBe(-1);
    expect(sideOf(-2, -0.1, 0, 0.2)).toBe(0);
    expect(sideOf(0.4, 0.49, 0.5)).toBe(-1);
    expect(sideOf(0.51, 0.6, 0.5)).toBe(1);
    expect(sideOf(NaN, NaN)).toBe(0);
  });

  it('by the sign test follow the majority of pairs, not their mean', () => {
    // 30 pairs slightly right, 5 hugely wrong: the mean is wrong, the majority right.
    const good = Float64Array.from({ length: 35 }, (_, i) => (i < 30 ? 0.1 : -10));
    const separation = separate({ ...someClass(), good: [good], bad: [new Float64Array(35)] });
    expect(separation.meanDelta[0]).toBeLessThan(0);
    expect(signTestSide(separation, 0, separation.signTestP[0] as number)).toBe(1);
    expect(holmOverClasses([separation, separation], 0)[0]).toBeCloseTo(2 * (separation.signTestP[0] as number), 12); // prettier-ignore
    expect(disagreeing({ mean: -1, sign: 1, perToken: -1, matched: 0 })).toEqual(['sign', 'matched']); // prettier-ignore
  });
});
