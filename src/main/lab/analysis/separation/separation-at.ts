// A class at one checkpoint in full: every statistic with its interval, and the same where length cannot sway it.
import type { SeparationFigures, SeparationRow, Side } from '../../../../shared/trajectories.ts';
import { effectIntervals } from './bootstrap-effects.ts';
import { figure, finite } from '../figures.ts';
import { lengthMatched, perToken } from './score-variants.ts';
import { pointFigures, type ScoresOverTime, type SeparationParameters } from './separation.ts';
import { holm, signTest } from '../stats/multiple-tests.ts';
import { drawResamples, pairResamples, percentileInterval, resampledMeans } from '../stats/resample.ts'; // prettier-ignore
import { disagreeing, sideOf } from './verdicts.ts';

export type SeparationAt = Pick<SeparationRow, 'all' | 'lengthMatched' | 'perToken' | 'byTemplate'>;

/**
 * Some 50 ms for 1,000 pairs and resamples. p-values are not corrected yet (`withVerdicts` does).
 * @param pairs indexes of those that count; @returns undefined where there are none, or they are not scored here
 */
export function separationAt(
  scores: ScoresOverTime,
  pairs: Uint32Array,
  checkpoint: number,
  parameters: SeparationParameters,
): SeparationAt | undefined {
  const here = atCheckpoint(scores, pairs, checkpoint);
  const [good] = here.good;
  if (!good || good.length === 0 || !Array.from(good).every(Number.isFinite)) return undefined;
  const matched = lengthMatched(here);
  return {
    all: figures(here, parameters),
    lengthMatched: matched.good[0]?.length ? figures(matched, parameters) : null,
    perToken: figures(perToken(here), parameters),
    byTemplate: byTemplate(here, parameters),
  };
}

const kinds = ['all', 'lengthMatched', 'perToken'] as const;
/** p of a class's sign test over each kind of its scores; NaN where there are none. */
export type SignTestPs = Record<(typeof kinds)[number], number>;

/** All of a class that the correction of another class's p-values needs. */
export function signTestPs(
  scores: ScoresOverTime,
  pairs: Uint32Array,
  checkpoint: number,
): SignTestPs {
  const here = atCheckpoint(scores, pairs, checkpoint);
  const p = ({ good: [good], bad: [bad] }: ScoresOverTime): number => {
    let [positive, negative] = [0, 0];
    for (let i = 0; i < (good?.length ?? 0); i++) {
      const delta = (good?.[i] ?? NaN) - (bad?.[i] ?? NaN);
      if (Number.isNaN(delta)) return NaN;
      if (delta > 0) positive++;
      else if (delta < 0) negative++;
    }
    return good?.length ? signTest(positive, negative) : NaN;
  };
  return { all: p(here), lengthMatched: p(lengthMatched(here)), perToken: p(perToken(here)) };
}

function atCheckpoint(scores: ScoresOverTime, pairs: Uint32Array, c: number): ScoresOverTime {
  const pick = (values: ArrayLike<number> | undefined): Float64Array =>
    Float64Array.from(pairs, (i) => values?.[i] ?? NaN);
  return {
    ...scores,
    good: [pick(scores.good[c])],
    bad: [pick(scores.bad[c])],
    goodTokens: pick(scores.goodTokens),
    badTokens: pick(scores.badTokens),
    templates: scores.templates && pick(scores.templates),
  };
}

