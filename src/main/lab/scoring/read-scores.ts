// Sentence scores that other programs computed: samples of lm-evaluation-harness, and any table.
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { ScoreColumns } from '../../../shared/suite-columns.ts';
import { columnsOf, needed, rowsOf, textAt, type Row, type SuiteFile } from '../suite/index.ts';
import { bySentence, keepScore, ofEachCheckpoint, type CheckpointFigures, type Figures, type Place } from './figures.ts'; // prettier-ignore

const Sample = z.looseObject({
  doc: z.looseObject({ sentence_good: z.string(), sentence_bad: z.string() }),
  filtered_resps: z.tuple([
    z.tuple([z.coerce.number()], z.unknown()),
    z.tuple([z.coerce.number()], z.unknown()),
  ]),
});

/**
 * The sample logs of lm-evaluation-harness (`samples_<task>_<date>.jsonl`, written with --log_samples): candidate 0 is
 * the good sentence.
 * @throws AppError 'bad-file' with file and line
 */
export function lmEvalScores(files: readonly SuiteFile[]): Figures {
  const checkpoints = ofEachCheckpoint(files, sampleScores);
  return { kept: 'scores', checkpoints: checkpoints.map(([at, scores]) => ofSentences(at, scores)) }; // prettier-ignore
}

function sampleScores(files: readonly SuiteFile[]): Scores {
  const scores: Scores = new Map();
  for (const file of files)
    for (const { where, values } of rowsOf(file)) {
      const sample = Sample.safeParse(values);
      if (!sample.success) {
        const [issue] = sample.error.issues;
        throw new AppError('bad-file', `${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. A sample of lm-evaluation-harness has doc.sentence_good, doc.sentence_bad and filtered_resps.`); // prettier-ignore
      }
      const { doc, filtered_resps } = sample.data;
      keepScore(scores, doc.sentence_good, logProb(filtered_resps[0][0], where), identity, where);
      keepScore(scores, doc.sentence_bad, logProb(filtered_resps[1][0], where), identity, where);
    }
  return scores;
}

/**
 * A table with a sentence and its score (natural log) a row and, of several checkpoints, a step; where no table has a
 * step, they are told apart by the names of folders and files.
 * @throws AppError 'bad-file' with file and line
 */
export function tableScores(files: readonly SuiteFile[], columns: ScoreColumns): Figures {
  const step = columns.step ?? (files.some((file) => columnsOf(file).includes('step')) ? 'step' : undefined); // prettier-ignore
  const found: [Place, Scores][] = step === undefined
    ? ofEachCheckpoint(files, (ofIt) => scoresByStep(ofIt, columns, () => 0).get(0) ?? null)
    : [...scoresByStep(files, columns, (row) => stepAt(row, step))].sort(([p], [q]) => p - q).map(([step, scores]) => [{ step, wordsSeen: null }, scores]); // prettier-ignore
  return { kept: 'scores', checkpoints: found.map(([at, scores]) => ofSentences(at, scores)) };
}

function scoresByStep(
  files: readonly SuiteFile[],
  columns: ScoreColumns,
  stepOf: (row: Row) => number,
): Map<number, Scores> {
  const byStep = new Map<number, Scores>();
  for (const file of files)
    for (const row of rowsOf(file)) {
      const step = stepOf(row);
      const sentence = needed(row, columns.sentence);
      const nats = logProb(Number(needed(row, columns.score).trim() || NaN), row.where);
      const scores: Scores = byStep.get(step) ?? new Map<string, number>();
      byStep.set(step, scores);
      keepScore(scores, sentence, nats, identity, row.where);
    }
  return byStep;
}

/** In nats, by sentence. */
type Scores = Map<string, number>;
const identity = (nats: number): number => nats;

const ofSentences = (at: Place, scores: Scores): CheckpointFigures =>
  bySentence(at, scores, (sentence) => sentence, (good, bad) => ({ good, bad })); // prettier-ignore

function stepAt(row: Row, column: string): number {
  const text = textAt(row, column);
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
