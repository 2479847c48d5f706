// Sentence scores that other programs computed: samples of lm-evaluation-harness, and any table.
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ScoreColumns } from '../../../shared/suite-columns.ts';
import { needed, rowsOf, textAt, type Row, type SuiteFile } from '../suite/index.ts';
import { bySentence, type CheckpointFigures, type Figures } from './figures.ts';

/** Where a single checkpoint stands: step 0 would be taken for an untrained model. */
export const onlyStep = 1;

/** Of one model a sentence has one score; what lies closer is rounding. */
const sameNats = 0.01;

const Sample = z.looseObject({
  doc: z.looseObject({ sentence_good: z.string(), sentence_bad: z.string() }),
  filtered_resps: z.tuple([
    z.tuple([z.coerce.number()], z.unknown()),
    z.tuple([z.coerce.number()], z.unknown()),
  ]),
});

/**
 * The sample logs of lm-evaluation-harness (`samples_<task>_<date>.jsonl`, written with --log_samples): candidate 0 is
 * the good sentence. They are of one model.
 * @throws AppError 'bad-file' with file and line
 */
export function lmEvalScores(files: readonly SuiteFile[]): Figures {
  const scores = new Map<string, number>();
  for (const file of files)
    for (const { where, values } of rowsOf(file)) {
      const sample = Sample.safeParse(values);
      if (!sample.success) {
        const [issue] = sample.error.issues;
        throw new AppError('bad-file', `${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. A sample of lm-evaluation-harness has doc.sentence_good, doc.sentence_bad and filtered_resps.`); // prettier-ignore
      }
      const { doc, filtered_resps } = sample.data;
      scores.set(doc.sentence_good, logProb(filtered_resps[0][0], where));
      scores.set(doc.sentence_bad, logProb(filtered_resps[1][0], where));
    }
  return { kept: 'scores', checkpoints: [ofSentences(onlyStep, scores)] };
}

/**
 * A table with a sentence and its score (natural log) a row and, of several checkpoints, a step.
 * @throws AppError 'bad-file' with file and line
 */
export function tableScores(files: readonly SuiteFile[], columns: ScoreColumns): Figures {
  const scores = new Map<number, Map<string, number>>();
  for (const file of files)
    for (const row of rowsOf(file)) {
      const at = stepAt(row, columns.step);
      const sentence = needed(row, columns.sentence);
      const nats = logProb(Number(needed(row, columns.score).trim() || NaN), row.where);
      const ofStep = scores.get(at) ?? new Map<string, number>();
      scores.set(at, ofStep);
      const before = ofStep.get(sentence);
      if (before !== undefined && Math.abs(before - nats) > sameNats)
        throw new AppError('bad-file', `${row.where}: “${sentence}” has two scores, ${before} and ${nats}. A file is of one model; its checkpoints differ in a column “${columns.step ?? 'step'}”.`); // prettier-ignore
      ofStep.set(sentence, nats);
    }
  const checkpoints = [...scores]
    .sort(([a], [b]) => a - b)
    .map(([step, ofStep]) => ofSentences(step, ofStep));
  return { kept: 'scores', checkpoints };
}

const ofSentences = (step: number, scores: ReadonlyMap<string, number>): CheckpointFigures =>
  bySentence(step, scores, (sentence) => sentence, (good, bad) => ({ good, bad })); // prettier-ignore

function stepAt(row: Row, column: string | undefined): number {
  const text = textAt(row, column ?? 'step');
  if (text === undefined && column === undefined) return onlyStep;
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw new AppError('bad-file', `${row.where}: “${text ?? ''}” is no step. It is a whole number.`);
}

/** @throws AppError 'bad-file': no number, or above 0 */
export function logProb(nats: number, where: string): number {
  if (!Number.isFinite(nats))
    throw new AppError('bad-file', `${where}: no number for a score. A score is a natural logarithm of a probability.`); // prettier-ignore
  if (nats > 0)
    throw new AppError('bad-file', `${where}: a score of ${nats}, but a log-probability is at most 0. If it is a surprisal or a loss, turn its sign.`); // prettier-ignore
  return nats;
}
