// Templates: which pairs of a class were made from one frame, told from the sentences alone.

/** Words that stand in at least this share of a class's pairs, and in two, belong to the frame; others fill it. */
const frameShare = 0.2;

export const templateNote =
  'Pairs share a template where their two sentences are the same once every word that stands in fewer than 20 % of the class’s pairs is left open.';

export interface Templates {
  /** One a pair, from 0, in the order of their first appearance. */
  labels: Uint32Array;
  count: number;
  /** Distinct words among all that stand in open places of good sentences (share 0–1); NaN: none is open. */
  diversity: number;
}

export function templatesOf(pairs: readonly { good: string; bad: string }[]): Templates {
  const sentences = pairs.map(({ good, bad }) => ({ good: wordsOf(good), bad: wordsOf(bad) }));
  const pairsWith = new Map<string, number>();
  for (const { good, bad } of sentences)
    for (const word of new Set([...good, ...bad]))
      pairsWith.set(word, (pairsWith.get(word) ?? 0) + 1);
  const least = Math.max(2, frameShare * pairs.length);
  const isOpen = (word: string): boolean => (pairsWith.get(word) ?? 0) < least;
  const frame = (words: readonly string[]): string => words.map((w) => (isOpen(w) ? '_' : w)).join(' '); // prettier-ignore
  const known = new Map<string, number>();
  const labels = Uint32Array.from(sentences, ({ good, bad }) => {
    const key = `${frame(good)} | ${frame(bad)}`;
    const label = known.get(key) ?? known.size;
    known.set(key, label);
    return label;
  });
  const open = sentences.flatMap(({ good }) => good.filter(isOpen));
  return { labels, count: known.size, diversity: new Set(open).size / open.length };
}

/** Letter case and punctuation aside. */
export const wordsOf = (sentence: string): string[] =>
  sentence.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? [];
