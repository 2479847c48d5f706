// Scores planned sentences with a model: the log-probability of each of their tokens, in nats.
import { AppError } from '../../../shared/errors.ts';
import { free } from '../engine/ops.ts';
import { MASKED, type OptModel } from '../model/index.ts';
import { ForwardPass } from './forward.ts';
import { OutputLayer } from './output-layer.ts';
import type { RowBlock, ScoringPlan } from './plan.ts';

/** Some sentences of a plan, by their index, with the log-probabilities of their scored tokens (nats). */
export interface ScoredBatch {
  sentences: Int32Array;
  /** Views of one buffer, which can be transferred. */
  logProbs: Float32Array[];
  /** Share of the plan's work done by now, up to 1. */
  done: number;
}

/** Cells of a batch: large enough for full speed of matrix products, small enough for the caches. */
const BATCH_CELLS = 2048;

/**
 * Scores a plan batch by batch, every sentence once. Each step blocks its thread; leaving the loop early is fine.
 * @throws AppError diverged: the model's weights give no numbers
 */
export function* scoreBatches(model: OptModel, plan: ScoringPlan): Generator<ScoredBatch, void> {
  const cells = plan.blocks.reduce((sum, { rows, rowTokens }) => sum + rows * rowTokens, 0);
  const forward = new ForwardPass(model);
  const output = new OutputLayer(model);
  try {
    let done = 0;
    for (const block of plan.blocks) {
      const batchRows = Math.max(1, Math.floor(BATCH_CELLS / block.rowTokens));
      for (let row = 0; row < block.rows; row += batchRows) {
        const rows = Math.min(batchRows, block.rows - row);
        const edgeLogProbs = scoreRows(forward, output, block, row, rows);
        done += rows * block.rowTokens;
        yield { ...bySentence(block, row, rows, edgeLogProbs), done: done / cells };
      }
    }
  } finally {
    output.dispose();
    forward.dispose();
  }
}

export interface ScoreOptions {
  /** Told after each batch: a share of the work, up to 1. */
  onProgress?: (done: number) => void;
  /** Looked at after each batch: an AbortSignal, or whatever a blocked thread can see. */
  signal?: { readonly aborted: boolean };
}

/**
 * Scores all sentences of a plan. Blocks its thread.
 * @returns for each sentence the log-probabilities of its scored tokens (nats)
 * @throws AppError cancelled; diverged: the model's weights give no numbers
 */
export function scorePlan(
  model: OptModel,
  plan: ScoringPlan,
  { onProgress, signal }: ScoreOptions = {},
): Float32Array[] {
  const scored = new Array<Float32Array>(plan.sentences);
  for (const { sentences, logProbs, done } of scoreBatches(model, plan)) {
    sentences.forEach((sentence, n) => (scored[sentence] = logProbs[n]!));
    onProgress?.(done);
    if (signal?.aborted) throw new AppError('cancelled', 'Scoring was stopped.');
  }
  return scored;
}

/** The log-probabilities of the edges of some rows. */
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

/** The sentences of some rows from the log-probabilities of the rows' edges. */
function bySentence(
  block: RowBlock,
  row: number,
  rows: number,
  edgeLogProbs: Float32Array,
): Omit<ScoredBatch, 'done'> {
  const [from, to] = [block.rowStarts[row]!, block.rowStarts[row + rows]!];
  const firstEdge = block.edgeStarts[row]!;
  const firstToken = block.tokenStarts[from]!;
  const edges = block.tokenEdges.subarray(firstToken, block.tokenStarts[to]);
  const all = Float32Array.from(edges, (edge) => edgeLogProbs[edge - firstEdge]!);
  const sentences = block.sentences.slice(from, to);
  const logProbs = Array.from(
    sentences,
    (_, n) =>
    all.subarray(block.tokenStarts[from + n]! - firstToken, block.tokenStarts[from + n + 1]! - firstToken), // prettier-ignore
  );
  return { sentences, logProbs };
}
