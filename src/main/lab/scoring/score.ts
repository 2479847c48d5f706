// Scores planned sentences with a model: the log-probability of each of their tokens, in nats.
import { AppError } from '../../../shared/errors.ts';
import type { ModelConfig } from '../../../shared/domain.ts';
import type { OptModel } from '../model/index.ts';
import type { RowBlock, ScoringPlan } from './plan.ts';
import { ScoreGraph, type Batch, type BatchShape } from './score-graph.ts';

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

/** Scores a plan's sentences with any models of one shape. Memory is TensorFlow's: `dispose` gives it back. */
export class Scorer {
  private readonly plan: ScoringPlan;
  private readonly shapes: readonly BatchShape[];
  private readonly graph: ScoreGraph;

  constructor(config: ModelConfig, plan: ScoringPlan) {
    this.plan = plan;
    this.shapes = plan.blocks.map(batchShape);
    this.graph = new ScoreGraph(config, this.shapes);
  }

  /**
   * Scores every sentence once, batch by batch. Each batch blocks its thread; leaving the loop early is fine.
   * @param wanted batches without any wanted sentence are passed over
   * @throws AppError diverged: the model's weights give no numbers
   */
  *score(
    model: OptModel,
    wanted: (sentence: number) => boolean = () => true,
  ): Generator<ScoredBatch, void> {
    this.graph.set(model);
    const { blocks } = this.plan;
    const cells = blocks.reduce((sum, { rows, rowTokens }) => sum + rows * rowTokens, 0);
    let done = 0;
    for (const [n, block] of blocks.entries())
      for (let row = 0, rows = this.shapes[n]!.rows; row < block.rows; row += rows) {
        const end = Math.min(row + rows, block.rows);
        const members = block.sentences.subarray(block.rowStarts[row], block.rowStarts[end]);
        done += (end - row) * block.rowTokens;
        if (!members.some(wanted)) continue;
        const logProbs = this.graph.logProbs(n, batchOf(block, row, end));
        if (!logProbs.every(Number.isFinite))
          throw new AppError('diverged', 'The model gives no probabilities (NaN): its weights hold NaN or infinite numbers. Score an earlier checkpoint.'); // prettier-ignore
        yield { ...bySentence(block, row, end, logProbs), done: done / cells };
      }
  }

  dispose(): void {
    this.graph.dispose();
  }
}

export interface ScoreOptions {
  /** Told after each batch: a share of the work, up to 1. */
  onProgress?: (done: number) => void;
  /** Looked at after each batch: an AbortSignal, or whatever a blocked thread can see. */
  signal?: { readonly aborted: boolean };
}

/**
 * Scores all sentences of a plan with one model. Blocks its thread.
 * @returns for each sentence the log-probabilities of its scored tokens (nats)
 * @throws AppError cancelled; diverged: the model's weights give no numbers
 */
export function scorePlan(
  model: OptModel,
  plan: ScoringPlan,
  { onProgress, signal }: ScoreOptions = {},
): Float32Array[] {
  const scored = new Array<Float32Array>(plan.sentences);
  const scorer = new Scorer(model.config, plan);
  try {
    for (const { sentences, logProbs, done } of scorer.score(model)) {
      sentences.forEach((sentence, n) => (scored[sentence] = logProbs[n]!));
      onProgress?.(done);
      if (signal?.aborted) throw new AppError('cancelled', 'Scoring was stopped.');
    }
  } finally {
    scorer.dispose();
  }
  return scored;
}

/** The sizes that every batch of a block fits in. */
function batchShape({ rows: all, rowTokens, edgeStarts }: RowBlock): BatchShape {
  const most = Math.max(1, Math.floor(BATCH_CELLS / rowTokens));
  const rows = Math.ceil(all / Math.ceil(all / most)); // as many in each, so that the last is full too
  let edges = 0;
  for (let row = 0; row < all; row += rows)
    edges = Math.max(edges, edgeStarts[Math.min(row + rows, all)]! - edgeStarts[row]!);
  return { rows, rowTokens, edges };
}

/** What TensorFlow is given of rows `row` up to `end`. */
function batchOf(block: RowBlock, row: number, end: number): Batch {
  const [from, to] = [row * block.rowTokens, end * block.rowTokens];
  const [firstEdge, lastEdge] = [block.edgeStarts[row]!, block.edgeStarts[end]!];
  return {
    ids: block.ids.slice(from, to),
    positions: block.positions.slice(from, to),
    ends: block.ends.slice(from, to),
    edgeCells: block.edgeCells.slice(firstEdge, lastEdge).map((cell) => cell - from),
    edgeTokens: block.edgeTokens.slice(firstEdge, lastEdge),
  };
}

/** The sentences of rows `row` up to `end` from the log-probabilities of their edges. */
function bySentence(
  block: RowBlock,
  row: number,
  end: number,
  edgeLogProbs: Float32Array,
): Omit<ScoredBatch, 'done'> {
  const [from, to] = [block.rowStarts[row]!, block.rowStarts[end]!];
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
