// Whether a pair's sentences differ in the order of words only, so that no single word gives them away.

/** True where both are of the same words, as often, letter case and punctuation aside. */
export const sameWords = (good: string, bad: string): boolean => bagOf(good) === bagOf(bad);

const bagOf = (sentence: string): string =>
  (sentence.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? []).sort().join(' ');
