// How sentences are scored, worked out once for all checkpoints: which cells in which rows, and where each token's
// log-probability will be found. Pure and deterministic.
import { AppError } from '../../../shared/errors.ts';
import type { EncodedSentence } from './encode.ts';
import { packRows } from './pack.ts';

/** Rows of one length. A cell is one token that the model reads; the cells of a row form trees in preorder. */
export interface RowBlock {
  rowTokens: number;
  rows: number;
  /** Token of each cell, (rows · rowTokens); 0 in cells that stay empty. */
  ids: Int32Array;
  /** Position of each cell's token in its sentence, from 0, (rows · rowTokens). */
  positions: Int32Array;
  /** Cell j is seen by cells i of its row with j ≤ i < ends[j], its descendants: (rows · rowTokens). */
  ends: Int32Array;
  /** Predictions of row r are those from edgeStarts[r] to edgeStarts[r + 1]: (rows + 1). */
  edgeStarts: Int32Array;
  /** Cell that predicts, counted over the block, and the token it predicts: one each for a prediction. */
  edgeCells: Int32Array;
  edgeTokens: Int32Array;
}

export interface ScoringPlan {
  blocks: RowBlock[];
  /** Predictions of all blocks; a log-probability each. */
  edges: number;
  /** Sentence s is scored by the predictions of its tokens, sentenceEdges[sentenceStarts[s] … sentenceStarts[s + 1]). */
  sentenceStarts: Int32Array;
  sentenceEdges: Int32Array;
}

export interface PlanOptions {
  /** Positions that the model has; a longer sentence is an error. */
  maxPositions: number;
  /** Cells of a row: twice that, four times that, … for longer sentences. More share more, but attend to more. */
  rowTokens?: number;
}

/** Found by trying on BLiMP: 128 saves 5 % of the cells, which attention over longer rows takes back. */
const ROW_TOKENS = 64;

/**
 * Packs sentences into rows. Identical ones are computed once, common beginnings within a row once.
 * @param sentences each with at least one token to score (`encodeSentence` sees to that)
 * @throws AppError bad-config: a sentence is longer than the model reads
 */
export function planScoring(
  sentences: readonly EncodedSentence[],
  { maxPositions, rowTokens = ROW_TOKENS }: PlanOptions,
): ScoringPlan {
  const tooLong = sentences.find(({ ids }) => ids.length - 1 > maxPositions);
  if (tooLong)
    throw new AppError('bad-config', `A sentence has ${tooLong.ids.length} tokens, more than the model reads (${maxPositions} positions, so that ${maxPositions + 1} can be scored). Remove its pair from the suite, or use a model with more positions: “${tooLong.text}”`); // prettier-ignore

  const { distinct, distinctOf } = sortedDistinct(sentences);
  /** Of each distinct sentence, one after the other: the edge that scores its second token, its third, … */
  const edgeStarts = startsOf(distinct, ({ length }) => length - 1);
  const edgesOfTokens = new Int32Array(edgeStarts.at(-1) ?? 0);
  const blocks: RowBlock[] = [];
  let edges = 0;
  for (const [width, members] of byWidth(distinct, rowTokens, maxPositions)) {
    const block = layOut(members, distinct, width, (d, edge) => {
      for (let t = 0; t + 1 < distinct[d]!.length; t++)
        edgesOfTokens[edgeStarts[d]! + t] = edges + edge[t]!;
    });
    blocks.push(block);
    edges += block.edgeCells.length;
  }

  const sentenceStarts = startsOf(sentences, ({ ids, scoredFrom }) => ids.length - scoredFrom);
  const sentenceEdges = new Int32Array(sentenceStarts.at(-1) ?? 0);
  sentences.forEach(({ scoredFrom }, s) => {
    const d = distinctOf[s]!;
    const scored = edgesOfTokens.subarray(edgeStarts[d]! + scoredFrom - 1, edgeStarts[d + 1]);
    sentenceEdges.set(scored, sentenceStarts[s]);
  });
  return { blocks, edges, sentenceStarts, sentenceEdges };
}

/** Where each one's numbers begin in a flat array, and after the last where they end. */
function startsOf<T>(all: readonly T[], count: (one: T) => number): Int32Array {
  const starts = new Int32Array(all.length + 1);
  all.forEach((one, n) => (starts[n + 1] = starts[n]! + count(one)));
  return starts;
}

