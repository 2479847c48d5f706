// Answers about one checkpoint's model, in the asker's thread; the weights last used are kept.
import { loadEngine } from '../../engine/index.ts';
import { OptModel } from '../../model/index.ts';
import { planScoring, scorePlan } from '../../scoring/index.ts';
import type { CommandArgs, CommandResult } from './messages.ts';

export class AskingSession {
  private kept: { folder: string; model: OptModel } | null = null;

  /** The likeliest next tokens after `ids`, and where `actual` stands among all. */
  alternatives({
    folder,
    ids,
    actual,
    count,
  }: CommandArgs<'alternatives'>): CommandResult<'alternatives'> {
    const logProbs = nextLogProbs(this.model(folder), ids);
    const order = Array.from(logProbs.keys()).sort((a, b) => at(logProbs, b) - at(logProbs, a) || a - b); // prettier-ignore
    const ranked = (id: number) => ({
      id,
      logProbNats: at(logProbs, id),
      rank: order.indexOf(id) + 1,
    });
    return { likeliest: order.slice(0, count).map(ranked), actual: ranked(actual) };
  }

  scoreSentences({
    folder,
    sentences,
  }: CommandArgs<'scoreSentences'>): CommandResult<'scoreSentences'> {
    const model = this.model(folder);
    const { maxPositions } = model.config;
    return { logProbsNats: scorePlan(model, planScoring(sentences, { maxPositions })) };
  }

  dispose(): void {
    this.kept?.model.dispose();
    this.kept = null;
  }

  private model(folder: string): OptModel {
    if (this.kept?.folder === folder) return this.kept.model;
    this.dispose();
    const model = OptModel.load(folder);
    this.kept = { folder, model };
    return model;
  }
}

const at = (values: Float64Array, i: number): number => values[i] as number;

/** Log-probabilities (nats) of every token of the vocabulary after `ids`. */
function nextLogProbs(model: OptModel, ids: readonly number[]): Float64Array {
  const { tf } = loadEngine();
  const n = ids.length;
  const positions = Int32Array.from(ids.keys());
  const states = model.hiddenStates(Int32Array.from(ids), positions, 'causal', 1, n);
  const logits = tf.tidy(() =>
    tf.matMul(states.slice([n - 1, 0], [1, -1]), model.outputEmbedding, false, true),
  );
  const values = Float64Array.from(logits.dataSync());
  tf.dispose([states, logits]);
  const most = values.reduce((max, value) => Math.max(max, value), -Infinity);
  const total = most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return values.map((value) => value - total);
}
