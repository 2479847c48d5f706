// A run's state as a person says it.
import type { RunState } from '../../../shared/domain.ts';

export const stateWords: Record<RunState, string> = {
  queued: 'waiting',
  preparing: 'preparing',
  training: 'training',
  scoring: 'scoring',
  paused: 'paused',
  interrupted: 'interrupted',
  finished: 'finished',
  cancelled: 'cancelled',
  failed: 'failed',
};
