// The shape of a class's trajectory, by stated rules tried in order; the first that holds names it.
import type { Shape, ShapeRule } from '../../../../shared/trajectories.ts';
import type { ClassEntrenchment } from './entrenchment.ts';
import {
  describeEntrenchment,
  earlyWindow,
  type CheckpointAxis,
  type EntrenchmentRule,
} from './entrenchment-rule.ts';
import type { Separation } from '../separation/separation.ts';

export {
  defaultShapeRule,
  ShapeRule,
  shapes,
  type Shape,
} from '../../../../shared/trajectories.ts';

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** Each rule as a reader finds it; a class has the first shape, in this order, whose rule it meets. */
export function describeShapes(
  rule: ShapeRule,
  entrenchment: EntrenchmentRule,
): Record<Shape, string> {
  // prettier-ignore
  const swing = `≥ ${percent(rule.swing)} of accuracy (Wilson intervals apart)`;
  const ends = `is on the right side at each of the last ${rule.lastK} checkpoints`;
  return {
    'entrenched wrong': describeEntrenchment(entrenchment),
    'flat at chance': `On neither side at ≥ ${percent(rule.hold)} of the checkpoints and at the last ${rule.lastK}.`,
    U: `Falls by ${swing}, later rises by as much, and ${ends}.`,
    decline: `Falls from its best by ${swing} and does not rise by as much again.`,
    'always right': `On the right side from within the early window on, and at ≥ ${percent(rule.hold)} of the checkpoints after; never on the wrong side, and it never falls by ${swing}.`,
    rise: `It ${ends}, and has been since ≤ ${percent(rule.lateAfter)} of the run's tokens.`,
    'late rise': `It ${ends}, but only from beyond ${percent(rule.lateAfter)} of the run's tokens.`,
    unstable: 'None of the other rules holds.',
  };
}

/** The shape of a class. Step 0 is left out, since an untrained model has no trajectory yet. */
export function shapeOf(
  separation: Pick<Separation, 'accuracy' | 'accuracyLow' | 'accuracyHigh'>,
  { sides, entrenched }: Pick<ClassEntrenchment, 'sides' | 'entrenched'>,
  axis: CheckpointAxis,
  rule: ShapeRule,
  entrenchment: EntrenchmentRule,
): Shape {
  const at = Array.from(axis.steps, (_, c) => c).filter(
    (c) => (axis.steps[c] as number) > 0 && Number.isFinite(separation.accuracy[c]),
  );
  if (at.length === 0) return 'unstable';
  const trained = at.map((c) => sides[c] as number);
  const atEnd = trained.slice(-rule.lastK);
  const share = (list: number[], side: number): number => list.filter((s) => s === side).length / list.length; // prettier-ignore
  const endsRight = atEnd.every((s) => s > 0);
  const { fell, roseAgain } = swings(separation, at, rule.swing);
  const early = earlyWindow(axis, entrenchment);

  if (entrenched) return 'entrenched wrong';
  if (share(trained, 0) >= rule.hold && atEnd.every((s) => s === 0)) return 'flat at chance';
  if (fell && roseAgain && endsRight) return 'U';
  if (fell && !roseAgain) return 'decline';
  const first = trained.findIndex((s) => s > 0);
  if (endsRight && !fell && !trained.includes(-1) && early[at[first] as number] === 1 && share(trained.slice(first), 1) >= rule.hold) return 'always right'; // prettier-ignore
  if (endsRight) {
    const heldFrom = at[trained.findLastIndex((s) => s <= 0) + 1] as number;
    const tokens = axis.tokensSeen;
    const last = tokens[tokens.length - 1] as number;
    return (tokens[heldFrom] as number) <= rule.lateAfter * last ? 'rise' : 'late rise';
  }
  return 'unstable';
}

/** Whether accuracy fell by a swing from an earlier value, and rose by one after the deepest such fall. */
function swings(
  { accuracy, accuracyLow, accuracyHigh }: Pick<Separation, 'accuracy' | 'accuracyLow' | 'accuracyHigh'>, // prettier-ignore
  at: number[],
  swing: number,
): { fell: boolean; roseAgain: boolean } {
  const apart = (lower: number, upper: number): boolean =>
    (accuracy[upper] as number) - (accuracy[lower] as number) >= swing &&
    (accuracyHigh[lower] as number) < (accuracyLow[upper] as number);
  /** Those that are apart below one that comes before them in the order given. */
  const below = (order: readonly number[]): number[] => {
    // The best so far is looked at first: mostly it decides, so that a thousand need not be gone through.
    let best = order[0] as number;
    return order.filter((c, i) => {
      if ((accuracy[c] as number) > (accuracy[best] as number)) best = c;
      if ((accuracy[best] as number) - (accuracy[c] as number) < swing) return false;
      return apart(c, best) || order.slice(0, i).some((before) => apart(c, before));
    });
  };
  const bottoms = below(at);
  const risingAfter = new Set(below(at.toReversed()));
  return { fell: bottoms.length > 0, roseAgain: bottoms.some((c) => risingAfter.has(c)) };
}
