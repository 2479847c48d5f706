// Densities of score distributions.
import { ascending, deviation, max, min, quantileSorted } from 'd3';

export interface Densities {
  /** Grid of values (nats). */
  at: number[];
  good: number[];
  bad: number[];
}

/**
 * Gaussian kernel densities of two sets on one grid, with one bandwidth for both (Silverman's rule,
 * 0.9 · min(sd, IQR / 1.34) · n^−1/5, the mean of the two), so that their heights compare.
 */
export function densities(good: number[], bad: number[], points = 96): Densities {
  const bandwidth = (silverman(good) + silverman(bad)) / 2 || 1;
  const low = Math.min(min(good) ?? 0, min(bad) ?? 0) - 2 * bandwidth;
  const high = Math.max(max(good) ?? 1, max(bad) ?? 1) + 2 * bandwidth;
  const at = Array.from({ length: points }, (_, i) => low + ((high - low) * i) / (points - 1));
  return { at, good: density(good, at, bandwidth), bad: density(bad, at, bandwidth) };
}

function density(values: number[], at: number[], bandwidth: number): number[] {
  const scale = 1 / (values.length * bandwidth * Math.sqrt(2 * Math.PI));
  return at.map((x) => {
    let sum = 0;
    for (const value of values) sum += Math.exp(-0.5 * ((x - value) / bandwidth) ** 2);
    return sum * scale;
  });
}

function silverman(values: number[]): number {
  const sorted = values.toSorted(ascending);
  const spread = (quantileSorted(sorted, 0.75) ?? 0) - (quantileSorted(sorted, 0.25) ?? 0);
  const sd = deviation(values) ?? 0;
  const width = spread > 0 ? Math.min(sd, spread / 1.34) : sd;
  return 0.9 * width * values.length ** -0.2;
}
