// Bootstrap resamples as a table of counts, so that one draw serves every checkpoint and statistic.
import { quantile, type Interval } from '../intervals.ts';
import { seededUint32 } from '../random.ts';

/** How often each of `n` units is in each resample; row-major [resamples × n]. */
export interface Resamples {
  resamples: number;
  n: number;
  counts: Uint16Array;
}

/**
 * Draws n of n units with replacement, `resamples` times. The draws are those of `bootstrapMean`
 * under the same seed. With `clusters` (one number a unit) whole clusters are drawn instead, as many
 * as there are, so that a resample's size varies with the sizes of its clusters.
 */
export function drawResamples(
  n: number,
  resamples: number,
  seed: number,
  clusters?: ArrayLike<number>,
): Resamples {
  const next = seededUint32(seed);
  const counts = new Uint16Array(resamples * n);
  const cluster = clusters && denseLabels(clusters);
  const units = cluster ? cluster.count : n;
  const drawn = new Uint16Array(units);
  const scale = units / 2 ** 32;
  for (let r = 0; r < resamples; r++) {
    drawn.fill(0);
    for (let i = 0; i < units; i++) {
      const unit = Math.floor(next() * scale);
      drawn[unit] = (drawn[unit] as number) + 1;
    }
    if (cluster)
      for (let i = 0; i < n; i++) counts[r * n + i] = drawn[cluster.labels[i] as number] as number;
    else counts.set(drawn, r * n);
  }
  return { resamples, n, counts };
}

const kept = new Map<string, Resamples>();

/** `drawResamples` without clusters; classes of one size have the same draws, so the last two sizes are kept. */
export function pairResamples(n: number, resamples: number, seed: number): Resamples {
  const key = `${n} ${resamples} ${seed}`;
  const drawn = kept.get(key) ?? drawResamples(n, resamples, seed);
  kept.delete(key);
  kept.set(key, drawn);
  const [oldest] = kept.keys();
  if (kept.size > 2 && oldest !== undefined) kept.delete(oldest);
  return drawn;
}

/** Labels renumbered 0 … count − 1 in the order of their first appearance. */
export function denseLabels(labels: ArrayLike<number>): { labels: Uint32Array; count: number } {
  const known = new Map<number, number>();
  const dense = Uint32Array.from(labels, (label) => {
    const id = known.get(label) ?? known.size;
    known.set(label, id);
    return id;
  });
  return { labels: dense, count: known.size };
}

/** Columns that are summed at a time. */
export const lanes = 8;

/**
 * Mean of each column under each resample: one product of the table of counts with the data.
 * @param columns each of `n` numbers, e.g. Δ (nats) of every pair at one checkpoint
 * @returns row-major [resamples × columns]; NaN where a resample is empty
 */
export function resampledMeans(resamples: Resamples, columns: ArrayLike<number>[]): Float32Array {
  const { n } = resamples;
  const width = columns.length;
  const means = new Float32Array(resamples.resamples * width);
  const { starts, units, weights } = drawnUnits(resamples);
  const blocks = Array.from({ length: Math.ceil(width / lanes) }, (_, b) =>
    interleave(columns.slice(b * lanes, (b + 1) * lanes), n),
  );
  const sums = new Float64Array(lanes);
  for (let r = 0; r < resamples.resamples; r++) {
    const [from, to] = [starts[r] as number, starts[r + 1] as number];
    let total = 0;
    for (let k = from; k < to; k++) total += weights[k] as number;
    for (let b = 0; b < blocks.length; b++) {
      weightedSums(blocks[b] as Float64Array, units, weights, from, to, sums);
      const filled = Math.min(lanes, width - b * lanes);
      for (let k = 0; k < filled; k++)
        means[r * width + b * lanes + k] = (sums[k] as number) / total;
    }
  }
  return means;
}

/** The table without its zeros: which units each resample has, and how often. */
interface DrawnUnits {
  /** Resample r is at starts[r] … starts[r + 1] − 1. */
  starts: Uint32Array;
  /** Where a unit's row of an interleaved block begins. */
  units: Uint32Array;
  weights: Float64Array;
}
const drawnUnitsOf = new WeakMap<Resamples, DrawnUnits>();

function drawnUnits(resamples: Resamples): DrawnUnits {
  const known = drawnUnitsOf.get(resamples);
  if (known) return known;
  const { n, counts } = resamples;
  const size = counts.reduce((sum, count) => sum + Number(count > 0), 0);
  const drawn: DrawnUnits = {
    starts: new Uint32Array(resamples.resamples + 1),
    units: new Uint32Array(size),
    weights: new Float64Array(size),
  };
  let k = 0;
  for (let r = 0; r < resamples.resamples; r++) {
    for (let i = 0; i < n; i++) {
      const count = counts[r * n + i] as number;
      if (count === 0) continue;
      drawn.units[k] = i * lanes;
      drawn.weights[k++] = count;
    }
    drawn.starts[r + 1] = k;
  }
  drawnUnitsOf.set(resamples, drawn);
  return drawn;
}

function interleave(columns: ArrayLike<number>[], n: number): Float64Array {
  const block = new Float64Array(n * lanes);
  columns.forEach((column, k) => {
    for (let i = 0; i < n; i++) block[i * lanes + k] = column[i] as number;
  });
  return block;
}

/** Eight sums in local variables: they stay in registers, which makes this some eight times faster. */
function weightedSums(
  block: Float64Array,
  units: Uint32Array,
  weights: Float64Array,
  from: number,
  to: number,
  sums: Float64Array,
): void {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = from; k < to; k++) {
    const at = units[k] as number;
    const w = weights[k] as number;
    s0 += w * (block[at] as number);
    s1 += w * (block[at + 1] as number);
    s2 += w * (block[at + 2] as number);
    s3 += w * (block[at + 3] as number);
    s4 += w * (block[at + 4] as number);
    s5 += w * (block[at + 5] as number);
    s6 += w * (block[at + 6] as number);
    s7 += w * (block[at + 7] as number);
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
  sums[4] = s4;
  sums[5] = s5;
  sums[6] = s6;
  sums[7] = s7;
}

/**
 * The middle `confidence` of draws, by linear interpolation; draws that are NaN (a statistic not
 * defined on that resample) are left out. NaN where none is left.
 */
export function percentileInterval(draws: ArrayLike<number>, confidence = 0.95): Interval {
  const sorted = draws instanceof Float32Array ? draws.toSorted() : new Float64Array(draws).sort();
  // NaNs are sorted to the end.
  let defined = sorted.length;
  while (defined > 0 && Number.isNaN(sorted[defined - 1])) defined--;
  if (defined === 0) return { low: NaN, high: NaN };
  const tail = (1 - confidence) / 2;
  const kept = sorted.subarray(0, defined);
  return { low: quantile(kept, tail), high: quantile(kept, 1 - tail) };
}
