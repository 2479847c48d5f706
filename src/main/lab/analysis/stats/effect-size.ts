// How far apart good and bad sentences lie, in units of their spread.
import { mean, variance } from './centre.ts';

/**
 * Paired d_z: mean of the differences over their standard deviation (Cohen, "Statistical power
 * analysis", 1988, §2.3.5). NaN for fewer than two pairs; ±Infinity where all differences are the
 * same and not 0; 0 where all are 0.
 */
export const pairedDz = (deltas: ArrayLike<number>): number =>
  ratio(mean(deltas), Math.sqrt(variance(deltas)));

/**
 * d′ of two unpaired distributions: the difference of their means over the root mean square of
 * their standard deviations (d_a of Simpson and Fitter, "What is the best index of
 * detectability?", 1973).
 */
export const dPrime = (good: ArrayLike<number>, bad: ArrayLike<number>): number =>
  ratio(mean(good) - mean(bad), Math.sqrt((variance(good) + variance(bad)) / 2));

export function ratio(difference: number, spread: number): number {
  return difference === 0 && spread === 0 ? 0 : difference / spread;
}

/**
 * Area under the ROC curve: the chance that a good sentence drawn at random has a higher score than
 * a bad one drawn at random, ties counted half (the Mann–Whitney U over the product of sizes). Unlike
 * accuracy it compares all with all, and so sees whether one threshold would do for every pair.
 */
export function auc(good: ArrayLike<number>, bad: ArrayLike<number>): number {
  const goods = Float64Array.from(good).sort();
  const bads = Float64Array.from(bad).sort();
  // A NaN is sorted to the end.
  if (Number.isNaN(goods.at(-1)) || Number.isNaN(bads.at(-1))) return NaN;
  let [below, upTo, wins] = [0, 0, 0];
  for (const score of goods) {
    while (below < bads.length && (bads[below] as number) < score) below++;
    while (upTo < bads.length && (bads[upTo] as number) <= score) upTo++;
    wins += (below + upTo) / 2;
  }
  return wins / (goods.length * bads.length);
}
