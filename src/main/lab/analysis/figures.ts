// Numbers as the window gets them: what is not defined (NaN, infinite) is null.
import type { Figure } from '../../../shared/ngram.ts';
import type { Share } from '../../../shared/trajectories.ts';
import { wilson, type Interval } from './intervals.ts';

export const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;

export const figure = (value: number, { low, high }: Interval): Figure => ({
  value: finite(value),
  low: finite(low),
  high: finite(high),
});

/** So many of so many, with Wilson's interval. */
export function share(count: number, of: number): Share {
  const { low, high } = wilson(count, of);
  return { count, of, share: finite(count / of), low: finite(low), high: finite(high) };
}