/** Distinct sentences sorted by their ids, and for each sentence its index among them. */
function sortedDistinct(sentences: readonly EncodedSentence[]): {
  distinct: number[][];
  distinctOf: Int32Array;
} {
  const sorted = Int32Array.from(sentences.keys()).sort((a, b) => compare(sentences[a]!.ids, sentences[b]!.ids)); // prettier-ignore
  const distinct: number[][] = [];
  const distinctOf = new Int32Array(sentences.length);
  for (const s of sorted) {
    const { ids } = sentences[s]!;
    const last = distinct.at(-1);
    if (last === undefined || compare(last, ids) !== 0) distinct.push(ids);
    distinctOf[s] = distinct.length - 1;
  }
  return { distinct, distinctOf };
}

function compare(a: readonly number[], b: readonly number[]): number {
  const shared = commonPrefix(a, b);
  return shared < a.length && shared < b.length ? a[shared]! - b[shared]! : a.length - b.length;
}

function commonPrefix(a: readonly number[], b: readonly number[]): number {
  const most = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < most && a[shared] === b[shared]) shared++;
  return shared;
}

/** Sentences by the shortest of rows of rowTokens, twice that, … cells that holds them. */
function byWidth(
  distinct: readonly number[][],
  rowTokens: number,
  maxPositions: number,
): Map<number, number[]> {
  const members = new Map<number, number[]>();
  distinct.forEach(({ length }, d) => {
    let width = rowTokens;
    while (width < length - 1) width *= 2;
    width = Math.min(width, maxPositions);
    const same = members.get(width);
    if (same) same.push(d);
    else members.set(width, [d]);
  });
  return new Map([...members].sort(([a], [b]) => a - b));
}

/**
 * Lays some of the sorted distinct sentences out in rows. A sentence's last token is only predicted, never read.
 * @param onSentence told for each sentence the edges that score its tokens from the second on; used at once
 */
function layOut(
  members: readonly number[],
  distinct: readonly number[][],
  rowTokens: number,
  onSentence: (d: number, edges: Int32Array) => void,
): RowBlock {
  const lengths = Int32Array.from(members, (d) => distinct[d]!.length - 1);
  const shared = new Int32Array(members.length);
  for (let k = 1; k < members.length; k++)
    shared[k] = Math.min(commonPrefix(distinct[members[k - 1]!]!, distinct[members[k]!]!), lengths[k - 1]!, lengths[k]!); // prettier-ignore
  const rows = packRows(lengths, shared, rowTokens);

  const ids = new Int32Array(rows.length * rowTokens);
  const positions = new Int32Array(rows.length * rowTokens);
  const ends = new Int32Array(rows.length * rowTokens);
  for (let cell = 0; cell < ends.length; cell++) ends[cell] = (cell % rowTokens) + 1; // sees itself
  const edgeStarts = new Int32Array(rows.length + 1);
  const edgeCells: number[] = [];
  const edgeTokens: number[] = [];
  /** Cells of the last sentence laid out, within its row, and the edges of its tokens from the second on. */
  const path = new Int32Array(rowTokens);
  const edges = new Int32Array(rowTokens);
  rows.forEach((row, r) => {
    const first = r * rowTokens;
    let used = 0;
    let previous: readonly number[] = [];
    for (const k of row) {
      const sentence = distinct[members[k]!]!;
      const cells = sentence.length - 1;
      const same = commonPrefix(previous, sentence);
      for (let t = Math.min(same, Math.max(previous.length - 1, 0), cells); t < cells; t++) {
        ids[first + used] = sentence[t]!;
        positions[first + used] = t;
        path[t] = used++;
      }
      for (let t = 0; t < cells; t++) ends[first + path[t]!] = used;
      for (let t = Math.max(same, 1); t <= cells; t++) {
        edges[t - 1] = edgeCells.push(first + path[t - 1]!) - 1;
        edgeTokens.push(sentence[t]!);
      }
      onSentence(members[k]!, edges);
      previous = sentence;
    }
    edgeStarts[r + 1] = edgeCells.length;
  });
  return {
    rowTokens,
    rows: rows.length,
    ids,
    positions,
    ends,
    edgeStarts,
    edgeCells: Int32Array.from(edgeCells),
    edgeTokens: Int32Array.from(edgeTokens),
  };
}