function figures(scores: ScoresOverTime, parameters: SeparationParameters): SeparationFigures {
  const good = Float64Array.from(scores.good[0] ?? []);
  const bad = Float64Array.from(scores.bad[0] ?? []);
  const point = pointFigures(good, bad, scores.ties, parameters.trim);
  const drawn = pairResamples(good.length, parameters.resamples, parameters.seed);
  const interval = effectIntervals(good, bad, drawn, parameters);
  return {
    pairs: good.length,
    right: point.right,
    ties: point.ties,
    accuracy: figure(point.accuracy, { low: point.accuracyLow, high: point.accuracyHigh }),
    p: finite(point.signTestP),
    pHolm: null,
    meanDelta: figure(point.meanDelta, interval.meanDelta),
    medianDelta: figure(point.medianDelta, interval.medianDelta),
    trimmedMeanDelta: figure(point.trimmedMeanDelta, interval.trimmedMeanDelta),
    dz: figure(point.pairedDz, interval.pairedDz),
    auc: figure(point.auc, interval.auc),
    dPrime: figure(point.dPrime, interval.dPrime),
    side: sideOf(interval.meanDelta.low, interval.meanDelta.high),
  };
}

function byTemplate(
  { good, bad, ties, templates }: ScoresOverTime,
  { resamples, seed }: SeparationParameters,
): SeparationRow['byTemplate'] {
  const n = good[0]?.length ?? 0;
  const count = new Set(Array.from(templates ?? [])).size;
  if (!templates || count < 2 || count === n) return null;
  const deltas = Float64Array.from({ length: n }, (_, i) => (good[0]?.[i] ?? NaN) - (bad[0]?.[i] ?? NaN)); // prettier-ignore
  const outcomes = deltas.map((d) => Number(d > 0 || (d === 0 && ties === 'good')));
  const draws = resampledMeans(drawResamples(n, resamples, seed, templates), [deltas, outcomes]);
  const interval = (k: number) => percentileInterval(draws.filter((_, at) => at % 2 === k));
  const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / n;
  return {
    templates: count,
    meanDelta: figure(mean(deltas), interval(0)),
    accuracy: figure(mean(outcomes), interval(1)),
  };
}

const alpha = 0.05;

/**
 * Corrects p-values over the classes, and sets the verdicts of all methods side by side.
 * @param others classes that are corrected for, and have no row
 */
export function withVerdicts<R extends SeparationAt & Pick<SeparationRow, 'otherProfiles'>>(
  rows: readonly R[],
  others: readonly SignTestPs[] = [],
): (R & Pick<SeparationRow, 'verdicts' | 'disagreeing'>)[] {
  const corrected = kinds.map((kind) => holm([...rows.map((row) => row[kind]?.p ?? NaN), ...others.map((ps) => ps[kind])])); // prettier-ignore
  return rows.map((row, i) => {
    const adjusted = { ...row };
    kinds.forEach((kind, k) => {
      const of = row[kind];
      if (of) adjusted[kind] = { ...of, pHolm: finite(corrected[k]?.[i]) };
    });
    const verdicts = verdictsOf(adjusted);
    const differ = disagreeing(Object.fromEntries(verdicts.map(({ method, side }) => [method, side]))); // prettier-ignore
    return { ...adjusted, verdicts, disagreeing: differ };
  });
}

function verdictsOf(
  row: SeparationAt & Pick<SeparationRow, 'otherProfiles'>,
): SeparationRow['verdicts'] {
  const { all, lengthMatched: matched, perToken: rate, byTemplate: clustered } = row;
  const of = ({ low, high }: { low: number | null; high: number | null }, chance = 0): Side =>
    sideOf(low ?? NaN, high ?? NaN, chance);
  const majority = Math.sign(2 * all.right + all.ties - all.pairs) as Side;
  return [
    { method: 'mean Δ', side: all.side },
    { method: 'accuracy', side: of(all.accuracy, 0.5) },
    { method: 'sign test, Holm', side: (all.pHolm ?? 1) < alpha ? majority : 0 },
    { method: 'median Δ', side: of(all.medianDelta) },
    ...(matched ? [{ method: 'length-matched', side: matched.side }] : []),
    { method: 'per token', side: rate.side },
    ...(clustered ? [{ method: 'by template', side: of(clustered.meanDelta) }] : []),
    ...row.otherProfiles.map(({ profile, side }) => ({ method: `profile ${profile}`, side })),
  ];
}
