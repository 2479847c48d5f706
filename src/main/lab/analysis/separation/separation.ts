// How well a class's good sentences are told from its bad ones, checkpoint by checkpoint.
import { z } from 'zod';
import type { Profile } from '../../../../shared/domain.ts';
import type { Measure } from '../../../../shared/trajectories.ts';
import { wilson } from '../intervals.ts';
import { defaultTrim, mean, median, trimmedMean } from '../stats/centre.ts';
import { auc, dPrime, pairedDz } from '../stats/effect-size.ts';
import { signTest } from '../stats/multiple-tests.ts';
import { drawResamples, pairResamples, percentileInterval, resampledMeans } from '../stats/resample.ts'; // prettier-ignore

/** Scores of a class's pairs at every checkpoint of a run. */
export interface ScoresOverTime {
  uid: string;
  /** One array a checkpoint, one score (nats) a pair; not finite where a pair was not scored. */
  good: ArrayLike<number>[];
  bad: ArrayLike<number>[];
  /** Scored tokens of each pair's sentences. */
  goodTokens: ArrayLike<number>;
  badTokens: ArrayLike<number>;
  ties: Profile['ties'];
  /** `mean`: scores are per token already. */
  aggregation?: Profile['aggregation'];
  /** Pairs with the same number were made from one template; resamples then draw whole templates. */
  templates?: ArrayLike<number> | undefined;
}

export const SeparationParameters = z.object({
  /** Bootstrap resamples behind every interval. */
  resamples: z.int().min(100).max(100_000).default(1_000),
  /** Of the resamples: the same seed draws the same pairs at every checkpoint. */
  seed: z.int().min(0).max(0xffffffff).default(1),
  /** Share of pairs cut from each end for the trimmed mean. */
  trim: z.number().min(0).lt(0.5).default(defaultTrim),
});
export type SeparationParameters = z.infer<typeof SeparationParameters>;

/**
 * What is kept of a class so that everything else is computed from it at once. Arrays have one number a
 * checkpoint, draws one a resample and checkpoint (row-major [resamples × checkpoints]).
 */
export interface Separation {
  uid: string;
  checkpoints: number;
  /** Indexes, among the pairs given, of those scored at every checkpoint: only these are counted. */
  pairs: Uint32Array;
  /** score(good) − score(bad), nats: row-major [pairs × checkpoints]. */
  deltas: Float32Array;
  /** How often each pair changed between right and wrong; a Δ of 0 is passed over. */
  flips: Uint16Array;
  right: Uint32Array;
  /** Pairs with a Δ of 0; none under the tie rule `good`, which counts them as right. */
  ties: Uint32Array;
  accuracy: Float64Array;
  /** Wilson's 95 % interval of the accuracy. */
  accuracyLow: Float64Array;
  accuracyHigh: Float64Array;
  /** Exact, two-sided, ties dropped under either rule. */
  signTestP: Float64Array;
  meanDelta: Float64Array;
  medianDelta: Float64Array;
  trimmedMeanDelta: Float64Array;
  pairedDz: Float64Array;
  auc: Float64Array;
  dPrime: Float64Array;
  resamples: number;
  /** Means and accuracies of the resamples, and their percentile intervals. */
  draws: Record<Measure, Draws>;
}

export interface Draws {
  /** Row-major [resamples × checkpoints]. */
  values: Float32Array;
  /** The middle 95 %. */
  low: Float64Array;
  high: Float64Array;
}

/** Of the intervals that are kept; others are computed from the draws. */
export const keptConfidence = 0.95;

/** A checkpoint at which no pair has finite scores keeps its place, with NaN for every figure. */
export function separate(
  scores: ScoresOverTime,
  parameters: SeparationParameters = SeparationParameters.parse({}),
): Separation {
  const checkpoints = scores.good.length;
  const pairs = scoredThroughout(scores);
  const n = pairs.length;
  const numbers = (): Float64Array => new Float64Array(checkpoints).fill(NaN);
  const result: Omit<Separation, 'draws'> = {
    uid: scores.uid,
    checkpoints,
    pairs,
    deltas: new Float32Array(checkpoints * n),
    flips: new Uint16Array(n),
    right: new Uint32Array(checkpoints),
    ties: new Uint32Array(checkpoints),
    accuracy: numbers(),
    accuracyLow: numbers(),
    accuracyHigh: numbers(),
    signTestP: numbers(),
    meanDelta: numbers(),
    medianDelta: numbers(),
    trimmedMeanDelta: numbers(),
    pairedDz: numbers(),
    auc: numbers(),
    dPrime: numbers(),
    resamples: parameters.resamples,
  };
  const columns: Float64Array[] = [];
  const outcomes: Float64Array[] = [];
  for (let c = 0; c < checkpoints; c++) {
    const good = pick(scores.good[c], pairs);
    const bad = pick(scores.bad[c], pairs);
    const deltas = good.map((g, i) => g - (bad[i] as number));
    columns.push(deltas);
    outcomes.push(deltas.map((d) => (d > 0 || (d === 0 && scores.ties === 'good') ? 1 : 0)));
    for (let i = 0; i < n; i++) result.deltas[i * checkpoints + c] = deltas[i] as number;
    if (n === 0 || !deltas.every(Number.isFinite)) continue;
    const figures = pointFigures(good, bad, scores.ties, parameters.trim);
    for (const name of Object.keys(figures) as (keyof PointFigures)[])
      result[name][c] = figures[name];
  }
  for (let i = 0; i < n; i++)
    result.flips[i] = flipsOf(result.deltas.subarray(i * checkpoints, (i + 1) * checkpoints));
  const { resamples, seed } = parameters;
  const drawn = scores.templates
    ? drawResamples(n, resamples, seed, pick(scores.templates, pairs))
    : pairResamples(n, resamples, seed);
  const drawsOf = (of: Float64Array[]): Draws => {
    const values = resampledMeans(drawn, of);
    return { values, ...intervals(values, result.meanDelta, resamples, keptConfidence) };
  };
  return { ...result, draws: { meanDelta: drawsOf(columns), accuracy: drawsOf(outcomes) } };
}

