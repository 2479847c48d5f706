// The study's headline figures over a set of classes: how many fail, how many are stuck, in one sentence.
import { shapes, type HeadlineSide, type Shape, type Share } from '../../../shared/trajectories.ts';
import { figure, share } from './figures.ts';
import { bootstrapMean } from './intervals.ts';
import { mean } from './stats/centre.ts';
import { holm, signTest } from './stats/multiple-tests.ts';
import { sideOf } from './separation/verdicts.ts';

/** A class at the checkpoint looked at, and what became of it over training. */
export interface HeadlineClass {
  pairs: number;
  right: number;
  ties: number;
  /** Bootstrap interval of mean Δ, nats. */
  meanDeltaLow: number;
  meanDeltaHigh: number;
  entrenched: boolean;
  everWrong: boolean;
  recovered: boolean;
  shape: Shape;
}

const alpha = 0.05;

export function headlineSide(classes: readonly HeadlineClass[]): HeadlineSide {
  const accuracies = Float64Array.from(classes, ({ right, pairs }) => right / pairs);
  const adjusted = holm(classes.map(({ right, ties, pairs }) => signTest(right, pairs - right - ties))); // prettier-ignore
  const count = (is: (one: HeadlineClass, i: number) => boolean): number => classes.filter(is).length; // prettier-ignore
  const everWrong = count((one) => one.everWrong);
  const side = {
    classes: classes.length,
    pairs: classes.reduce((sum, { pairs }) => sum + pairs, 0),
    accuracy: figure(mean(accuracies), bootstrapMean(accuracies)),
    wrong: share(
      count((one) => sideOf(one.meanDeltaLow, one.meanDeltaHigh) < 0),
      classes.length,
    ),
    significantlyWrong: share(
      count((one, i) => (adjusted[i] ?? 1) < alpha && 2 * one.right + one.ties < one.pairs),
      classes.length,
    ),
    entrenched: share(
      count((one) => one.entrenched),
      classes.length,
    ),
    recovered: share(
      count((one) => one.everWrong && one.recovered),
      everWrong,
    ),
    shapes: shapes
      .map((shape) => ({ shape, classes: count((one) => one.shape === shape) }))
      .filter((one) => one.classes > 0),
  };
  return { ...side, sentence: sentenceOf(side) };
}

const percent = (value: number | null): string => (value === null ? '–' : `${(100 * value).toFixed(1)} %`); // prettier-ignore
const said = ({ count, of, share, low, high }: Share): string => `${count} of ${of} classes (${percent(share)}, 95 % interval ${percent(low)} to ${percent(high)})`; // prettier-ignore

const sentenceOf = ({ accuracy, wrong, entrenched, recovered }: Omit<HeadlineSide, 'sentence'>): string =>
  `The model prefers the bad sentences in ${said(wrong)}; ${said(entrenched)} have an entrenched early error. ` +
  `Mean accuracy is ${percent(accuracy.value)} (${percent(accuracy.low)} to ${percent(accuracy.high)}, drawing classes). ` +
  (recovered.of === 0 ? 'No class was ever on the wrong side.' : `Of those ever on the wrong side, ${said(recovered)} recovered.`); // prettier-ignore
