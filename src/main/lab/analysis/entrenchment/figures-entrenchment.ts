// The entrenchment rule on what is stored of classes at checkpoints, for hundreds of runs at once.
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { wilson } from '../intervals.ts';
import { sideOf } from '../separation/verdicts.ts';
import { isEntrenched, makeTimeline, type Timeline } from './entrenchment.ts';
import type { CheckpointAxis, EntrenchmentRule } from './entrenchment-rule.ts';

/** Of a class at one checkpoint, as the store keeps it; mean Δ with its bootstrap interval (95 %), nats. */
export interface StoredFigures {
  right: number;
  pairs: number;
  meanDelta: number;
  meanDeltaLow: number;
  meanDeltaHigh: number;
}

/**
 * Whether a class is entrenched, without reading its pairs: mean Δ by its stored interval, accuracy by Wilson's. At
 * another confidence than 95 % both are widened or narrowed in the ratio of normal quantiles. Single verdicts on the
 * brink can differ from those of `classEntrenchment`, which draws pairs anew.
 */
export function figuresEntrenchment(
  axis: CheckpointAxis,
  rule: EntrenchmentRule,
): (figures: readonly (StoredFigures | undefined)[]) => boolean {
  const timeline: Timeline = makeTimeline(axis, rule);
  const scale = normalQuantile((1 + rule.confidence) / 2, 0, 1) / normalQuantile(0.975, 0, 1);
  const side = (one: StoredFigures | undefined): number => {
    if (!one) return 0;
    const value = rule.measure === 'accuracy' ? one.right / one.pairs : one.meanDelta;
    const { low, high } = rule.measure === 'accuracy' ? wilson(one.right, one.pairs) : { low: one.meanDeltaLow, high: one.meanDeltaHigh }; // prettier-ignore
    const chance = rule.measure === 'accuracy' ? 0.5 : 0;
    return sideOf(value - scale * (value - low), value + scale * (high - value), chance, rule.margin); // prettier-ignore
  };
  return (figures) => isEntrenched(Int8Array.from(figures, side), timeline, rule);
}
