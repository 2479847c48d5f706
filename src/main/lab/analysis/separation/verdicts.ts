// On which side a class is, by several methods; where they differ, the reader is told.
import type { Side } from '../../../../shared/trajectories.ts';
import type { MeasureOverTime, Separation } from './separation.ts';
import { holm } from '../stats/multiple-tests.ts';

/** The side of an interval: wholly beyond `margin` from chance, or 0. NaN is on neither side. */
export function sideOf(low: number, high: number, chance = 0, margin = 0): Side {
  if (high < chance - margin) return -1;
  return low > chance + margin ? 1 : 0;
}

/** Sides at every checkpoint. */
export function sidesOf({ low, high, chance }: MeasureOverTime, margin = 0): Int8Array {
  return Int8Array.from(low, (l, c) => sideOf(l, high[c] as number, chance, margin));
}

/** The side by the exact sign test: that of the majority of untied pairs where p < alpha. */
export function signTestSide(
  { deltas, pairs, checkpoints }: Separation,
  checkpoint: number,
  p: number,
  alpha = 0.05,
): Side {
  // prettier-ignore
  let balance = 0;
  for (let i = 0; i < pairs.length; i++)
    balance += Math.sign(deltas[i * checkpoints + checkpoint] as number);
  return p < alpha ? (Math.sign(balance) as Side) : 0;
}

/** Sign-test p-values at one checkpoint, corrected over the classes by Holm's method. */
export const holmOverClasses = (classes: Separation[], checkpoint: number): Float64Array =>
  holm(classes.map((separation) => separation.signTestP[checkpoint] ?? NaN));

/** Verdicts by name of method, profile or length; a name is left out where it cannot be computed. */
export type Verdicts = Record<string, Side>;

/**
 * Names of verdicts that contradict the first: the other side, or one says a side and the other none.
 * Empty where all agree: then no badge is shown.
 */
export function disagreeing(verdicts: Verdicts): string[] {
  const [first, ...others] = Object.entries(verdicts);
  return others.filter(([, side]) => side !== first?.[1]).map(([name]) => name);
}
