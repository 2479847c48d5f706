// A class's n-gram preferences beside its model's: how the n-gram does, and whether they agree on pairs.
import { wilson } from '../intervals.ts';
import type { Separation } from '../separation/separation.ts';
import { mean } from '../stats/centre.ts';
import { pairedDz } from '../stats/effect-size.ts';

/** An n-gram Δ this near 0 favours neither sentence (nats). */
export const defaultNeutralNats = 0.1;

/** 1: the n-gram favours the good sentence; −1: the bad one; 0: neither. */
export const favours = (delta: number, neutralNats = defaultNeutralNats): -1 | 0 | 1 =>
  delta > neutralNats ? 1 : delta < -neutralNats ? -1 : 0;

/** How far a class's n-grams pull towards the bad sentence: greater is worse. */
export const biasKinds = {
  share: 'share of pairs whose bad sentence the n-gram favours, less those whose good one it does',
  mean: 'mean of the n-gram’s log P of the bad sentence less that of the good one, nats',
  dz: 'that mean over its standard deviation',
} as const;
export type BiasKind = keyof typeof biasKinds;

/** @param deltas the n-gram's log P of each pair's good sentence less that of its bad one, nats */
export function ngramBias(
  deltas: ArrayLike<number>,
  kind: BiasKind,
  neutralNats = defaultNeutralNats,
): number {
  // prettier-ignore
  if (kind === 'mean') return -mean(deltas);
  if (kind === 'dz') return -pairedDz(deltas);
  return -mean(Float64Array.from(deltas, (delta) => favours(delta, neutralNats)));
}

/** A model's Δ on pairs over checkpoints; of a class, or of many together. */
export type DeltasOverTime = Pick<Separation, 'checkpoints' | 'pairs' | 'deltas'>;

export interface SignAgreement {
  /** Pairs on which neither model nor n-gram is tied. */
  pairs: number;
  /** Share of them on which both prefer the same sentence, with Wilson's interval. */
  share: number;
  low: number;
  high: number;
  /** Cohen's κ: the share beyond what two models as often right would agree on by chance; NaN where always right. */
  kappa: number;
}

/** Pairs on which neither model nor n-gram is tied, and how they fall; one number a checkpoint. */
export type SignCounts = Record<'pairs' | 'agreed' | 'modelRight' | 'ngramRight', Uint32Array>;

/**
 * Counts signs at each checkpoint.
 * @param ngramDeltas one a pair of the separation (its `pairs` index into the class's)
 * @param into counts of other classes, to which these are added
 */
export function countSigns(
  { checkpoints, pairs, deltas }: DeltasOverTime,
  ngramDeltas: ArrayLike<number>,
  into?: SignCounts,
): SignCounts {
  const none = (): Uint32Array => new Uint32Array(checkpoints);
  const counts = into ?? { pairs: none(), agreed: none(), modelRight: none(), ngramRight: none() };
  for (let i = 0; i < pairs.length; i++) {
    const ngram = ngramDeltas[i] as number;
    if (ngram === 0 || Number.isNaN(ngram)) continue;
    for (let c = 0; c < checkpoints; c++) {
      const model = deltas[i * checkpoints + c] as number;
      if (model === 0 || Number.isNaN(model)) continue;
      add(counts.pairs, c, 1);
      add(counts.agreed, c, Number(model > 0 === ngram > 0));
      add(counts.modelRight, c, Number(model > 0));
      add(counts.ngramRight, c, Number(ngram > 0));
    }
  }
  return counts;
}

const add = (to: Uint32Array, c: number, count: number): void => {
  to[c] = (to[c] as number) + count;
};

/** Agreement of signs at each checkpoint. */
export function signAgreement({
  pairs,
  agreed,
  modelRight,
  ngramRight,
}: SignCounts): SignAgreement[] {
  return Array.from(pairs, (n, c) => {
    const both = agreed[c] as number;
    const share = both / n;
    const [m, g] = [(modelRight[c] as number) / n, (ngramRight[c] as number) / n];
    const byChance = m * g + (1 - m) * (1 - g);
    const kappa = byChance === 1 ? NaN : (share - byChance) / (1 - byChance);
    return { pairs: n, share, ...wilson(both, n), kappa };
  });
}

export interface SplitTrajectory {
  pairs: number;
  /** Model's mean Δ (nats) and share right of these pairs, one a checkpoint; NaN where there are none. */
  meanDelta: Float64Array;
  accuracy: Float64Array;
}

/** The model's trajectory on the pairs whose good sentence the n-gram favours, whose bad one, and neither. */
export function splitByNgram(
  { checkpoints, pairs, deltas }: DeltasOverTime,
  ngramDeltas: ArrayLike<number>,
  neutralNats = defaultNeutralNats,
): Record<'good' | 'bad' | 'neither', SplitTrajectory> {
  const split = (side: -1 | 0 | 1): SplitTrajectory => {
    const chosen = [...pairs.keys()].filter((i) => favours(ngramDeltas[i] as number, neutralNats) === side); // prettier-ignore
    const over = (of: (delta: number) => number): Float64Array =>
      Float64Array.from({ length: checkpoints }, (_, c) =>
        mean(chosen.map((i) => of(deltas[i * checkpoints + c] as number))),
      );
    return {
      pairs: chosen.length,
      meanDelta: over((delta) => delta),
      accuracy: over((delta) => (delta > 0 ? 1 : 0)),
    };
  };
  return { good: split(1), bad: split(-1), neither: split(0) };
}
