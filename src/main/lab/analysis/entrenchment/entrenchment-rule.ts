// The definition of an entrenched early error: each part a named parameter with a default.
import type { EntrenchmentRule } from '../../../../shared/trajectories.ts';

export { defaultEntrenchmentRule, EntrenchmentRule } from '../../../../shared/trajectories.ts';

/** What of a run's checkpoints the analysis needs: one number a checkpoint, in the order of steps. */
export interface CheckpointAxis {
  steps: ArrayLike<number>;
  tokensSeen: ArrayLike<number>;
  wordsSeen: ArrayLike<number>;
}

/** For each checkpoint: 1 where it lies in the early window. */
export function earlyWindow(axis: CheckpointAxis, { early }: EntrenchmentRule): Uint8Array {
  const seen = { share: axis.tokensSeen, steps: axis.steps, tokens: axis.tokensSeen, words: axis.wordsSeen }[early.unit]; // prettier-ignore
  const last = seen[seen.length - 1] ?? 0;
  const until = early.unit === 'share' ? early.value * last : early.value;
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
    rule.early.unit === 'share'
      ? `within the first ${percent(rule.early.value)} of training (tokens)`
      : `by ${rule.early.value.toLocaleString('en')} ${rule.early.unit}`;
  return (
    `An entrenched early error: the ${percent(rule.confidence)} bootstrap interval of the class's ${measure} ` +
    `lies below ${bound}, first at a checkpoint ${window}${rule.countUntrained ? '' : ', the untrained model not counted'}, ` +
    `and again at ≥ ${percent(rule.hold)} of the checkpoints after it and at each of the last ${rule.lastK}.`
  );
}
