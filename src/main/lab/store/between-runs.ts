// Class figures of many runs at once, as columns: a row as an object each would take seconds.
import type { Db } from './sql.ts';

/** Rows in the order of scorings, as they were asked for, then of classes. */
export interface FigureColumns {
  /** Where the rows of a scoring begin and end. */
  at: Map<number, { from: number; to: number }>;
  classId: Int32Array;
  pairs: Int32Array;
  right: Int32Array;
  meanDelta: Float64Array;
  meanDeltaLow: Float64Array;
  meanDeltaHigh: Float64Array;
}

/** @param classId of one class; left out: of all */
export function figureColumns(
  db: Db,
  scoringIds: readonly number[],
  classId?: number,
): FigureColumns {
  const one = classId === undefined ? '' : 'AND class_id = ?';
  const rows = db
    .prepare<unknown[], number[]>(
      `SELECT class_id, pairs, right, mean_delta, mean_delta_low, mean_delta_high FROM class_scores
       WHERE scoring_id = ? ${one} ORDER BY class_id`,
    )
    .raw();
  const all: number[][] = [];
  const at = new Map<number, { from: number; to: number }>();
  for (const id of scoringIds) {
    const from = all.length;
    for (const row of rows.all(id, ...(classId === undefined ? [] : [classId]))) all.push(row);
    at.set(id, { from, to: all.length });
  }
  const column =
    (n: number): ((row: number[]) => number) =>
    (row) =>
      row[n] as number;
  return {
    at,
    classId: Int32Array.from(all, column(0)),
    pairs: Int32Array.from(all, column(1)),
    right: Int32Array.from(all, column(2)),
    meanDelta: Float64Array.from(all, column(3)),
    meanDeltaLow: Float64Array.from(all, column(4)),
    meanDeltaHigh: Float64Array.from(all, column(5)),
  };
}
