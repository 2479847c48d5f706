// Regions that a writer marks by [ ] in both sentences of a pair, and the methods that they make possible.
import type { PairParts, Part } from '../../../shared/scoring-method.ts';

export interface Marked {
  /** Without the brackets. */
  text: string;
  parts: Part[];
  /** What is wrong with the brackets; null: nothing. */
  problem: string | null;
}

/** Takes the brackets out of a sentence or template. */
export function takeMarks(marked: string): Marked {
  let text = '';
  let from: number | null = null;
  const parts: Part[] = [];
  const problem = 'a region is marked by one [ and the next ], with words between.';
  for (const char of marked) {
    if (char === '[') {
      if (from !== null) return { text: marked, parts: [], problem };
      from = text.length;
    } else if (char === ']') {
      if (from === null || text.slice(from).trim() === '') return { text: marked, parts: [], problem }; // prettier-ignore
      parts.push([from, text.length]);
      from = null;
    } else text += char;
  }
  return from === null ? { text, parts, problem: null } : { text: marked, parts: [], problem };
}

/**
 * The methods of a pair whose regions are marked: `region` and, of one region each, `one-prefix` where the same words
 * come before different ones, `two-prefix` where different words come before the same.
 */
export function markedParts(good: Marked, bad: Marked): { parts?: PairParts[] } {
  if (good.parts.length === 0 || bad.parts.length === 0) return {};
  const both = { good: good.parts, bad: bad.parts };
  const parts: PairParts[] = [{ method: 'region', ...both }];
  const [[goodFrom, goodTo] = [0, 0], ...goodMore] = good.parts;
  const [[badFrom, badTo] = [0, 0], ...badMore] = bad.parts;
  if (goodMore.length + badMore.length === 0) {
    const sameBefore = good.text.slice(0, goodFrom) === bad.text.slice(0, badFrom);
    const sameWords = good.text.slice(goodFrom, goodTo) === bad.text.slice(badFrom, badTo);
    if (sameBefore !== sameWords) parts.push({ method: sameBefore ? 'one-prefix' : 'two-prefix', ...both }); // prettier-ignore
  }
  return { parts };
}
