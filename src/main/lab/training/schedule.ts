// The learning rate over the steps of a run.
import type { TrainingConfig } from '../../../shared/domain.ts';

type Schedule = Pick<TrainingConfig, 'learningRate' | 'warmupSteps' | 'schedule' | 'totalSteps'>;

/**
 * The learning rate of the step that follows `step` finished ones, as `transformers` has it in
 * get_constant_schedule_with_warmup and get_linear_schedule_with_warmup: the first step's is 0.
 */
export function learningRateAfter(step: number, config: Schedule): number {
  const { learningRate, warmupSteps, schedule, totalSteps } = config;
  if (step < warmupSteps) return (learningRate * step) / warmupSteps;
  if (schedule === 'constant') return learningRate;
  return (learningRate * Math.max(0, totalSteps - step)) / Math.max(1, totalSteps - warmupSteps);
}
