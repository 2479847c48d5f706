// The edits of an experiment in words, and how many runs a plan asks for.
import type { EditKind, ExperimentRow } from '../../../shared/experiment.ts';

export const edits: Record<EditKind, { name: string; note: string; byBigrams: boolean }> = {
  drop: { name: 'drop', note: 'lines with an offending bigram go', byBigrams: true },
  'down-weight': {
    name: 'down-weight',
    note: 'each such line stays with a chance',
    byBigrams: true,
  },
  'counter-balance': { name: 'counter-balance', note: 'lines with a favourable bigram are repeated until they are as many', byBigrams: true }, // prettier-ignore
  'shuffle-words': { name: 'shuffle words', note: 'a reference: each line’s words in random order', byBigrams: false }, // prettier-ignore
  'shuffle-bigrams': { name: 'shuffle, bigrams kept', note: 'a reference: another text with the same count of every bigram', byBigrams: false }, // prettier-ignore
};

/** The original, each edit, and a control for each edit by bigrams; all from every seed. */
export const runsOf = (chosen: readonly EditKind[], control: boolean, seeds: number): number =>
  seeds * (1 + chosen.reduce((sum, kind) => sum + (control && edits[kind].byBigrams ? 2 : 1), 0));

/** "1, 2, 3" as numbers; null where it is no list of whole numbers. */
export function seedsOf(text: string): number[] | null {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const seeds = parts.map((part) => (/^\d{1,9}$/.test(part) ? Number(part) : NaN));
  return seeds.length === 0 || seeds.some(Number.isNaN) ? null : [...new Set(seeds)];
}

export const stateOf = ({ state, stage }: ExperimentRow): string => stage || state;
