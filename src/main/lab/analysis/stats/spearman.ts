// Spearman's rank correlation, its bootstrap interval and its permutation test.
import type { Interval } from '../intervals.ts';
import { seededUint32 } from '../random.ts';
import { midranks } from './ranks.ts';
import { drawResamples, percentileInterval } from './resample.ts';

/** Pearson's r of midranks, so ties are exact; NaN where either is constant, or for one point. */
export const spearman = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  pearson(midranks(x), midranks(y));

function pearson(x: Float64Array, y: Float64Array): number {
  const a = centred(x);
  const b = centred(y);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

function centred(values: Float64Array): Float64Array {
  const middle = values.reduce((sum, v) => sum + v, 0) / values.length;
  return values.map((v) => v - middle);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/**
 * Percentile bootstrap interval of Spearman's ρ, points drawn with replacement; with `clusters`
 * whole clusters (phenomena) are drawn.
 */
export function spearmanInterval(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { resamples = 1_000, seed = 1, confidence = 0.95, clusters }: { resamples?: number; seed?: number; confidence?: number; clusters?: ArrayLike<number> } = {}, // prettier-ignore
): Interval {
  const n = x.length;
  const { counts } = drawResamples(n, resamples, seed, clusters);
  const draws = Float64Array.from({ length: resamples }, (_, r) => {
    const chosen: number[] = [];
    for (let i = 0; i < n; i++)
      for (let k = counts[r * n + i] as number; k > 0; k--) chosen.push(i);
    return spearman(
      chosen.map((i) => x[i] as number),
      chosen.map((i) => y[i] as number),
    );
  });
  return percentileInterval(draws, confidence);
}

export interface PermutationTest {
  /** (1 + permutations at least as extreme) / (1 + permutations): never 0 (Phipson and Smyth, 2010). */
  pTwoSided: number;
  /** Of "ρ is greater than 0". */
  pGreater: number;
  permutations: number;
}

/** Shuffles y against x; NaN where ρ is. */
export function spearmanPermutation(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  { permutations = 9_999, seed = 1 } = {},
): PermutationTest {
  const a = centred(midranks(x));
  const b = centred(midranks(y));
  const observed = dot(a, b);
  const scale = Math.sqrt(dot(a, a) * dot(b, b));
  if (!(scale > 0)) return { pTwoSided: NaN, pGreater: NaN, permutations };
  // Equal sums must count as equal whatever the order in which they were added.
  const slack = 1e-12 * scale;
  const next = seededUint32(seed);
  let extreme = 0;
  let greater = 0;
  for (let p = 0; p < permutations; p++) {
    for (let i = b.length - 1; i > 0; i--) {
      const j = Math.floor((next() / 2 ** 32) * (i + 1));
      const kept = b[i] as number;
      b[i] = b[j] as number;
      b[j] = kept;
    }
    const sum = dot(a, b);
    if (sum >= observed - slack) greater++;
    if (Math.abs(sum) >= Math.abs(observed) - slack) extreme++;
  }
  return {
    pTwoSided: (1 + extreme) / (1 + permutations),
    pGreater: (1 + greater) / (1 + permutations),
    permutations,
  };
}
