// The entrenchment rule on what is stored of classes at checkpoints, for hundreds of runs at once, without reading
// their pairs: mean Δ by its stored bootstrap interval (95 %), accuracy by Wilson's. At another confidence both are
// widened or narrowed in the ratio of normal quantiles. Single verdicts on the brink can differ from those of
// `classEntrenchment`, which draws pairs anew.
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { wilson } from '../intervals.ts';
import { isEntrenched, makeTimeline } from './entrenchment.ts';
import type { CheckpointAxis, EntrenchmentRule } from './entrenchment-rule.ts';

/** Which stored figures are on the wrong side: of mean Δ (nats) those whose interval, stretched `scale` times, is below `bound`. */
export type WrongSide =
  | { measure: 'meanDelta'; scale: number; bound: number }
  | { measure: 'accuracy'; isWrong: (right: number, pairs: number) => boolean };

export function wrongSide({ measure, confidence, margin }: EntrenchmentRule): WrongSide {
  const scale = normalQuantile((1 + confidence) / 2, 0, 1) / normalQuantile(0.975, 0, 1);
  if (measure === 'meanDelta') return { measure, scale, bound: -margin };
  const isWrong = (right: number, pairs: number): boolean => {
    const value = right / pairs;
    return value + scale * (wilson(right, pairs).high - value) < 0.5 - margin;
  };
  return { measure, isWrong };
}

/** Whether a class is entrenched, from where it is on the wrong side: −1 there, 0 elsewhere, one a checkpoint. */
export function figuresEntrenchment(
  axis: CheckpointAxis,
  rule: EntrenchmentRule,
): (sides: Int8Array) => boolean {
  const timeline = makeTimeline(axis, rule);
  return (sides) => isEntrenched(sides, timeline, rule);
}
