// Where a set of numbers has its middle. Each is NaN for no numbers.

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Variance with n − 1 in the denominator; NaN for fewer than two numbers. */
export function variance(values: ArrayLike<number>): number {
  const n = values.length;
  if (n < 2) return NaN;
  const middle = mean(values);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - middle) ** 2;
  return squares / (n - 1);
}

/** Of sorted numbers; of an even count the mean of the two in the middle. */
export function median(sorted: ArrayLike<number>): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  return ((sorted[(n - 1) >> 1] as number) + (sorted[n >> 1] as number)) / 2;
}

/** The share cut from each end by `trimmedMean`: the usual 10 %. */
export const defaultTrim = 0.1;

/** Mean of sorted numbers without the floor(share × n) at each end (as scipy's `trim_mean`). */
export function trimmedMean(sorted: Float64Array, share = defaultTrim): number {
  const cut = Math.floor(share * sorted.length);
  return mean(sorted.subarray(cut, sorted.length - cut));
}
