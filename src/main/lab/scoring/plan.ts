// How sentences are scored, worked out once for all checkpoints: which tokens in which cells of which rows, and which
// predictions score a sentence. Pure and deterministic.
import { AppError } from '../../../shared/errors.ts';
import { attentionHere } from './attention.ts';
import type { EncodedSentence } from './encode.ts';

/**
 * Rows of one length. A cell is one token that the model reads; the cells of a row form trees, in preorder. An edge
 * is one prediction: a cell, and a token that follows it in some sentences. A sentence lies in one row.
 */
export interface RowBlock {
  rowTokens: number;
  rows: number;
  /** Token of each cell, (rows · rowTokens); 0 in cells that stay empty. */
  ids: Int32Array;
  /** Position of each cell's token in its sentence, from 0, (rows · rowTokens). */
  positions: Int32Array;
  /** Cell j is seen by the cells i of its row with j ≤ i < ends[j]: itself and what follows it. (rows · rowTokens) */
  ends: Int32Array;
  /** Row r has the edges from edgeStarts[r] up to edgeStarts[r + 1]. (rows + 1) */
  edgeStarts: Int32Array;
  /** The cell that predicts, counted over the block, and the token predicted. (edges) */
  edgeCells: Int32Array;
  edgeTokens: Int32Array;
  /** Row r scores sentences[rowStarts[r]] up to sentences[rowStarts[r + 1]], all those given, repeated ones too. */
  rowStarts: Int32Array;
  sentences: Int32Array;
  /** sentences[n] is scored by tokenEdges[tokenStarts[n]] up to tokenEdges[tokenStarts[n + 1]], token by token. */
  tokenStarts: Int32Array;
  tokenEdges: Int32Array;
}

export interface ScoringPlan {
  blocks: RowBlock[];
  /** Sentences given. */
  sentences: number;
}

export interface PlanOptions {
  /** Positions that the model has; a longer sentence is an error. */
  maxPositions: number;
  /** Cells of a row at most: twice that, four times that, … for longer sentences. By default what suits the engine. */
  rowTokens?: number;
}

/**
 * Packs sentences into rows. Identical ones are computed once, common beginnings within a row once.
 * @param sentences each with at least one token to score (`encodeSentence` sees to that)
 * @throws AppError bad-config: a sentence is longer than the model reads
 */
export function planScoring(
  sentences: readonly EncodedSentence[],
  { maxPositions, rowTokens = attentionHere().rowTokens }: PlanOptions,
): ScoringPlan {
  const tooLong = sentences.find(({ ids }) => ids.length - 1 > maxPositions);
  if (tooLong)
    throw new AppError('bad-config', `A sentence has ${tooLong.ids.length} tokens, more than the model reads (${maxPositions} positions, so that ${maxPositions + 1} can be scored). Remove its pair from the suite, or use a model with more positions: “${tooLong.text}”`); // prettier-ignore
  const byWidth = new Map<number, Group[]>();
  for (const group of sortedGroups(sentences)) {
    let width = rowTokens;
    while (width < group.ids.length - 1) width *= 2;
    const same = byWidth.get(width);
    if (same) same.push(group);
    else byWidth.set(width, [group]);
  }
  const blocks = [...byWidth]
    .sort(([a], [b]) => a - b)
    .map(([width, groups]) => layOut(groups, width, (s) => sentences[s]?.scoredFrom ?? 1));
  return { blocks, sentences: sentences.length };
}

/** Sentences of the same ids. */
interface Group {
  ids: readonly number[];
  members: Int32Array;
}

