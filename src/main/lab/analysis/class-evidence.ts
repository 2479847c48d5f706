// What a class's sentences give away by themselves: their lengths, in tokens and in words.
import type { EvidenceRow } from '../../../shared/trajectories.ts';
import { wordsOf } from './separation/templates.ts';

/**
 * How far length alone tells the sentences apart: accuracy of the better of "the shorter one is good" and "the
 * longer one is good", pairs of equal length guessed. null where no pair has both lengths.
 */
export function lengthEvidence(tokens: {
  good: Float64Array;
  bad: Float64Array;
}): EvidenceRow['length'] {
  let [shorter, longer, equal] = [0, 0, 0];
  tokens.good.forEach((good, i) => {
    const bad = tokens.bad[i] as number;
    if (good < bad) shorter++;
    else if (good > bad) longer++;
    else if (good === bad) equal++;
  });
  const pairs = shorter + longer + equal;
  if (pairs === 0) return null;
  const accuracy = (Math.max(shorter, longer) + equal / 2) / pairs;
  return { shorter: shorter / pairs, longer: longer / pairs, equal: equal / pairs, accuracy };
}

/** Share of pairs with as many words in both sentences. */
export const sameWordCount = (pairs: readonly { good: string; bad: string }[]): number =>
  pairs.filter(({ good, bad }) => wordsOf(good).length === wordsOf(bad).length).length /
  pairs.length;
