// A corpus as word ids, for n-grams of words beside those of tokens.
import { likeCorpus, type TextForm } from '../suite/text-form.ts';

/**
 * What a word is: text in lower case, punctuation apart but hyphens and apostrophes within words kept,
 * split at white space. The same for corpus and sentences, so that "dog." and "dog ." meet.
 */
export const wordForm: TextForm = {
  lowerCase: true,
  spacedPunctuation: true,
  spacedHyphens: false,
  spacedClitics: false,
};

export function wordsOf(text: string): string[] {
  const words = likeCorpus(text, wordForm);
  return words === '' ? [] : words.split(' ');
}

/** Ids of the two entries that are no words. */
export const sentenceEnd = 0;
export const unknownWord = 1;

export interface WordCorpus {
  /** `</s>` words `</s>` words `</s>` …, as the token files have it. */
  ids: Uint32Array;
  /** Words by id; the first two are `</s>` and `<unk>`. */
  words: string[];
}

/** Takes 4 bytes a word, and its vocabulary. */
export async function encodeWords(lines: AsyncIterable<string[]>): Promise<WordCorpus> {
  const known = new Map([
    ['</s>', sentenceEnd],
    ['<unk>', unknownWord],
  ]);
  let ids = new Uint32Array(1 << 16);
  let used = 1;
  for await (const batch of lines) {
    for (const line of batch) {
      const words = wordsOf(line);
      if (used + words.length + 1 > ids.length) {
        const larger = new Uint32Array(2 * ids.length + words.length);
        larger.set(ids);
        ids = larger;
      }
      for (const word of words) {
        const id = known.get(word) ?? known.size;
        known.set(word, id);
        ids[used++] = id;
      }
      ids[used++] = sentenceEnd;
    }
  }
  return { ids: ids.subarray(0, used), words: [...known.keys()] };
}

/**
 * Gives the ids of a sentence's words, `</s>` first; words that the corpus lacks are `<unk>`.
 * @param words of a `WordCorpus`
 */
export function wordEncoder(words: readonly string[]): (sentence: string) => number[] {
  const known = new Map(words.map((word, id) => [word, id]));
  return (sentence) => [
    sentenceEnd,
    ...wordsOf(sentence).map((word) => known.get(word) ?? unknownWord),
  ];
}
