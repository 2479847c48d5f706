// What a chart shows, in a sentence, for those who hear it.
import type { Moment } from './x.ts';
import { count } from '../format.ts';

/** First, last, highest and lowest value of a series over training. */
export function describeSeries(
  name: string,
  moments: Moment[],
  values: (number | null)[],
  format: (value: number) => string,
): string {
  const points = moments.flatMap((moment, i) => {
    const value = values[i];
    return value === null || value === undefined ? [] : [{ step: moment.step, value }];
  });
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return `${name}: no values yet`;
  if (points.length === 1) return `${name}: ${format(first.value)} at step ${count(first.step)}`;
  const by = (better: (a: number, b: number) => boolean) =>
    points.reduce((best, point) => (better(point.value, best.value) ? point : best));
  const high = by((a, b) => a > b);
  const low = by((a, b) => a < b);
  const say = (point: { step: number; value: number }): string =>
    `${format(point.value)} at step ${count(point.step)}`;
  return `${name} over ${points.length} points: from ${say(first)} to ${say(last)}; highest ${say(high)}, lowest ${say(low)}`; // prettier-ignore
}
