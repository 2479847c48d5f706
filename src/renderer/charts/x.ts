// The x axis that all charts of a page share: training time in steps, tokens or words.
import { bisectCenter, scaleLinear, scaleSymlog } from 'd3';
import { countSeen } from '../../shared/count-seen.ts';
import type { Trajectories } from '../../shared/domain.ts';
import { count, short } from '../format.ts';

/** A moment of training; checkpoints and metric points are such. */
export interface Moment {
  step: number;
  tokensSeen: number;
  wordsSeen: number;
}
export type XMetric = 'steps' | 'tokens' | 'words';

export interface XAxis {
  metric: XMetric;
  log: boolean;
  /** In order; the axis runs from the first to the last. */
  moments: Moment[];
  /** Where the axis ends, if that is later: another run's last moment. */
  until?: Moment;
}

/** Space left and right of the first and the last moment, so that their marks are whole (px). */
const inset = 6;

export function xValue(moment: Moment, metric: XMetric): number {
  if (metric === 'steps') return moment.step;
  return metric === 'tokens' ? moment.tokensSeen : moment.wordsSeen;
}

export const momentsOf = (
  all: Pick<Trajectories, 'steps' | 'tokensSeen' | 'wordsSeen'>,
): Moment[] =>
  all.steps.map((step, i) => ({
    step,
    tokensSeen: all.tokensSeen[i] ?? 0,
    wordsSeen: all.wordsSeen[i] ?? 0,
  }));

/** In what the moments are counted: tokens or words are as far as they are known at the last. */
export const knownMetrics = (moments: Moment[]): XMetric[] => {
  const last = moments.at(-1);
  return (['steps', 'tokens', 'words'] as const).filter(
    (metric) => !last || countSeen(xValue(last, metric), last.step) !== null,
  );
};

/** Pixels (0 … width) of a moment. */
export type XScale = (moment: Moment) => number;

/**
 * The scale of an axis over `width` px. Log is symmetric log (log1p of x over the first positive
 * moment), since checkpoint 0 has a place too.
 */
export function xScale(axis: XAxis, width: number): XScale {
  const scale = valueScale(axis, width);
  return (moment) => scale(xValue(moment, axis.metric));
}

function valueScale({ metric, log, moments, until }: XAxis, width: number) {
  const values = moments.map((moment) => xValue(moment, metric));
  const first = values[0] ?? 0;
  const last = Math.max(values.at(-1) ?? 1, until ? xValue(until, metric) : 0);
  const scale = log
    ? scaleSymlog().constant(values.find((value) => value > 0) ?? 1)
    : scaleLinear();
  // A single moment stands in the middle.
  if (last === first) return scale.domain([first, first + 1]).range([width / 2, width - inset]);
  return scale.domain([first, last]).range([inset, width - inset]);
}

/** Ticks with their pixels, never closer than a label is wide. */
export function xTicks(axis: XAxis, width: number): { at: number; label: string }[] {
  const scale = valueScale(axis, width);
  const [low = 0, high = 1] = scale.domain();
  const values = axis.log
    ? [0, ...decades(high)]
    : scale.ticks(Math.max(2, Math.floor(width / 90)));
  const label = (value: number): string =>
    axis.metric === 'steps' && value < 1e6 ? count(value) : short(value);
  const ticks = values
    .filter((value) => value >= low && value <= high)
    .map((value) => ({ at: scale(value), label: label(value) }));
  // From the right, so that the largest decade keeps its label.
  const kept: typeof ticks = [];
  for (const tick of ticks.reverse())
    if ((kept.at(-1)?.at ?? Infinity) - tick.at >= 44) kept.push(tick);
  return kept.reverse();
}

function decades(high: number): number[] {
  const powers: number[] = [];
  for (let power = 1; power <= high; power *= 10) powers.push(power);
  return powers;
}

/** Index of the moment nearest to a pixel. */
export function nearest(axis: XAxis, width: number, pixel: number): number {
  const scale = xScale(axis, width);
  return bisectCenter(axis.moments.map(scale), pixel);
}

/** The moment of a step between others: tokens and words in proportion. */
export function momentAtStep(moments: Moment[], step: number): Moment {
  const after = moments.findIndex((moment) => moment.step >= step);
  const to = moments[after] ?? moments.at(-1) ?? { step, tokensSeen: 0, wordsSeen: 0 };
  const from = moments[after - 1] ?? to;
  const part = to.step === from.step ? 0 : (step - from.step) / (to.step - from.step);
  const between = (a: number, b: number): number => a + part * (b - a);
  return {
    step,
    tokensSeen: between(from.tokensSeen, to.tokensSeen),
    wordsSeen: between(from.wordsSeen, to.wordsSeen),
  };
}

/** Cell borders (px, one more than there are moments) halfway between moments, for strips. */
export function cellEdges(axis: XAxis, width: number): number[] {
  const scale = xScale(axis, width);
  const centres = axis.moments.map(scale);
  if (centres.length === 0) return [];
  const between = centres.slice(1).map((centre, i) => (centre + (centres[i] ?? 0)) / 2);
  return [0, ...between, width];
}
