// Where the variance of a class's accuracy comes from: seed, the other axes, and the choice of pairs.
import type { VariancePart } from '../../../../shared/sweep-findings.ts';
import type { AxisValue } from '../../../../shared/sweeps.ts';
import { mean } from '../stats/centre.ts';

export interface RunOutcome {
  values: Readonly<Record<string, AxisValue>>;
  /** Share of pairs that are right. */
  accuracy: number;
  pairs: number;
}

/**
 * Sums of squares over runs (Fisher): each axis has the squared distances of its values' means from the mean of all;
 * `together` is what is left of the squares between runs, so what axes do only in combination. `pairs` is, beside
 * them, p(1 − p)/(n − 1) of each run: by how much its accuracy would vary over other draws of as many pairs. What
 * axes and pairs do in combination is in both. With runs missing, axes overlap, and `together` is not below 0.
 * @returns shares that add up to 1; null where nothing varies
 */
export function varianceSplit(
  runs: readonly RunOutcome[],
  axes: readonly string[],
): VariancePart[] | null {
  const middle = mean(runs.map(({ accuracy }) => accuracy));
  const squares = (values: readonly number[]): number => values.reduce((sum, value) => sum + (value - middle) ** 2, 0); // prettier-ignore
  const ofAxes = axes.map((axis) => {
    const levels = [...Map.groupBy(runs, ({ values }) => values[axis]).values()];
    const sum = levels.reduce((total, level) => total + level.length * squares([mean(level.map(({ accuracy }) => accuracy))]), 0); // prettier-ignore
    return { source: axis, sum };
  });
  const between = squares(runs.map(({ accuracy }) => accuracy));
  const explained = ofAxes.reduce((total, { sum }) => total + sum, 0);
  const together = axes.length < 2 ? 0 : Math.max(0, between - explained);
  const pairs = runs.reduce((sum, { accuracy: p, pairs: n }) => sum + (n > 1 ? (p * (1 - p)) / (n - 1) : 0), 0); // prettier-ignore
  const parts = [...ofAxes, { source: 'together', sum: together }, { source: 'pairs', sum: pairs }];
  const total = parts.reduce((sum, part) => sum + part.sum, 0);
  // What rounding leaves of equal numbers is no variance.
  if (total < 1e-15 * runs.length) return null;
  return parts.map(({ source, sum }) => ({ source, share: sum / total }));
}

/** Whether each combination of values on these axes has as many runs as any other. */
export function isBalanced(
  runs: readonly Pick<RunOutcome, 'values'>[],
  axes: readonly string[],
): boolean {
  const cells = Map.groupBy(runs, ({ values }) => JSON.stringify(axes.map((axis) => values[axis])));
  const combinations = axes.reduce((product, axis) => product * new Set(runs.map(({ values }) => values[axis])).size, 1); // prettier-ignore
  const sizes = new Set([...cells.values()].map((cell) => cell.length));
  return cells.size === combinations && sizes.size <= 1;
}
