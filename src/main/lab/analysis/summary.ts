// What is kept of a class at a checkpoint: outcomes of its pairs, and their mean Δ.
import type { Profile } from '../../../shared/domain.ts';
import type { ClassSummary } from '../store/scores.ts';
import { bootstrapMean } from './intervals.ts';

/**
 * Right, tied and (the rest) wrong pairs exclude one another: under the tie rule `good` a Δ of 0 is
 * right, and none is a tie.
 * @param deltas score(good) − score(bad) of each pair, nats
 */
export function summarise(deltas: Float64Array, ties: Profile['ties']): ClassSummary {
  let right = 0;
  let zero = 0;
  let sum = 0;
  for (const delta of deltas) {
    if (delta > 0) right++;
    else if (delta === 0) zero++;
    sum += delta;
  }
  const n = deltas.length;
  const meanDelta = sum / n;
  let squares = 0;
  for (const delta of deltas) squares += (delta - meanDelta) ** 2;
  const { low, high } = bootstrapMean(deltas);
  return {
    pairs: n,
    right: ties === 'good' ? right + zero : right,
    ties: ties === 'good' ? 0 : zero,
    meanDelta,
    meanDeltaLow: low,
    meanDeltaHigh: high,
    sdDelta: n > 1 ? Math.sqrt(squares / (n - 1)) : 0,
  };
}
