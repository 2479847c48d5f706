// A sentence cut into what a scoring method compares of it and what it takes as given.
import type { Part } from '../../../shared/scoring-method.ts';

export interface Piece {
  text: string;
  compared: boolean;
}

/** @param parts null: all of the sentence is compared */
export function pieces(sentence: string, parts: readonly Part[] | null): Piece[] {
  if (parts === null) return [{ text: sentence, compared: true }];
  const cuts = [0, ...parts.flat(), sentence.length];
  return cuts
    .slice(1)
    .map((to, i) => ({ text: sentence.slice(cuts[i], to), compared: i % 2 === 1 }))
    .filter(({ text }) => text !== '');
}
