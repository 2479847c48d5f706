// Every position of a corpus, sorted by the token there, then the one before it, and so on.
import { release } from './memory.ts';
import type { TokenIds } from './token-file.ts';

/**
 * The n-grams that end at each position, sorted from their last token backwards (KenLM's suffix order:
 * Heafield et al., "Scalable modified Kneser-Ney language model estimation", 2013): all n-grams of any
 * order that are the same then stand together, and so do the distinct tokens on the left of each.
 */
export interface SortedEndings {
  /** Positions of the corpus; all but the first, which nothing predicts. */
  positions: Uint32Array;
  /** Tokens of the longest n-gram at each, at most order; a sentence's begin is its first. */
  lengths: Uint8Array;
  /** Tokens that it shares with the one before it in this order, from the right. */
  shared: Uint8Array;
}

/**
 * A least-significant-digit radix sort: `order` stable counting passes, linear in the corpus.
 * Bytes: 6 a token, and 5 more while it sorts.
 * @param boundary the id that ends one sentence and begins the next; no n-gram crosses it
 */
export function sortEndings(
  ids: TokenIds,
  order: number,
  boundary: number,
  onPass: (done: number) => void = () => undefined,
): SortedEndings {
  const reach = contextReach(ids, order, boundary);
  const buckets = largest(ids) + 2;
  let positions = new Uint32Array(Math.max(0, ids.length - 1));
  let spare = new Uint32Array(positions.length);
  for (let back = order - 1; back >= 0; back--) {
    scatter(ids, reach, back, buckets, back === order - 1 ? null : positions, spare);
    [positions, spare] = [spare, positions];
    onPass(order - back);
  }
  release(spare);
  return compare(ids, reach, positions);
}

/** By position: how many tokens of context it has, at most order − 1. */
function contextReach(ids: TokenIds, order: number, boundary: number): Uint8Array {
  const reach = new Uint8Array(ids.length);
  for (let p = 1; p < ids.length; p++)
    reach[p] =
      ids[p - 1] === boundary ? Math.min(1, order - 1) : Math.min(order - 1, (reach[p - 1] as number) + 1); // prettier-ignore
  return reach;
}

function largest(ids: TokenIds): number {
  let most = 0;
  for (let p = 0; p < ids.length; p++) if ((ids[p] as number) > most) most = ids[p] as number;
  return most;
}

/** One stable counting pass by the token `back` places before each position; bucket 0: none there. */
function scatter(
  ids: TokenIds,
  reach: Uint8Array,
  back: number,
  buckets: number,
  from: Uint32Array | null,
  to: Uint32Array,
): void {
  const n = to.length;
  const starts = new Uint32Array(buckets + 1);
  for (let p = 1; p <= n; p++) {
    const bucket = back <= (reach[p] as number) ? (ids[p - back] as number) + 1 : 0;
    starts[bucket + 1] = (starts[bucket + 1] as number) + 1;
  }
  for (let b = 1; b <= buckets; b++) starts[b] = (starts[b] as number) + (starts[b - 1] as number);
  for (let i = 0; i < n; i++) {
    const p = from ? (from[i] as number) : i + 1;
    const bucket = back <= (reach[p] as number) ? (ids[p - back] as number) + 1 : 0;
    const at = starts[bucket] as number;
    to[at] = p;
    starts[bucket] = at + 1;
  }
}

function compare(ids: TokenIds, reach: Uint8Array, positions: Uint32Array): SortedEndings {
  const lengths = new Uint8Array(positions.length);
  const shared = new Uint8Array(positions.length);
  for (let i = 0; i < positions.length; i++) {
    const p = positions[i] as number;
    const length = 1 + (reach[p] as number);
    lengths[i] = length;
    if (i === 0) continue;
    const before = positions[i - 1] as number;
    const most = Math.min(length, lengths[i - 1] as number);
    let k = 0;
    while (k < most && ids[before - k] === ids[p - k]) k++;
    shared[i] = k;
  }
  release(reach);
  return { positions, lengths, shared };
}
