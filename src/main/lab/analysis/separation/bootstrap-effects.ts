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

interface Pairs {
  good: ArrayLike<number>;
  bad: ArrayLike<number>;
  deltas: Float64Array;
  /** Pairs by Δ. */
  order: Uint32Array;
  /** Good (i) and bad (n + i) sentences by score. */
  merged: Uint32Array;
}

export function prepare(good: ArrayLike<number>, bad: ArrayLike<number>): Pairs {
  const deltas = Float64Array.from(good, (g, i) => g - (bad[i] as number));
  const all = Float64Array.from([...Array.from(good), ...Array.from(bad)]);
  return { good, bad, deltas, order: sortedOrder(deltas), merged: sortedOrder(all) };
}

/** Every statistic of pairs that each occur `weights` times. NaN for none. */
export function weightedEffects(
  pairs: Pairs,
  weights: ArrayLike<number>,
  trim: number,
): Record<EffectName, number> {
  const { good, bad, deltas } = pairs;
  let n = 0;
  const [delta, goods, bads] = [new Moments(), new Moments(), new Moments()];
  for (let i = 0; i < deltas.length; i++) {
    const w = weights[i] as number;
    if (w === 0) continue;
    n += w;
    delta.add(deltas[i] as number, w);
    goods.add(good[i] as number, w);
    bads.add(bad[i] as number, w);
  }
  const meanDelta = delta.mean();
  return {
    meanDelta,
    medianDelta: meanOfRanks(pairs, weights, (n - 1) >> 1, (n >> 1) + 1),
    trimmedMeanDelta: meanOfRanks(pairs, weights, Math.floor(trim * n), n - Math.floor(trim * n)),
    pairedDz: ratio(meanDelta, Math.sqrt(delta.variance())),
    auc: weightedAuc(pairs, weights, n),
    dPrime: ratio(goods.mean() - bads.mean(), Math.sqrt((goods.variance() + bads.variance()) / 2)),
  };
}

/** Mean and variance of weighted numbers as they come (West, "Updating mean and variance estimates", 1979). */
class Moments {
  #n = 0;
  #mean = NaN;
  #squares = 0;

  add(value: number, weight: number): void {
    if (this.#n === 0) this.#mean = value;
    this.#n += weight;
    const off = value - this.#mean;
    this.#mean += (off * weight) / this.#n;
    this.#squares += weight * off * (value - this.#mean);
  }

  mean(): number {
    return this.#mean;
  }

  variance(): number {
    return this.#n < 2 ? NaN : this.#squares / (this.#n - 1);
  }
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

function weightedAuc({ good, bad, merged }: Pairs, weights: ArrayLike<number>, n: number): number {
  const pairs = good.length;
  const scoreOf = (k: number): number => (k < pairs ? good[k] : bad[k - pairs]) as number;
  let wins = 0;
  let badBelow = 0;
  for (let from = 0, to = 0; from < merged.length; from = to) {
    const score = scoreOf(merged[from] as number);
    let [goodHere, badHere] = [0, 0];
    // The first one counts in any case: NaN is not itself.
    for (; to < merged.length && (to === from || scoreOf(merged[to] as number) === score); to++) {
      const k = merged[to] as number;
      if (k < pairs) goodHere += weights[k] as number;
      else badHere += weights[k - pairs] as number;
    }
    wins += goodHere * (badBelow + badHere / 2);
    badBelow += badHere;
  }
  return wins / (n * n);
}
