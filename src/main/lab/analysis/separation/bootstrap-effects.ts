// Bootstrap intervals of how far apart a class's sentences are at one checkpoint, by every statistic.
import type { Interval } from '../intervals.ts';
import { defaultTrim } from '../stats/centre.ts';
import { ratio } from '../stats/effect-size.ts';
import { sortedOrder } from '../stats/ranks.ts';
import { percentileInterval, type Resamples } from '../stats/resample.ts';

export const effectNames = [
  'meanDelta',
  'medianDelta',
  'trimmedMeanDelta',
  'pairedDz',
  'auc',
  'dPrime',
] as const;
export type EffectName = (typeof effectNames)[number];

/**
 * Percentile intervals. Resamples draw pairs (or, made so, templates): both sentences of a pair always
 * come together. Some 10 ms for 1,000 pairs and resamples.
 * @param good scores (nats) of the pairs at one checkpoint, all finite
 */
export function effectIntervals(
  good: ArrayLike<number>,
  bad: ArrayLike<number>,
  drawn: Resamples,
  { confidence = 0.95, trim = defaultTrim } = {},
): Record<EffectName, Interval> {
  const pairs = prepare(good, bad);
  const draws = effectNames.map(() => new Float64Array(drawn.resamples));
  for (let r = 0; r < drawn.resamples; r++) {
    const effects = weightedEffects(pairs, drawn.counts.subarray(r * drawn.n, (r + 1) * drawn.n), trim); // prettier-ignore
    effectNames.forEach((name, k) => ((draws[k] as Float64Array)[r] = effects[name]));
  }
  return Object.fromEntries(
    effectNames.map((name, k) => [name, percentileInterval(draws[k] as Float64Array, confidence)]),
  ) as Record<EffectName, Interval>;
}

/** What is worked out once, so that a resample is a few sums over typed arrays. */
interface Pairs {
  good: Float64Array;
  bad: Float64Array;
  deltas: Float64Array;
  /** Pairs by Δ. */
  order: Uint32Array;
  /** Good and bad sentences by score: the pair of each, 1 where it is its good one, 1 where the next has another score. */
  merged: { pair: Uint32Array; isGood: Uint8Array; isLast: Uint8Array };
}

export function prepare(good: ArrayLike<number>, bad: ArrayLike<number>): Pairs {
  const n = good.length;
  const deltas = Float64Array.from(good, (g, i) => g - (bad[i] as number));
  const all = new Float64Array(2 * n);
  all.set(good);
  all.set(bad, n);
  const sorted = sortedOrder(all);
  return {
    good: all.subarray(0, n),
    bad: all.subarray(n),
    deltas,
    order: sortedOrder(deltas),
    merged: {
      pair: sorted.map((k) => k % n),
      isGood: Uint8Array.from(sorted, (k) => Number(k < n)),
      isLast: Uint8Array.from(sorted, (k, at) => Number(all[k] !== all[sorted[at + 1] ?? -1])),
    },
  };
}

/** Every statistic of pairs that each occur `weights` times. NaN for none. */
export function weightedEffects(
  pairs: Pairs,
  weights: ArrayLike<number>,
  trim: number,
): Record<EffectName, number> {
  const { good, bad, deltas } = pairs;
  let n = 0;
  for (let i = 0; i < deltas.length; i++) n += weights[i] as number;
  const [delta, goods, bads] = [moments(deltas, weights), moments(good, weights), moments(bad, weights)]; // prettier-ignore
  return {
    meanDelta: delta.mean,
    medianDelta: meanOfRanks(pairs, weights, (n - 1) >> 1, (n >> 1) + 1),
    trimmedMeanDelta: meanOfRanks(pairs, weights, Math.floor(trim * n), n - Math.floor(trim * n)),
    pairedDz: ratio(delta.mean, Math.sqrt(delta.variance)),
    auc: weightedAuc(pairs, weights, n),
    dPrime: ratio(goods.mean - bads.mean, Math.sqrt((goods.variance + bads.variance) / 2)),
  };
}

/** Mean and sample variance of weighted numbers, by sums of what they are off the first. */
function moments(
  values: Float64Array,
  weights: ArrayLike<number>,
): { mean: number; variance: number } {
  const origin = values[0] as number;
  let [n, sum, squares] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const w = weights[i] as number;
    const off = (values[i] as number) - origin;
    n += w;
    sum += w * off;
    squares += w * off * off;
  }
  if (n === 0) return { mean: NaN, variance: NaN };
  const mean = origin + sum / n;
  const around = squares - (sum * sum) / n;
  // Where they hardly vary the difference is rounding: their squares are summed around the mean itself.
  const exact = around > 1e-6 * squares ? around : squaresAround(mean, values, weights);
  return { mean, variance: n < 2 ? NaN : exact / (n - 1) };
}

function squaresAround(mean: number, values: Float64Array, weights: ArrayLike<number>): number {
  const drawn = values.filter((_, i) => weights[i] !== 0);
  if (drawn.every((value) => value === drawn[0])) return 0;
  return values.reduce((sum, value, i) => sum + (weights[i] as number) * (value - mean) ** 2, 0);
}

/** Mean of the Δs at places from … to − 1 when all, repeated by weight, are sorted. */
function meanOfRanks(
  { deltas, order }: Pairs,
  weights: ArrayLike<number>,
  from: number,
  to: number,
): number {
  // prettier-ignore
  let sum = 0;
  let passed = 0;
  for (let k = 0; k < order.length && passed < to; k++) {
    const i = order[k] as number;
    const w = weights[i] as number;
    const used = Math.min(passed + w, to) - Math.max(passed, from);
    if (used > 0) sum += used * (deltas[i] as number);
    passed += w;
  }
  return sum / (to - from);
}

function weightedAuc({ merged }: Pairs, weights: ArrayLike<number>, n: number): number {
  const { pair, isGood, isLast } = merged;
  let [wins, badBelow, goodHere, here] = [0, 0, 0, 0];
  for (let k = 0; k < pair.length; k++) {
    const w = weights[pair[k] as number] as number;
    here += w;
    goodHere += w * (isGood[k] as number);
    if (isLast[k] === 0) continue;
    const badHere = here - goodHere;
    wins += goodHere * (badBelow + badHere / 2);
    badBelow += badHere;
    goodHere = here = 0;
  }
  return wins / (n * n);
}
