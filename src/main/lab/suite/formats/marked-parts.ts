// Parts of a pair's sentences that BLiMP and BabyLM's supplement mark, as [from, to) of the sentence.
import type { PairParts, Part, PartMethod } from '../../../../shared/scoring-method.ts';
import { textAt, type Row } from '../rows.ts';

/** The words right after a beginning of a sentence; null: the sentence does not go on with them. */
function wordsAfter(sentence: string, beginning: string, words: string): Part | null {
  if (!sentence.startsWith(beginning) || words.trim() === '') return null;
  const rest = sentence.slice(beginning.length);
  const from = beginning.length + rest.length - rest.trimStart().length;
  return sentence.startsWith(words.trim(), from) ? [from, from + words.trim().length] : null;
}

/** The columns of BLiMP that a method needs: beginning and words of the good sentence, and of the bad one. */
const prefixColumns = {
  'one-prefix': ['one_prefix_prefix', 'one_prefix_word_good', 'one_prefix_prefix', 'one_prefix_word_bad'], // prettier-ignore
  'two-prefix': ['two_prefix_prefix_good', 'two_prefix_word', 'two_prefix_prefix_bad', 'two_prefix_word'], // prettier-ignore
};

/** Of a dialogue with its turns on lines of their own, the last turn; the lines before it are its context. */
function lastLine(sentence: string): Part | null {
  const from = sentence.trimEnd().lastIndexOf('\n') + 1;
  return from > 0 ? [from, sentence.length] : null;
}

/** What a row marks; undefined: nothing, or nothing that fits its sentences. */
export function marksOf(row: Row, good: string, bad: string): PairParts[] | undefined {
  const found: PairParts[] = [];
  const add = (method: PartMethod, a: Part | null, b: Part | null): void => {
    if (a && b) found.push({ method, good: [a], bad: [b] });
  };
  for (const method of ['one-prefix', 'two-prefix'] as const) {
    const [goodPrefix, goodWords, badPrefix, badWords] = prefixColumns[method].map((column) => textAt(row, column)); // prettier-ignore
    if (goodPrefix !== undefined && badPrefix !== undefined) add(method, wordsAfter(good, goodPrefix, goodWords ?? ''), wordsAfter(bad, badPrefix, badWords ?? '')); // prettier-ignore
  }
  add('conditional', lastLine(good), lastLine(bad));
  return found.length > 0 ? found : undefined;
}
