// Entrenchment of single pairs: a class may hold some though its mean is right.
import {
  defaultEntrenchmentRule,
  type CheckpointAxis,
  type EntrenchmentRule,
} from './entrenchment-rule.ts';
import { isEntrenched, makeTimeline } from './entrenchment.ts';
import type { Separation } from '../separation/separation.ts';
import { mean } from '../stats/centre.ts';

export interface PairEntrenchment {
  /** 1 where the pair is an entrenched early error; one a pair of the separation. */
  entrenched: Uint8Array;
  /** Share of the class's pairs that are. */
  share: number;
}

/** The class's rule on the sign of each pair's Δ: a pair has no interval, only `pairMargin`. */
export function pairEntrenchment(
  { checkpoints, pairs, deltas }: Separation,
  axis: CheckpointAxis,
  rule: EntrenchmentRule = defaultEntrenchmentRule,
): PairEntrenchment {
  const timeline = makeTimeline(axis, rule);
  const entrenched = new Uint8Array(pairs.length);
  const sides = new Int8Array(checkpoints);
  for (let i = 0; i < pairs.length; i++) {
    for (let c = 0; c < checkpoints; c++) {
      const delta = deltas[i * checkpoints + c] as number;
      sides[c] = delta < -rule.pairMargin ? -1 : delta > rule.pairMargin ? 1 : 0;
    }
    entrenched[i] = isEntrenched(sides, timeline, rule) ? 1 : 0;
  }
  return { entrenched, share: mean(entrenched) };
}
