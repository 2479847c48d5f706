// Byte-pair merging of one pre-token: of all adjacent pairs the earliest-learnt merge first, leftmost first.
import { Heap } from './heap.ts';

/** For a pair of ids (left * vocabSize + right): the rank of its merge and the id that it makes. */
export type Merges = Map<number, { rank: number; id: number }>;

const gone = -1;

/** Merges the ids of single symbols, in place, as far as the merges go: O(n log n) in the length of the pre-token. */
export function mergeSymbols(ids: number[], merges: Merges, vocabSize: number): number[] {
  const n = ids.length;
  if (n < 2) return ids;
  const next = new Int32Array(n);
  const previous = new Int32Array(n);
  /** Merges on offer, rank * n + position: by rank, and from the left. */
  const offers = new Heap<number>((a, b) => a < b);
  const mergeOf = (left: number, right: number) => merges.get(ids[left]! * vocabSize + ids[right]!);
  const offer = (left: number, right: number) => {
    if (left < 0 || right >= n) return;
    const merge = mergeOf(left, right);
    if (merge) offers.push(merge.rank * n + left);
  };
  for (let i = 0; i < n; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
    offer(i, i + 1);
  }
  for (let top = offers.pop(); top !== undefined; top = offers.pop()) {
    const at = top % n;
    const right = next[at]!;
    // Skip what an earlier merge has overtaken: the pair here is not the one that was offered.
    if (ids[at] === gone || right >= n) continue;
    const merge = mergeOf(at, right);
    if (merge?.rank !== Math.floor(top / n)) continue;
    ids[at] = merge.id;
    ids[right] = gone;
    const after = next[right]!;
    next[at] = after;
    if (after < n) previous[after] = at;
    offer(previous[at]!, at);
    offer(at, after);
  }
  return ids.filter((id) => id !== gone);
}