/** Groups of equal sentences, sorted by their ids. */
function sortedGroups(sentences: readonly EncodedSentence[]): Group[] {
  const idsOf = (s: number) => sentences[s]!.ids;
  const sorted = Int32Array.from(sentences.keys()).sort((a, b) => compare(idsOf(a), idsOf(b)));
  const groups: Group[] = [];
  for (let from = 0, to = 1; from < sorted.length; from = to++) {
    const ids = idsOf(sorted[from]!);
    while (to < sorted.length && compare(ids, idsOf(sorted[to]!)) === 0) to++;
    groups.push({ ids, members: sorted.subarray(from, to) });
  }
  return groups;
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

/** Lays sorted groups out in rows. A sentence's last token is only predicted, never read. */
function layOut(
  groups: readonly Group[],
  mostTokens: number,
  scoredFrom: (sentence: number) => number,
): RowBlock {
  const lengths = Int32Array.from(groups, ({ ids }) => ids.length - 1);
  const shared = new Int32Array(groups.length);
  for (let k = 1; k < groups.length; k++)
    shared[k] = Math.min(commonPrefix(groups[k - 1]!.ids, groups[k]!.ids), lengths[k - 1]!, lengths[k]!); // prettier-ignore
  const { rows, rowTokens } = shortestRows(lengths, shared, mostTokens);

  const ids = new Int32Array(rows.length * rowTokens);
  const positions = new Int32Array(rows.length * rowTokens);
  const ends = new Int32Array(rows.length * rowTokens);
  for (let cell = 0; cell < ends.length; cell++) ends[cell] = (cell % rowTokens) + 1; // sees itself
  const [edgeStarts, rowStarts, tokenStarts] = [[0], [0], [0]];
  const edgeCells: number[] = [];
  const edgeTokens: number[] = [];
  const sentences: number[] = [];
  const tokenEdges: number[] = [];
  rows.forEach((begin, r) => {
    const first = r * rowTokens;
    let used = 0;
    /** The group before, its cells within the row, and the edges that predict its tokens but the first. */
    let previous: readonly number[] = [];
    const path: number[] = [];
    const edges: number[] = [];
    for (let k = begin; k < (rows[r + 1] ?? groups.length); k++) {
      const group = groups[k]!;
      const cells = lengths[k]!;
      const same = commonPrefix(previous, group.ids);
      path.length = Math.min(path.length, same, cells);
      for (let t = path.length; t < cells; t++) {
        ids[first + used] = group.ids[t]!;
        positions[first + used] = t;
        path.push(used++);
      }
      for (const cell of path) ends[first + cell] = used;
      edges.length = Math.max(same - 1, 0);
      for (let t = edges.length + 1; t <= cells; t++) {
        edges.push(edgeCells.push(first + path[t - 1]!) - 1);
        edgeTokens.push(group.ids[t]!);
      }
      for (const sentence of group.members) {
        sentences.push(sentence);
        for (let t = scoredFrom(sentence); t <= cells; t++) tokenEdges.push(edges[t - 1]!);
        tokenStarts.push(tokenEdges.length);
      }
      previous = group.ids;
    }
    edgeStarts.push(edgeCells.length);
    rowStarts.push(sentences.length);
  });
  return {
    rowTokens,
    rows: rows.length,
    ids,
    positions,
    ends,
    edgeStarts: Int32Array.from(edgeStarts),
    edgeCells: Int32Array.from(edgeCells),
    edgeTokens: Int32Array.from(edgeTokens),
    rowStarts: Int32Array.from(rowStarts),
    sentences: Int32Array.from(sentences),
    tokenStarts: Int32Array.from(tokenStarts),
    tokenEdges: Int32Array.from(tokenEdges),
  };
}

/** Rows may as well have a multiple of so many cells: what vectors hold. */
const VECTOR = 16;

/**
 * Sorted sentences in as few rows of at most `most` cells as they need, and those as short as they can be.
 * @param lengths cells of each
 * @param shared leading cells that each has in common with the one before
 * @returns the first sentence of each row
 */
function shortestRows(lengths: Int32Array, shared: Int32Array, most: number) {
  const enough = rowsOf(lengths, shared, most);
  let [tooShort, rowTokens, rows] = [lengths.reduce((a, b) => Math.max(a, b), 0) - 1, most, enough];
  while (rowTokens - tooShort > 1) {
    const between = (tooShort + rowTokens) >> 1;
    const tried = rowsOf(lengths, shared, between);
    if (tried.length > enough.length) tooShort = between;
    else [rowTokens, rows] = [between, tried];
  }
  return { rows, rowTokens: Math.min(most, Math.ceil(rowTokens / VECTOR) * VECTOR) };
}

/** Sentences one after the other, a new row begun where one does not fit any more. */
function rowsOf(lengths: Int32Array, shared: Int32Array, rowTokens: number): number[] {
  const rows = [0];
  let used = 0;
  for (let k = 0; k < lengths.length; k++) {
    const more = lengths[k]! - (used > 0 ? shared[k]! : 0);
    if (used + more > rowTokens) rows.push(k);
    used = used + more > rowTokens ? lengths[k]! : used + more;
  }
  return rows;
}
