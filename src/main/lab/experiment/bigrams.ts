// Which bigrams of words pull towards the bad sentences of some classes.
import type { ExperimentPlan, OffendingBigram } from '../../../shared/experiment.ts';
import { wordsOf, type NgramModel } from '../ngram/index.ts';

export interface SentencePair {
  good: string;
  bad: string;
}

export interface FoundBigrams {
  /** Those that pull most first. */
  offending: OffendingBigram[];
  /** Bigrams that only the good sentences of the same pairs have, as keys. */
  favourable: Set<string>;
}

const lineBegin = '</s>';
const key = (before: string, word: string): string => `${before} ${word}`;

/** Bigrams of a line as keys, its begin (`</s>`) with the first word. */
export const bigramsOf = (words: readonly string[]): string[] =>
  words.map((word, i) => key(words[i - 1] ?? lineBegin, word));

/**
 * Of pairs whose bad sentence the bigrams favour, those bigrams that the bad sentence has and the good one
 * lacks, that raise their word's probability (a pull above 0), as many as the plan allows.
 * @param idOf the id of a word in the model
 * @param lines of the training text
 */
export function offendingBigrams(
  pairs: readonly SentencePair[],
  model: NgramModel,
  idOf: (word: string) => number,
  lines: number,
  { most, leastCount, neutralNats, mostLines }: ExperimentPlan['bigrams'],
): FoundBigrams {
  const found = new Map<string, OffendingBigram>();
  const favourable = new Set<string>();
  for (const { good, bad } of pairs) {
    const [inGood, inBad] = [bigramsOf(wordsOf(good)), bigramsOf(wordsOf(bad))];
    const score = (words: string[]): number =>
      words.reduce((sum, word) => sum + pair(word).nats, 0);
    if (score(inGood) - score(inBad) >= -neutralNats) continue;
    const [onlyGood, onlyBad] = [new Set(inGood), new Set(inBad)];
    for (const one of inBad) onlyGood.delete(one);
    for (const one of inGood) onlyBad.delete(one);
    for (const one of onlyBad) {
      const { nats, wordNats, count, bigram } = pair(one);
      if (count < leastCount) continue;
      const known = found.get(one) ?? { bigram, count, pairs: 0, pullNats: 0 };
      known.pairs++;
      known.pullNats += nats - wordNats;
      found.set(one, known);
    }
    for (const one of onlyGood) favourable.add(one);
  }
  let room = mostLines * lines;
  const offending = [...found.values()]
    .filter(({ pullNats }) => pullNats > 0)
    .sort((a, b) => b.pullNats - a.pullNats || (key(...a.bigram) < key(...b.bigram) ? -1 : 1))
    .filter(({ count }) => {
      if (count > room) return false;
      room -= count;
      return true;
    })
    .slice(0, most);
  for (const { bigram } of offending) favourable.delete(key(...bigram));
  return { offending, favourable };

  function pair(one: string): {
    bigram: [string, string];
    nats: number;
    wordNats: number;
    count: number;
  } {
    // prettier-ignore
    const bigram = one.split(' ') as [string, string];
    const ids = bigram.map((word) => (word === lineBegin ? model.boundary : idOf(word)));
    const { nats } = model.scoreByOrder(ids);
    return { bigram, nats: nats[1]?.[1] ?? NaN, wordNats: nats[0]?.[1] ?? NaN, count: model.count(ids) }; // prettier-ignore
  }
}
