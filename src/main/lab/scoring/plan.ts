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
  const order = sortedDistinct(sentences);
  const longest = order.distinct.reduce((most, { length }) => Math.max(most, length - 1), 0);
  const tooLong = sentences.find(({ ids }) => ids.length - 1 > maxPositions);
  if (tooLong)
    throw new AppError('bad-config', `A sentence has ${tooLong.ids.length} tokens, more than the model reads (${maxPositions} positions, so that ${maxPositions + 1} can be scored). Remove its pair from the suite, or use a model with more positions: “${tooLong.text}”`); // prettier-ignore

  const edgesOf: Int32Array[] = [];
  const blocks: RowBlock[] = [];
  let edges = 0;
  for (
    let below = 0, width = Math.min(rowTokens, maxPositions);
    below < longest;
    below = width, width = Math.min(2 * width, maxPositions)
  ) {
    // prettier-ignore
    const members = [...order.distinct.keys()].filter((d) => {
      const cells = order.distinct[d]!.length - 1;
      return below < cells && cells <= width;
    });
    if (members.length === 0) continue;
    const block = layOut(
      members.map((d) => order.distinct[d]!),
      width,
      (member, token, edge) => {
        const ids = order.distinct[members[member]!]!;
        (edgesOf[members[member]!] ??= new Int32Array(ids.length))[token] = edges + edge;
      },
    );
    blocks.push(block);
    edges += block.edgeCells.length;
  }

  const sentenceStarts = new Int32Array(sentences.length + 1);
  sentences.forEach(({ ids, scoredFrom }, s) => {
    sentenceStarts[s + 1] = sentenceStarts[s]! + ids.length - scoredFrom;
  });
  const sentenceEdges = new Int32Array(sentenceStarts.at(-1)!);
  sentences.forEach(({ scoredFrom }, s) => {
    sentenceEdges.set(edgesOf[order.indexOf[s]!]!.subarray(scoredFrom), sentenceStarts[s]);
  });
  return { blocks, edges, sentenceStarts, sentenceEdges };
}

/** Distinct sentences sorted by their ids, and for each sentence its index among them. */
function sortedDistinct(sentences: readonly EncodedSentence[]): {
  distinct: number[][];
  indexOf: Int32Array;
} {
  const sorted = [...sentences.keys()].sort((a, b) => compare(sentences[a]!.ids, sentences[b]!.ids)); // prettier-ignore
  const distinct: number[][] = [];
  const indexOf = new Int32Array(sentences.length);
  for (const s of sorted) {
    const { ids } = sentences[s]!;
    const last = distinct.at(-1);
    if (last === undefined || compare(last, ids) !== 0) distinct.push(ids);
    indexOf[s] = distinct.length - 1;
  }
  return { distinct, indexOf };
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

/**
 * Lays sorted distinct sentences out in rows. A sentence's last token is only predicted, never read.
 * @param onEdge told for each sentence and each of its tokens but the first the prediction that scores it
 */
function layOut(
  sentences: readonly number[][],
  rowTokens: number,
  onEdge: (sentence: number, token: number, edge: number) => void,
): RowBlock {
  const lengths = Int32Array.from(sentences, ({ length }) => length - 1);
  const shared = new Int32Array(sentences.length);
  for (let k = 1; k < sentences.length; k++)
    shared[k] = Math.min(commonPrefix(sentences[k - 1]!, sentences[k]!), lengths[k - 1]!, lengths[k]!); // prettier-ignore
  const rows = packRows(lengths, shared, rowTokens);

  const ids = new Int32Array(rows.length * rowTokens);
  const positions = new Int32Array(rows.length * rowTokens);
  const ends = Int32Array.from(ids, (_, cell) => (cell % rowTokens) + 1); // an empty cell sees itself
  const edgeStarts = new Int32Array(rows.length + 1);
  const edgeCells: number[] = [];
  const edgeTokens: number[] = [];
  rows.forEach((members, r) => {
    const first = r * rowTokens;
    let used = 0;
    let previous: readonly number[] = [];
    /** Cells, in the row, and predictions of the sentence before. */
    const path: number[] = [];
    const predictions: number[] = [];
    for (const member of members) {
      const sentence = sentences[member]!;
      const same = commonPrefix(previous, sentence);
      path.length = Math.min(same, path.length, sentence.length - 1);
      for (let t = path.length; t < sentence.length - 1; t++) {
        ids[first + used] = sentence[t]!;
        positions[first + used] = t;
        path.push(used++);
      }
      for (const cell of path) ends[first + cell] = used;
      for (let t = 1; t < sentence.length; t++) {
        if (t >= same) {
          predictions[t] = edgeCells.push(first + path[t - 1]!) - 1;
          edgeTokens.push(sentence[t]!);
        }
        onEdge(member, t, predictions[t]!);
      }
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
