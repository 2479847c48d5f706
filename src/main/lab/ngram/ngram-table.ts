// Distinct n-grams of each order with their counts, packed as a tree from the last token leftwards.
import type { SortedEndings } from './sort-endings.ts';
import type { TokenIds } from './token-file.ts';

/**
 * The n-grams of one order. An n-gram's children are those one token longer on the left; they stand
 * together, sorted by that token. Order 1 has an entry for every id of the vocabulary, at its id.
 */
export interface NgramLevel {
  size: number;
  /** Leftmost token of each. */
  tokens: TokenIds;
  /** Times seen. */
  counts: Uint32Array;
  /** Index of the first child in the next level, and one past the end; null for the highest order. */
  firstChild: Uint32Array | null;
}

/** Levels of orders 1 … order (at index 0 … order − 1). */
export function countNgrams(
  ids: TokenIds,
  sorted: SortedEndings,
  order: number,
  vocabSize: number,
): NgramLevel[] {
  const levels = sizes(sorted, order, vocabSize).map((size, index) => ({
    size,
    tokens: ids instanceof Uint16Array ? new Uint16Array(size) : new Uint32Array(size),
    counts: new Uint32Array(size),
    firstChild: index + 1 < order ? new Uint32Array(size + 1) : null,
  }));
  const next = new Uint32Array(order + 1);
  const { positions, reach, shared } = sorted;
  // Ids that never occur have no children: their range starts where the next one's does.
  let openUnigrams = 0;
  const unigrams = levels[0] as NgramLevel;
  for (let i = 0; i < positions.length; i++) {
    const p = positions[i] as number;
    const length = 1 + (reach[p] as number);
    const same = shared[i] as number;
    if (same === 0)
      for (; openUnigrams <= (ids[p] as number); openUnigrams++)
        if (unigrams.firstChild) unigrams.firstChild[openUnigrams] = next[1] as number;
    for (let index = Math.max(1, same); index < length; index++) {
      const level = levels[index] as NgramLevel;
      const at = next[index] as number;
      level.tokens[at] = ids[p - index] as number;
      if (level.firstChild) level.firstChild[at] = next[index + 1] as number;
      next[index] = at + 1;
    }
    unigrams.counts[ids[p] as number] = (unigrams.counts[ids[p] as number] as number) + 1;
    for (let index = 1; index < length; index++) {
      const { counts } = levels[index] as NgramLevel;
      const at = (next[index] as number) - 1;
      counts[at] = (counts[at] as number) + 1;
    }
  }
  for (let id = 0; id < vocabSize; id++) unigrams.tokens[id] = id;
  for (; openUnigrams <= vocabSize; openUnigrams++)
    if (unigrams.firstChild) unigrams.firstChild[openUnigrams] = next[1] as number;
  levels.forEach((level, index) => {
    if (index > 0 && level.firstChild) level.firstChild[level.size] = next[index + 1] as number;
  });
  return levels;
}

function sizes(
  { positions, reach, shared }: SortedEndings,
  order: number,
  vocabSize: number,
): number[] {
  // prettier-ignore
  const found = new Array<number>(order).fill(0);
  for (let i = 0; i < positions.length; i++) {
    const length = 1 + (reach[positions[i] as number] as number);
    for (let index = shared[i] as number; index < length; index++)
      found[index] = (found[index] as number) + 1;
  }
  found[0] = vocabSize;
  return found;
}

/**
 * Kneser and Ney's count: of how many distinct tokens an n-gram stands on the right. One that nothing
 * can precede (it begins a sentence) keeps the times that it was seen, as in KenLM.
 */
export function continuations(level: NgramLevel, at: number): number {
  if (!level.firstChild) return level.counts[at] as number;
  const children = (level.firstChild[at + 1] as number) - (level.firstChild[at] as number);
  return children === 0 ? (level.counts[at] as number) : children;
}

/** Index of the child with this leftmost token, or −1. */
export function findChild(level: NgramLevel, at: number, next: NgramLevel, token: number): number {
  if (!level.firstChild) return -1;
  let low = level.firstChild[at] as number;
  let high = (level.firstChild[at + 1] as number) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = next.tokens[middle] as number;
    if (found === token) return middle;
    if (found < token) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
