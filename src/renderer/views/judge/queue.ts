// In which order the classes of a suite are judged.
import type { ClassRow, Judgement } from '../../../shared/domain.ts';

export const queueOrders = {
  unjudged: {
    name: 'unjudged first',
    note: 'those without a judgement of yours, then the others',
  },
  disagreement: {
    name: 'disagreement',
    note: 'the largest share of pairs of votes that differ first',
  },
  uncertain: {
    name: 'least certain',
    note: 'the largest share of votes that are unsure, then accuracy nearest chance, first',
  },
} as const;
export type QueueOrder = keyof typeof queueOrders;

/** Share (0–1) of pairs of votes that differ; null where there are no two votes. */
export function disagreement(votes: readonly Judgement[]): number | null {
  let pairs = 0;
  let differing = 0;
  votes.forEach((vote, i) => {
    for (const other of votes.slice(i + 1)) {
      pairs++;
      if (other.verdict !== vote.verdict) differing++;
    }
  });
  return pairs === 0 ? null : differing / pairs;
}

const unsureShare = ({ votes }: ClassRow): number =>
  votes.length ? votes.filter((vote) => vote.verdict === 'unsure').length / votes.length : 0;

/**
 * Class ids in the order asked for; equal ones by phenomenon and name. Who judges blind is not told by
 * the order what the model or the other annotators said.
 */
export function queueOf(
  classes: readonly ClassRow[],
  { order, annotator, blind }: { order: QueueOrder; annotator: string; blind: boolean },
): number[] {
  const isOwn = (vote: Judgement): boolean => vote.annotator === annotator;
  const seen = (row: ClassRow): ClassRow => (blind ? { ...row, votes: row.votes.filter(isOwn) } : row); // prettier-ignore
  /** The greatest come first, compared one number after another. */
  const weights: Record<QueueOrder, (row: ClassRow) => number[]> = {
    unjudged: (row) => [Number(!row.votes.some(isOwn))],
    disagreement: (row) => [disagreement(row.votes) ?? -1],
    uncertain: (row) => [unsureShare(row), blind ? 0 : -Math.abs(row.accuracy - 0.5)],
  };
  return classes
    .map((row) => ({ row, weight: weights[order](seen(row)) }))
    .sort(
      (a, b) =>
        descending(a.weight, b.weight) ||
        a.row.phenomenon.localeCompare(b.row.phenomenon) ||
        a.row.uid.localeCompare(b.row.uid),
    )
    .map(({ row }) => row.classId);
}

function descending(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0;
    if (value !== other) return other - value;
  }
  return 0;
}
