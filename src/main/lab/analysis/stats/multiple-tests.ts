// The exact sign test, and Holm's correction over several tests.
import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';

/**
 * Exact two-sided sign test of "right and wrong are equally likely", ties dropped beforehand:
 * min(1, 2 P(X ≤ min(right, wrong))), X ~ Binomial(right + wrong, ½). With no pairs left, 1.
 */
export function signTest(right: number, wrong: number): number {
  const n = right + wrong;
  if (n === 0) return 1;
  return Math.min(1, 2 * binomialCdf(Math.min(right, wrong), n, 0.5));
}

/**
 * Holm's step-down adjusted p-values (Holm, "A simple sequentially rejective multiple test
 * procedure", 1979), in the order given. A NaN stays NaN and does not count as a test.
 */
export function holm(pValues: ArrayLike<number>): Float64Array {
  const adjusted = Float64Array.from(pValues);
  const order = [...adjusted.keys()].filter((i) => !Number.isNaN(adjusted[i]));
  order.sort((a, b) => (adjusted[a] as number) - (adjusted[b] as number));
  let running = 0;
  order.forEach((at, k) => {
    running = Math.max(running, Math.min(1, (order.length - k) * (adjusted[at] as number)));
    adjusted[at] = running;
  });
  return adjusted;
}
