// Counts the words in a run of token ids exactly, as `text.split(/\s+/)` counts them in the text behind it.
import type { Tokenizer } from './tokenizer.ts';

/** The UTF-8 bytes of white space as JavaScript's \s has it (line feed, no-break space, U+FEFF, …). */
const spaces =
  [...'\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'] // prettier-ignore
    .map((space) => Buffer.from(space).toString('latin1'));
/** Beginnings of white space of several bytes, which a token may end in: the empty one first. */
const prefixes = [
  ...new Set(['', ...spaces.flatMap((s) => [s.slice(0, 1), s.slice(0, 2)])]),
].filter((prefix) => !spaces.includes(prefix));
// A state: in a word or not, and the beginning of white space seen, if any: 2 × prefix + (in a word).
const stateCount = 2 * prefixes.length;
const afterSpace = 0;

/** What a byte does in a state: the state after it and how many words begin. */
function step(state: number, byte: number): { state: number; begun: number } {
  let seen = prefixes[state >> 1]! + String.fromCharCode(byte);
  let inWord = state & 1;
  let begun = 0;
  // Bytes that turn out to be no white space belong to a word.
  while (!spaces.includes(seen) && !prefixes.includes(seen)) {
    begun += 1 - inWord;
    inWord = 1;
    seen = seen.slice(1);
  }
  if (spaces.includes(seen)) return { state: afterSpace, begun };
  return { state: 2 * prefixes.indexOf(seen) + inWord, begun };
}

export interface WordCounter {
  /**
   * The words that begin in ids[from … to). The ids before `from` are context: whether a word goes on there; with
   * none the run begins a line. Over consecutive runs the counts add up to those of the whole text.
   */
  count(ids: ArrayLike<number>, from?: number, to?: number): number;
}

/**
 * How many ids of context `count` looks at. With tokens of one byte each, two may be the end of a character whose
 * beginning is not seen; a whole character of up to four bytes after them settles the state.
 */
export const contextTokens = 6;

/**
 * A counter for a tokenizer, from a table of what each token does in each state. Special tokens (the `</s>` at
 * a line's end) separate words.
 */
export function wordCounter(tokenizer: Tokenizer): WordCounter {
  const { vocabSize } = tokenizer;
  const next = new Uint8Array(vocabSize * stateCount);
  const begun = new Uint16Array(vocabSize * stateCount);
  const stepOf = Array.from({ length: stateCount * 256 }, (_, i) => step(i >> 8, i & 255));
  for (let id = 0; id < vocabSize; id++) {
    const bytes = tokenizer.tokenBytes(id);
    for (let start = 0; start < stateCount; start++) {
      let state = tokenizer.specialIds.has(id) ? afterSpace : start;
      for (const byte of bytes) {
        const done = stepOf[state * 256 + byte]!;
        state = done.state;
        begun[id * stateCount + start]! += done.begun;
      }
      next[id * stateCount + start] = state;
    }
  }
  return {
    count(ids, from = 0, to = ids.length) {
      let state = afterSpace;
      for (let i = Math.max(0, from - contextTokens); i < from; i++)
        state = next[ids[i]! * stateCount + state]!;
      let words = 0;
      for (let i = from; i < to; i++) {
        const at = ids[i]! * stateCount + state;
        words += begun[at]!;
        state = next[at]!;
      }
      return words;
    },
  };
}
