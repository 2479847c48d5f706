// The definition of an entrenched early error: each part a named parameter with a default.
import { z } from 'zod';
import { Measure } from './separation.ts';

/** What of a run's checkpoints the analysis needs: one number a checkpoint, in the order of steps. */
export interface CheckpointAxis {
  steps: ArrayLike<number>;
  tokensSeen: ArrayLike<number>;
  wordsSeen: ArrayLike<number>;
}

/** Definitions of this project's own; the study whose claim is tested states none. */
export const EntrenchmentRule = z.object({
  /** What tells the side of a class: the mean Δ against 0, or the accuracy against ½. */
  measure: Measure.default('meanDelta'),
  /** Of the percentile bootstrap interval that must lie on the wrong side. */
  confidence: z.number().gt(0).lt(1).default(0.95),
  /** How far beyond chance the interval must lie: nats of mean Δ, or points of accuracy. */
  margin: z.number().min(0).default(0),
  /** What `earlyUntil` counts: the share of the last checkpoint's tokens, or steps, tokens, words. */
  earlyUnit: z.enum(['share', 'steps', 'tokens', 'words']).default('share'),
  /** The early window ends here, and has this in it. */
  earlyUntil: z.number().positive().default(0.1),
  /** Share of the checkpoints after the onset at which the error must still be held. */
  hold: z.number().min(0).max(1).default(0.9),
  /** At so many checkpoints at the end it must be held at each; all after the onset where fewer. */
  lastK: z.int().min(0).default(3),
  /** Whether step 0, a model that has learnt nothing, may be the onset. */
  countUntrained: z.boolean().default(false),
  /** What ends an error: the right side reached, or just the wrong side left; held as above. */
  recoveredWhen: z.enum(['right', 'not wrong']).default('right'),
  /** A single pair is wrong at a checkpoint where its Δ is below minus this, nats. */
  pairMargin: z.number().min(0).default(0),
});
export type EntrenchmentRule = z.infer<typeof EntrenchmentRule>;

export const defaultEntrenchmentRule: EntrenchmentRule = EntrenchmentRule.parse({});

/** For each checkpoint: 1 where it lies in the early window. */
export function earlyWindow(
  axis: CheckpointAxis,
  { earlyUnit, earlyUntil }: EntrenchmentRule,
): Uint8Array {
  // prettier-ignore
  const seen = { share: axis.tokensSeen, steps: axis.steps, tokens: axis.tokensSeen, words: axis.wordsSeen }[earlyUnit]; // prettier-ignore
  const last = seen[seen.length - 1] ?? 0;
  const until = earlyUnit === 'share' ? earlyUntil * last : earlyUntil;
  return Uint8Array.from(seen, (at) => Number(at <= until));
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

/** The rule as a reader finds it beside its results. */
export function describeEntrenchment(rule: EntrenchmentRule): string {
  const accuracy = rule.measure === 'accuracy';
  const measure = accuracy
    ? 'accuracy'
    : 'mean Δ (log P of the good sentence less that of the bad)';
  const bound = accuracy
    ? `${percent(0.5 - rule.margin)}`
    : rule.margin === 0 ? '0' : `−${rule.margin} nats`; // prettier-ignore
  const window =
    rule.earlyUnit === 'share'
      ? `within the first ${percent(rule.earlyUntil)} of training (tokens)`
      : `by ${rule.earlyUntil.toLocaleString('en')} ${rule.earlyUnit}`;
  return (
    `An entrenched early error: the ${percent(rule.confidence)} bootstrap interval of the class's ${measure} ` +
    `lies below ${bound}, first at a checkpoint ${window}${rule.countUntrained ? '' : ', the untrained model not counted'}, ` +
    `and again at ≥ ${percent(rule.hold)} of the checkpoints after it and at each of the last ${rule.lastK}.`
  );
}
