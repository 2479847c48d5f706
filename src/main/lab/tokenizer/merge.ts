// Byte-pair merging of one pre-token: of all adjacent pairs the earliest-learnt merge first, leftmost first.
import { Heap } from './heap.ts';

/** For a pair of ids (left * vocabSize + right): the rank of its merge and the id that it makes. */
export type Merges = Map<number, { rank: number; id: number }>;

/** Merges the ids of single symbols as far as the merges go: O(n log n) in the length of the pre-token. */
export function mergeSymbols(ids: number[], merges: Merges, vocabSize: number): number[] {
  const n = ids.length;
  if (n < 2) return ids;
  const next = Int32Array.from(ids, (_, i) => i + 1);
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const gone = -1;
  const heap = new Heap<[rank: number, at: number, id: number]>();
  const offer = (left: number, right: number) => {
    if (left < 0 || right >= n) return;
    const merge = merges.get(ids[left]! * vocabSize + ids[right]!);
    if (merge) heap.push([merge.rank, left, merge.id]);
  };
  for (let i = 0; i + 1 < n; i++) offer(i, i + 1);
  for (let item = heap.pop(); item; item = heap.pop()) {
    const [rank, at, id] = item;
    const right = next[at]!;
    // Skip what an earlier merge has overtaken: the pair here is not the one that was offered.
    if (ids[at] === gone || right >= n) continue;
    if (merges.get(ids[at]! * vocabSize + ids[right]!)?.rank !== rank) continue;
    ids[at] = id;
    ids[right] = gone;
    const after = next[right]!;
    next[at] = after;
    if (after < n) previous[after] = at;
    offer(previous[at]!, at);
    offer(at, after);
  }
  return ids.filter((id) => id !== gone);
}
