// What modified Kneser–Ney takes off each count.
import { continuations, type NgramLevel } from './ngram-table.ts';

export interface Discounts {
  /** Taken off counts of 1, of 2, and of 3 or more. */
  off: [number, number, number];
  /** The corpus was too small or odd to tell; these are KenLM's fallback. */
  fallback: boolean;
}

const fallback: Discounts = { off: [0.5, 1, 1.5], fallback: true };

/**
 * D_j = j − (j + 1) Y n_{j+1} / n_j with Y = n₁ / (n₁ + 2 n₂), where n_j n-grams have the count j
 * (Chen and Goodman, "An empirical study of smoothing techniques", 1999, equation 26).
 */
export function discounts(level: NgramLevel, kind: 'seen' | 'continuations'): Discounts {
  const n = [0, 0, 0, 0, 0];
  for (let at = 0; at < level.size; at++) {
    const count = kind === 'seen' ? (level.counts[at] as number) : continuations(level, at);
    if (count > 0 && count <= 4) n[count] = (n[count] as number) + 1;
  }
  const [, n1, n2] = n as [number, number, number];
  const y = n1 / (n1 + 2 * n2);
  const off = [1, 2, 3].map((j) => j - ((j + 1) * y * (n[j + 1] as number)) / (n[j] as number));
  const usable = off.every((d, index) => d >= 0 && d <= index + 1);
  return usable ? { off: off as Discounts['off'], fallback: false } : fallback;
}

export const discountOf = ({ off }: Discounts, count: number): number =>
  count === 0 ? 0 : off[Math.min(count, 3) - 1] as number; // prettier-ignore
