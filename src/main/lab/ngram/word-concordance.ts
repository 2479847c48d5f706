// The lines of a text that hold an n-gram of words.
import { wordsOf } from './words.ts';

export interface WordLine {
  /** Counted from 0. */
  line: number;
  words: string[];
  /** Where in `words` the n-gram begins; −1 at the line's begin. */
  at: number;
}

export interface WordConcordance {
  lines: WordLine[];
  occurrences: number;
  linesWithIt: number;
}

/**
 * Reads the lines through once; a line is given once, at the first occurrence in it.
 * @param ngram words; `</s>` first means a line's begin, last its end
 */
export async function wordConcordance(
  text: AsyncIterable<string[]>,
  ngram: readonly string[],
  { offset = 0, limit = 100 }: { offset?: number; limit?: number } = {},
): Promise<WordConcordance> {
  const found: WordConcordance = { lines: [], occurrences: 0, linesWithIt: 0 };
  // Most lines lack the rarest word, here the longest: looking for it is faster than splitting.
  const telling = ngram.filter((word) => word !== '</s>').sort((a, b) => b.length - a.length)[0];
  let line = -1;
  for await (const batch of text)
    for (const raw of batch) {
      line++;
      if (telling !== undefined && !raw.toLowerCase().includes(telling)) continue;
      const words = wordsOf(raw);
      const places = occurrencesOf(['</s>', ...words, '</s>'], ngram);
      if (places.length === 0) continue;
      if (found.linesWithIt >= offset && found.lines.length < limit)
        found.lines.push({ line, words, at: (places[0] as number) - 1 });
      found.occurrences += places.length;
      found.linesWithIt++;
    }
  return found;
}

function occurrencesOf(words: readonly string[], ngram: readonly string[]): number[] {
  const places: number[] = [];
  for (let i = 0; i + ngram.length <= words.length; i++)
    if (ngram.every((word, k) => words[i + k] === word)) places.push(i);
  return places;
}
