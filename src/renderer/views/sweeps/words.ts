// States of a sweep's runs: in words, and as signs in the grid.
import type { AxisValue, SweepRun, SweepRunState } from '../../../shared/sweeps.ts';

/** The sign alone tells states apart, without colour. */
export const signs: Record<SweepRunState, string> = {
  waiting: '…',
  preparing: '▸',
  training: '▸',
  scoring: '▸',
  stopped: '‖',
  finished: '✓',
  failed: '✕',
  cancelled: '–',
};

/** What a corpus is called at the end of its path. */
export const shown = (value: AxisValue | undefined): string =>
  typeof value === 'string' ? (value.split('/').at(-1) ?? value) : String(value ?? '');

export const valuesOf = ({ values }: Pick<SweepRun, 'values'>): string =>
  Object.entries(values).map(([axis, value]) => `${axis} ${shown(value)}`).join(', ') || 'the only run'; // prettier-ignore

/** How much of a run is done, 0 … 1. */
export const progressOf = ({ state, step, totalSteps }: SweepRun): number =>
  state === 'finished' ? 1 : totalSteps > 0 ? step / totalSteps : 0;
