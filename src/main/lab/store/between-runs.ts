// Class figures of many runs at once, as columns: a row as an object each would take seconds.
import type { Db } from './sql.ts';

/** One number a row; rows in the order of scorings, as they were asked for, then of classes. */
export interface FigureColumns {
  /** Where the rows of a scoring begin and end. */
  at: Map<number, { from: number; to: number }>;
  classId: number[];
  pairs: number[];
  right: number[];
  meanDelta: number[];
  meanDeltaLow: number[];
  meanDeltaHigh: number[];
}

type Row = [classId: number, pairs: number, right: number, mean: number, low: number, high: number];

/** @param classId of one class; left out: of all */
export function figureColumns(
  db: Db,
  scoringIds: readonly number[],
  classId?: number,
): FigureColumns {
  const one = classId === undefined ? '' : 'AND class_id = ?';
  const rows = db
    .prepare<unknown[], Row>(
      `SELECT class_id, pairs, right, mean_delta, mean_delta_low, mean_delta_high FROM class_scores
       WHERE scoring_id = ? ${one} ORDER BY class_id`,
    )
    .raw();
  const found: FigureColumns = { at: new Map(), classId: [], pairs: [], right: [], meanDelta: [], meanDeltaLow: [], meanDeltaHigh: [] }; // prettier-ignore
  for (const id of scoringIds) {
    const from = found.classId.length;
    for (const row of rows.all(id, ...(classId === undefined ? [] : [classId]))) {
      found.classId.push(row[0]);
      found.pairs.push(row[1]);
      found.right.push(row[2]);
      found.meanDelta.push(row[3]);
      found.meanDeltaLow.push(row[4]);
      found.meanDeltaHigh.push(row[5]);
    }
    found.at.set(id, { from, to: found.classId.length });
  }
  return found;
}
