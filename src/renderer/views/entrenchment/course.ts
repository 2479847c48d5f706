// What became of each class, in words and in order.
import type { EntrenchmentReport, EntrenchmentRow, Moment } from '../../../shared/trajectories.ts';
import type { XMetric } from '../../charts/x.ts';
import { xValue } from '../../charts/x.ts';
import { count, none, share, short, signed } from '../../format.ts';
import { inOrder, type Order } from '../../ui/order.ts';

/** In the order of how bad they are. */
export const fates = ['entrenched', 'early, not held', 'wrong later', 'recovered', 'never wrong'] as const; // prettier-ignore
export type Fate = (typeof fates)[number];

/** What became of a class's first wrong-side separation. */
export function fateOf(row: EntrenchmentRow): Fate {
  if (row.entrenched) return 'entrenched';
  if (!row.onset) return 'never wrong';
  if (row.recovered) return 'recovered';
  return row.early ? 'early, not held' : 'wrong later';
}

/** A place in training on the page's x axis: "400", "1.6 M". */
export function placeText(moment: Moment | null, metric: XMetric): string {
  if (!moment) return none;
  return metric === 'steps' ? count(moment.step) : short(xValue(moment, metric));
}

/** The checkpoints between which the onset lies: "[300, 600]"; nothing where no resample has one. */
export function onsetInterval(
  { onsetLowStep, onsetHighStep }: EntrenchmentRow,
  moments: readonly Moment[],
  metric: XMetric,
): string {
  const at = (step: number | null): string =>
    placeText(moments.find((moment) => moment.step === step) ?? null, metric);
  if (onsetLowStep === null || onsetHighStep === null) return '';
  return onsetLowStep === onsetHighStep
    ? `[${at(onsetLowStep)}]`
    : `[${at(onsetLowStep)}, ${at(onsetHighStep)}]`;
}

/** A value of the measure: accuracy as a share, mean Δ in nats. */
export const measured = (
  value: number | null,
  measure: EntrenchmentReport['rule']['measure'],
): string => (measure === 'accuracy' ? share(value) : signed(value, 2));

export type Sort =
  | 'uid'
  | 'fate'
  | 'onset'
  | 'depth'
  | 'timeWrong'
  | 'flips'
  | 'recovered'
  | 'cost'
  | 'shape'
  | 'pairs';

const valueOf: Record<Sort, (row: EntrenchmentRow) => number | string | null> = {
  uid: (row) => row.uid,
  // The surest first among those alike.
  fate: (row) => fates.indexOf(fateOf(row)) - row.support / 2,
  onset: (row) => row.onset?.step ?? null,
  depth: (row) => row.depth,
  timeWrong: (row) => row.timeWrong,
  flips: (row) => row.flipsPerPair,
  recovered: (row) => row.recovered?.step ?? null,
  cost: (row) => row.recoveryTokens,
  shape: (row) => row.shape,
  pairs: (row) => row.entrenchedPairs / row.pairs,
};

export const sortRows = (rows: readonly EntrenchmentRow[], order: Order<Sort>): EntrenchmentRow[] =>
  inOrder(rows, order, valueOf);

/** What each column says, for its head and for the sheet of definitions. */
export const columns: Record<Sort, { name: string; title: string }> = {
  uid: { name: 'class', title: 'Name of the class.' },
  fate: {
    name: 'verdict',
    title:
      'Entrenched by the rule above; else what became of its first wrong-side separation: early but not held, wrong only later, or recovered. The share is of bootstrap resamples of its pairs in which it is entrenched: how sure the verdict is.',
  },
  onset: {
    name: 'established',
    title:
      'The first checkpoint at which the interval of the measure lies on the wrong side; in brackets the steps between which 95 % of the resamples that go wrong have it. “w” marks an onset within the warm-up: then early may only mean that the learning rate was rising.',
  },
  depth: {
    name: 'depth',
    title: 'The lowest value of the measure at any checkpoint: nats of mean Δ, or accuracy.',
  },
  timeWrong: {
    name: 'wrong',
    title: 'Share of the run’s tokens during which the class is on the wrong side.',
  },
  flips: {
    name: 'flips',
    title: 'Changes between right and wrong from checkpoint to checkpoint, mean over pairs; ties are passed over.', // prettier-ignore
  },
  recovered: {
    name: 'recovered',
    title:
      'The checkpoint from which the error is undone, held as the rule asks; a dash: it never was, or there was none.',
  },
  cost: { name: 'cost', title: 'Tokens of training from the onset to the recovery.' },
  shape: {
    name: 'shape',
    title:
      'Of the trajectory, by the stated rules in their order, the first that holds. Overruled by you: your shape, with that of the rules beside it. Press o.',
  },
  pairs: {
    name: 'pairs',
    title: 'Single pairs that are entrenched, by the same rule on the sign of their own Δ, of all pairs scored at every checkpoint.', // prettier-ignore
  },
};
