// What a comparison of two sides found, class by class and in a sentence.
import type { ClassComparison, ComparedSide } from '../../../shared/workbench.ts';
import { count, plural, share } from '../../format.ts';
import { inOrder, type Order } from '../../ui/order.ts';

/** Two-sided, after Holm's correction over all classes compared. */
export const alpha = 0.05;

/** In which side a class is right on more pairs, where that is more than chance would give. */
export type Outcome = 'b' | 'a' | 'open';
export function outcomeOf({ pHolm, rightInBOnly, rightInAOnly }: ClassComparison): Outcome {
  if (pHolm >= alpha) return 'open';
  return rightInBOnly > rightInAOnly ? 'b' : 'a';
}

/** On which side of chance a class's accuracy is, by its interval. */
export function standing({ low, high }: ComparedSide): string {
  if (high < 0.5) return 'wrong';
  return low > 0.5 ? 'right' : 'at chance';
}

const meanOf = (values: number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The answer to "is this difference real?" in sentences: the first one answers, the others add to it. */
export function headline(classes: readonly ClassComparison[]): string[] {
  const n = classes.length;
  if (n === 0) return ['The two sides have no scored pairs in common.'];
  const outcomes = classes.map(outcomeOf);
  const [inB, inA, changed] = [
    outcomes.filter((outcome) => outcome === 'b').length,
    outcomes.filter((outcome) => outcome === 'a').length,
    classes.filter((row) => row.verdictChanged).length,
  ];
  const all = plural(n, 'class', 'classes');
  const accuracy = (side: 'a' | 'b'): string => share(meanOf(classes.map((row) => row[side].accuracy))); // prettier-ignore
  const answer =
    inA + inB === 0
      ? `Not shown to be: in none of ${all} is one side right on more pairs than chance would give.`
      : `Yes, in ${count(inA + inB)} of ${all}: B is right on more pairs in ${count(inB)} and on fewer in ${count(inA)}.`; // prettier-ignore
  const rest = n - inA - inB;
  return [
    answer,
    ...(rest > 0 && rest < n ? [`In the other ${count(rest)} the difference may be chance.`] : []),
    `Mean accuracy over classes is ${accuracy('a')} in A and ${accuracy('b')} in B.`,
    changed === 0
      ? 'No class changes between right, at chance and wrong.'
      : `${plural(changed, 'class changes', 'classes change')} between right, at chance and wrong.`,
  ];
}

export type Sort = 'uid' | 'a' | 'b' | 'difference' | 'pHolm' | 'verdict';

const valueOf: Record<Sort, (row: ClassComparison) => number | string> = {
  uid: (row) => row.uid,
  a: (row) => row.a.accuracy,
  b: (row) => row.b.accuracy,
  difference: (row) => row.difference,
  pHolm: (row) => row.p, // Holm's correction keeps the order, but has ties
  verdict: (row) => Number(!row.verdictChanged),
};

/** Those whose name or phenomenon has every word of the filter, in order; equal ones by name. */
export function compareRows(
  classes: readonly ClassComparison[],
  { filter, ...order }: Order<Sort> & { filter: string },
): ClassComparison[] {
  const parts = filter.toLowerCase().split(/[\s_]+/);
  const shown = classes.filter((row) =>
    parts.every((part) => `${row.uid} ${row.phenomenon}`.toLowerCase().includes(part)),
  );
  return inOrder(shown, order, valueOf);
}
