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

/**
 * The level at an index, of order index + 1.
 * @param size its distinct n-grams: the vocabulary's size at order 1, above it what the level below says
 * @param isHighest whether no level follows, so that none has children
 */
export function countLevel(
  ids: TokenIds,
  { positions, lengths, shared }: SortedEndings,
  index: number,
  size: number,
  isHighest: boolean,
): NgramLevel {
  const tokens = ids instanceof Uint16Array ? new Uint16Array(size) : new Uint32Array(size);
  const counts = new Uint32Array(size);
  const firstChild = isHighest ? null : new Uint32Array(size + 1);
  if (index === 0) for (let id = 0; id < size; id++) tokens[id] = id;
  let at = -1;
  for (let i = 0; i < positions.length; i++) {
    const length = lengths[i] as number;
    if (length <= index) continue;
    const same = shared[i] as number;
    if (same <= index) {
      const leftmost = ids[(positions[i] as number) - index] as number;
      at = index === 0 ? leftmost : at + 1;
      tokens[at] = leftmost;
    }
    counts[at] = (counts[at] as number) + 1;
    // How many children, one place further on: summed, these are where the children begin.
    if (firstChild && length > index + 1 && same <= index + 1)
      firstChild[at + 1] = (firstChild[at + 1] as number) + 1;
  }
  if (firstChild)
    for (let k = 1; k <= size; k++)
      firstChild[k] = (firstChild[k] as number) + (firstChild[k - 1] as number);
  return { size, tokens, counts, firstChild };
}

/** How many n-grams the next level has. */
export const childrenOf = ({ firstChild, size }: NgramLevel): number => firstChild?.[size] ?? 0;

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
