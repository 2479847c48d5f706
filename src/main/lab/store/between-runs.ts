// Class figures of many runs at once. What is asked of hundreds of thousands of rows is asked in SQL; rows come as
// bare numbers: an object each would take seconds. Each function prepares one statement for many scorings.
import type { Measure } from '../../../shared/trajectories.ts';
import type { Db } from './sql.ts';

type Of<T> = (scoringId: number) => T;
/** Pairs that a class has scores of in a scoring, and how many of them are right. */
export type ClassCount = [classId: number, pairs: number, right: number];

export function classCountsOf(db: Db): Of<ClassCount[]> {
  const rows = db.prepare<[number], ClassCount>('SELECT class_id, pairs, right FROM class_scores WHERE scoring_id = ?').raw(); // prettier-ignore
  return (scoringId) => rows.all(scoringId);
}

/** Those with less than half of their pairs right. */
export function mostlyWrongOf(db: Db): Of<ClassCount[]> {
  const rows = db.prepare<[number], ClassCount>('SELECT class_id, pairs, right FROM class_scores WHERE scoring_id = ? AND 2 * right < pairs').raw(); // prettier-ignore
  return (scoringId) => rows.all(scoringId);
}

/** Classes whose mean Δ lies below `bound` (nats) with all of its interval, which is stretched `scale` times. */
export function classesBelow(
  db: Db,
  { scale, bound }: { scale: number; bound: number },
): Of<number[]> {
  const ids = db.prepare<[number, number, number], number>('SELECT class_id FROM class_scores WHERE scoring_id = ? AND mean_delta + ? * (mean_delta_high - mean_delta) < ?').pluck(); // prettier-ignore
  return (scoringId) => ids.all(scoringId, scale, bound);
}

const figures: Record<Measure, string> = { accuracy: '1.0 * right / pairs', meanDelta: 'mean_delta' }; // prettier-ignore

/** Mean over the classes of a scoring, or the figure of one of them; NaN where there is none. */
export function meanFigureOf(db: Db, measure: Measure, classId: number | undefined): Of<number> {
  const one = classId === undefined ? '' : 'AND class_id = ?';
  const mean = db.prepare<number[], number | null>(`SELECT avg(${figures[measure]}) FROM class_scores WHERE scoring_id = ? ${one}`).pluck(); // prettier-ignore
  const args = classId === undefined ? [] : [classId];
  return (scoringId) => mean.get(scoringId, ...args) ?? NaN;
}