function pick(values: ArrayLike<number> | undefined, pairs: Uint32Array): Float64Array {
  const picked = new Float64Array(pairs.length);
  for (let i = 0; i < pairs.length; i++) picked[i] = values?.[pairs[i] as number] ?? NaN;
  return picked;
}

function flipsOf(deltas: Float32Array): number {
  let flips = 0;
  let last = 0;
  for (const delta of deltas) {
    if (delta === 0 || Number.isNaN(delta)) continue;
    if (delta * last < 0) flips++;
    last = Math.sign(delta);
  }
  return flips;
}

/** What is said of pairs at one checkpoint, intervals from resamples aside. */
export interface PointFigures {
  right: number;
  ties: number;
  accuracy: number;
  accuracyLow: number;
  accuracyHigh: number;
  signTestP: number;
  meanDelta: number;
  medianDelta: number;
  trimmedMeanDelta: number;
  pairedDz: number;
  auc: number;
  dPrime: number;
}

/** @param good @param bad scores of the same pairs, all finite, at least one */
export function pointFigures(
  good: Float64Array,
  bad: Float64Array,
  tieRule: Profile['ties'],
  trim = defaultTrim,
): PointFigures {
  const deltas = good.map((g, i) => g - (bad[i] as number));
  const positive = count(deltas, (d) => d > 0);
  const zero = count(deltas, (d) => d === 0);
  const right = tieRule === 'good' ? positive + zero : positive;
  const sorted = deltas.toSorted();
  const { low, high } = wilson(right, deltas.length);
  return {
    right,
    ties: tieRule === 'good' ? 0 : zero,
    accuracy: right / deltas.length,
    accuracyLow: low,
    accuracyHigh: high,
    signTestP: signTest(positive, deltas.length - positive - zero),
    meanDelta: mean(deltas),
    medianDelta: median(sorted),
    trimmedMeanDelta: trimmedMean(sorted, trim),
    pairedDz: pairedDz(deltas),
    auc: auc(good, bad),
    dPrime: dPrime(good, bad),
  };
}

function count(values: Float64Array, is: (value: number) => boolean): number {
  let found = 0;
  for (const value of values) if (is(value)) found++;
  return found;
}

/** Indexes of pairs with finite scores at every checkpoint that has any. */
function scoredThroughout({ good, bad }: ScoresOverTime): Uint32Array {
  const n = good[0]?.length ?? 0;
  const missing = new Uint32Array(n);
  let scored = 0;
  good.forEach((scores, c) => {
    const absent: number[] = [];
    for (let i = 0; i < n; i++)
      if (!Number.isFinite(scores[i]) || !Number.isFinite(bad[c]?.[i])) absent.push(i);
    if (absent.length === n) return;
    scored++;
    for (const i of absent) missing[i] = 1;
  });
  return Uint32Array.from([...missing.keys()].filter((i) => scored > 0 && missing[i] === 0));
}

/** A measure over the checkpoints with its bootstrap interval. */
export interface MeasureOverTime extends Draws {
  value: Float64Array;
  /** What the measure is where good and bad sentences are not told apart. */
  chance: number;
}

/** Percentile intervals of any confidence from the cached draws. */
export function measureOverTime(
  { draws, resamples, ...separation }: Separation,
  measure: Measure,
  confidence = keptConfidence,
): MeasureOverTime {
  const { values } = draws[measure];
  return {
    ...draws[measure],
    ...(confidence === keptConfidence
      ? {}
      : intervals(values, separation.meanDelta, resamples, confidence)),
    value: separation[measure],
    chance: measure === 'accuracy' ? 0.5 : 0,
  };
}

/** NaN at a checkpoint that has no scores. */
function intervals(
  draws: Float32Array,
  meanDelta: Float64Array,
  resamples: number,
  confidence: number,
): { low: Float64Array; high: Float64Array } {
  const checkpoints = meanDelta.length;
  const low = new Float64Array(checkpoints).fill(NaN);
  const high = new Float64Array(checkpoints).fill(NaN);
  const column = new Float32Array(resamples);
  for (let c = 0; c < checkpoints; c++) {
    if (!Number.isFinite(meanDelta[c])) continue;
    for (let r = 0; r < resamples; r++) column[r] = draws[r * checkpoints + c] as number;
    const interval = percentileInterval(column, confidence);
    low[c] = interval.low;
    high[c] = interval.high;
  }
  return { low, high };
}
