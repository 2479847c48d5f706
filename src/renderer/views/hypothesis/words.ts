// The words and numbers of the hypothesis's pages.
import type { BiasKind, Figure } from '../../../shared/ngram.ts';
import { count, fixed, none, signed } from '../../format.ts';

export const biasNames: Record<BiasKind, { label: string; note: string }> = {
  share: { label: 'share', note: 'pairs whose bad sentence the n-gram favours, less those whose good one' }, // prettier-ignore
  mean: { label: 'mean', note: 'mean n-gram Δ towards the bad sentence, nats' },
  dz: { label: 'd_z', note: 'the same in its standard deviations over pairs' },
};

/** "[0.33, 0.73]"; empty where there is no interval. */
export const interval = ({ low, high }: Figure, say: (value: number) => string): string =>
  low === null || high === null ? '' : `[${say(low)}, ${say(high)}]`;

/** An odds ratio, as exact as it is near 1. */
export const odds = (value: number | null): string =>
  value === null ? none : value >= 100 ? count(Math.round(value)) : fixed(value, 2);

export const twoDigits = (value: number): string => signed(value, 2);

/** Regression terms as a reader knows them. */
export const termName = (name: string): string =>
  name === 'towardsBad' ? 'n-gram towards the bad sentence' : name;
