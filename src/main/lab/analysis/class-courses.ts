// How a class fares over a run's checkpoints, in three numbers.
import { wilson } from './intervals.ts';

export interface ClassCourse {
  /** The lowest accuracy of any checkpoint, step 0 aside unless there is no other. */
  worstAccuracy: number;
  /** Share of checkpoints, step 0 aside, whose Wilson interval lies wholly below ½; 0 for none. */
  timeWrong: number;
  /** At the last checkpoint. */
  finalAccuracy: number;
}

/** @param points of one class, in the order of steps; at least one */
export function classCourse(
  points: readonly { step: number; right: number; pairs: number }[],
): ClassCourse {
  const trained = points.filter((point) => point.step > 0);
  const seen = trained.length ? trained : points;
  const last = seen.at(-1);
  const wrong = trained.filter(({ right, pairs }) => wilson(right, pairs).high < 0.5);
  return {
    worstAccuracy: Math.min(...seen.map(({ right, pairs }) => right / pairs)),
    timeWrong: trained.length ? wrong.length / trained.length : 0,
    finalAccuracy: last ? last.right / last.pairs : NaN,
  };
}
