// Scores planned sentences with a model: the log-probability of each of their tokens, in nats.
import { free } from '../engine/ops.ts';
import { MASKED, type OptModel } from '../model/index.ts';
import { ForwardPass } from './forward.ts';
import { OutputLayer } from './output-layer.ts';
import type { RowBlock, ScoringPlan } from './plan.ts';

export interface ScoreOptions {
  /** Told after each batch: a share of the work, from 0 to 1. */
  onProgress?: (done: number) => void;
  /** Looked at before each batch, to stop there: an AbortSignal, or whatever a blocked thread can see. */
  signal?: { readonly aborted: boolean };
}

/** Cells of a batch: large enough for full speed of matrix products, small enough for the caches. */
const BATCH_CELLS = 2048;
/** No log-probability: those are finite, or an error. */
const NOT_REACHED = NaN;

/**
 * Scores all sentences of a plan. Blocks its thread.
 * @returns for each sentence the natural logarithms of its scored tokens' probabilities; views of one buffer,
 * which can be transferred. Sentences that were not reached before `signal` asked to stop have none.
 * @throws AppError diverged: the model's weights give no numbers
 */
export function scorePlan(
  model: OptModel,
  plan: ScoringPlan,
  { onProgress, signal }: ScoreOptions = {},
): Float32Array[] {
  const edgeLogProbs = new Float32Array(plan.edges).fill(NOT_REACHED);
  const cells = plan.blocks.reduce((sum, { rows, rowTokens }) => sum + rows * rowTokens, 0);
  const forward = new ForwardPass(model);
  const output = new OutputLayer(model);
  try {
    let firstEdge = 0;
    let done = 0;
    for (const block of plan.blocks) {
      const batchRows = Math.max(1, Math.floor(BATCH_CELLS / block.rowTokens));
      for (let row = 0; row < block.rows; row += batchRows) {
        if (signal?.aborted) return bySentence(plan, edgeLogProbs);
        const rows = Math.min(batchRows, block.rows - row);
        const logProbs = scoreRows(forward, output, block, row, rows);
        edgeLogProbs.set(logProbs, firstEdge + block.edgeStarts[row]!);
        done += rows * block.rowTokens;
        onProgress?.(done / cells);
      }
      firstEdge += block.edgeCells.length;
    }
  } finally {
    output.dispose();
    forward.dispose();
  }
  return bySentence(plan, edgeLogProbs);
}

/** A sentence lies in one row, so that all of its predictions were reached or none. */
function bySentence(
  { sentenceStarts, sentenceEdges }: ScoringPlan,
  edgeLogProbs: Float32Array,
): Float32Array[] {
  const all = Float32Array.from(sentenceEdges, (edge) => edgeLogProbs[edge]!);
  return Array.from({ length: sentenceStarts.length - 1 }, (_, s) => {
    const logProbs = all.subarray(sentenceStarts[s], sentenceStarts[s + 1]);
    return Number.isNaN(logProbs[0]) ? logProbs.subarray(0, 0) : logProbs;
  });
}

/** The log-probabilities of the predictions of some rows. */
function scoreRows(
  forward: ForwardPass,
  output: OutputLayer,
  block: RowBlock,
  row: number,
  rows: number,
): Float32Array {
  const { rowTokens } = block;
  const [from, to] = [row * rowTokens, (row + rows) * rowTokens];
  const [firstEdge, lastEdge] = [block.edgeStarts[row]!, block.edgeStarts[row + rows]!];
  const states = forward.states(
    block.ids.slice(from, to),
    block.positions.slice(from, to),
    ancestorMask(block, row, rows),
    rows,
    rowTokens,
  );
  const logProbs = output.logProbs(
    states,
    rows * rowTokens,
    block.edgeCells.slice(firstEdge, lastEdge).map((cell) => cell - from),
    block.edgeTokens.slice(firstEdge, lastEdge),
  );
  free(states);
  return logProbs;
}

/** (rows, rowTokens, rowTokens): 0 where cell i (second axis) sees cell j (third), MASKED elsewhere. */
function ancestorMask({ rowTokens, ends }: RowBlock, row: number, rows: number): Float32Array {
  const mask = new Float32Array(rows * rowTokens * rowTokens).fill(MASKED);
  for (let r = 0; r < rows; r++)
    for (let j = 0; j < rowTokens; j++) {
      const end = ends[(row + r) * rowTokens + j]!;
      for (let i = j; i < end; i++) mask[(r * rowTokens + i) * rowTokens + j] = 0;
    }
  return mask;
}
