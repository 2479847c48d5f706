// A class over all of training as the window shows it: entrenchment, single pairs, shape.
import type { EntrenchmentRow, Moment, ShapeRule, Side } from '../../../../shared/trajectories.ts';
import { classEntrenchment } from './entrenchment.ts';
import type { CheckpointAxis, EntrenchmentRule } from './entrenchment-rule.ts';
import { finite } from '../figures.ts';
import { pairEntrenchment } from './pair-entrenchment.ts';
import { segmentedFit, type SegmentedFit } from './segments.ts';
import { separate, type ScoresOverTime, type Separation, type SeparationParameters } from '../separation/separation.ts'; // prettier-ignore
import { shapeOf } from './shape.ts';
import { mean } from '../stats/centre.ts';

/** What is kept of a class so that every question is answered at once. */
export interface PreparedClass {
  classId: number;
  scores: ScoresOverTime;
  separation: Separation;
  /** Of the accuracies over steps. */
  fit: SegmentedFit;
}

/** Some 0.1 s for 1,000 pairs, 1,000 resamples and 60 checkpoints. */
export function prepareClass(
  classId: number,
  scores: ScoresOverTime,
  steps: ArrayLike<number>,
  parameters: SeparationParameters,
): PreparedClass {
  // Intervals of the definitions draw pairs; what draws templates is said beside them (`separationAt`).
  const separation = separate({ ...scores, templates: undefined }, parameters);
  // Step 0 is left out of every shape: an untrained model has no course yet.
  const trained = separation.accuracy.map((value, c) => (steps[c] === 0 ? NaN : value));
  return { classId, scores, separation, fit: segmentedFit(steps, trained) };
}

export interface CourseQuestion {
  axis: CheckpointAxis;
  rule: EntrenchmentRule;
  shapeRule: ShapeRule;
  warmupSteps: number;
}

/** All of a row but the class's names and what a user said. */
export type Course = Omit<EntrenchmentRow, 'uid' | 'field' | 'phenomenon' | 'shape' | 'override'>;

/** Some 3 ms for 1,000 pairs, 1,000 resamples and 60 checkpoints. */
export function courseOf(
  { classId, separation, fit }: PreparedClass,
  { axis, rule, shapeRule, warmupSteps }: CourseQuestion,
): Course {
  const found = classEntrenchment(separation, axis, rule, warmupSteps);
  const single = pairEntrenchment(separation, axis, rule);
  const at = (c: number | null): Moment | null => (c === null ? null : momentAt(axis, c));
  const fitted = fittedAccuracy(fit, axis.steps);
  const shaped = (of: Parameters<typeof shapeOf>[0]) => shapeOf(of, found, axis, shapeRule, rule);
  return {
    classId,
    pairs: separation.pairs.length,
    entrenched: found.entrenched,
    support: found.support,
    onset: at(found.onset),
    onsetLowStep: at(found.onsetLow)?.step ?? null,
    onsetHighStep: at(found.onsetHigh)?.step ?? null,
    early: found.early,
    onsetInWarmup: found.onsetInWarmup,
    held: finite(found.held),
    depth: finite(found.depth),
    deepest: at(found.deepest),
    timeWrong: found.timeWrong,
    flipsPerPair: mean(separation.flips),
    recovered: at(found.recovered),
    recoveryTokens: found.recoveryTokens,
    entrenchedPairs: single.entrenched.reduce((sum, is) => sum + is, 0),
    shapeByRules: shaped(separation),
    shapeBySegments: shaped({ accuracy: fitted, accuracyLow: fitted, accuracyHigh: fitted }),
    segments: fit.segments.map(({ first, last }) => ({
      fromStep: axis.steps[first] as number,
      toStep: axis.steps[last] as number,
      fromAccuracy: fitted[first] as number,
      toAccuracy: fitted[last] as number,
    })),
    sides: Array.from(found.sides) as Side[],
    value: Array.from(found.measure.value, finite),
    low: Array.from(found.measure.low, finite),
    high: Array.from(found.measure.high, finite),
    accuracy: Array.from(separation.accuracy, finite),
  };
}

export const momentAt = ({ steps, tokensSeen, wordsSeen }: CheckpointAxis, c: number): Moment => ({
  step: steps[c] as number,
  tokensSeen: tokensSeen[c] as number,
  wordsSeen: wordsSeen[c] as number,
});

/** NaN at checkpoints that no piece covers. */
function fittedAccuracy({ segments }: SegmentedFit, steps: ArrayLike<number>): Float64Array {
  const fitted = new Float64Array(steps.length).fill(NaN);
  for (const { first, last, intercept, slope } of segments)
    for (let c = first; c <= last; c++) fitted[c] = intercept + slope * Math.log1p(steps[c] as number); // prettier-ignore
  return fitted;
}
