// How much runs of one condition differ by their seed alone, and how many of them settle a question.
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { mean, variance } from '../stats/centre.ts';

/** Standard deviation within groups, each weighted by its degrees of freedom; null where no group has two values. */
export function pooledSd(groups: readonly (readonly number[])[]): number | null {
  let [squares, freedom] = [0, 0];
  for (const group of groups) {
    if (group.length < 2) continue;
    squares += (group.length - 1) * variance(group);
    freedom += group.length - 1;
  }
  return freedom === 0 ? null : Math.sqrt(squares / freedom);
}

/** More are not counted: no one trains so many. */
export const mostSeeds = 10_000;

/**
 * The least number of seeds n ≥ 2 with which the 95 % interval of their mean, by Student's t with n − 1 degrees of
 * freedom, reaches no further than ± halfWidth, were their standard deviation `sd`.
 */
export function seedsNeeded(sd: number, halfWidth: number): number {
  const reach = (n: number): number => (tQuantile(0.975, n - 1) * sd) / Math.sqrt(n);
  let [low, high] = [2, 2];
  while (reach(high) > halfWidth) {
    if (high >= mostSeeds) return mostSeeds;
    low = high + 1;
    high *= 2;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (reach(middle) > halfWidth) low = middle + 1;
    else high = middle;
  }
  return high;
}

/** Mean, standard deviation (0 for one value) and range. */
export function spread(values: readonly number[]): Record<'mean' | 'sd' | 'low' | 'high', number> {
  return {
    mean: mean(values),
    sd: values.length < 2 ? 0 : Math.sqrt(variance(values)),
    low: Math.min(...values),
    high: Math.max(...values),
  };
}
