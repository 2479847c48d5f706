// Intervals: Wilson's for a share, a percentile bootstrap for a mean.
import { seededUint32 } from './random.ts';

export interface Interval {
  low: number;
  high: number;
}

/** The 0.975 quantile of the standard normal distribution. */
const z95 = 1.959963984540054;

/**
 * Wilson's score interval, 95 %, without continuity correction (Wilson 1927; method 3 in Newcombe,
 * "Two-sided confidence intervals for the single proportion", 1998). NaN for no trials.
 */
export function wilson(successes: number, trials: number): Interval {
  if (trials === 0) return { low: NaN, high: NaN };
  const share = successes / trials;
  const spread = z95 * Math.sqrt((share * (1 - share) + (z95 * z95) / (4 * trials)) / trials);
  const middle = share + (z95 * z95) / (2 * trials);
  const scale = 1 + (z95 * z95) / trials;
  // At 0 and at all, the bound is the share itself; rounding must not move it past.
  return {
    low: successes === 0 ? 0 : (middle - spread) / scale,
    high: successes === trials ? 1 : (middle + spread) / scale,
  };
}

export const bootstrapResamples = 1_000;

/**
 * Percentile bootstrap interval (95 %) of the mean, resampling values with replacement. The same
 * seed draws the same pairs for every set of that size, so that intervals along a trajectory move
 * with the data and not with the draw. Bounds are linear interpolations, as numpy's percentile has
 * them. NaN for no values.
 */
export function bootstrapMean(
  values: Float64Array,
  { resamples = bootstrapResamples, seed = 1 } = {},
): Interval {
  const n = values.length;
  if (n === 0) return { low: NaN, high: NaN };
  const next = seededUint32(seed);
  const scale = n / 2 ** 32;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += values[Math.floor(next() * scale)] as number;
    means[r] = sum / n;
  }
  means.sort();
  return { low: quantile(means, 0.025), high: quantile(means, 0.975) };
}

/** Of sorted values, by linear interpolation (type 7 of Hyndman and Fan, 1996). */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const low = sorted[below] as number;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}
