// Sentence scores of a whole class at one checkpoint as one BLOB, so that a class over all of
// training is a handful of rows: what pair lists, distributions, flips and comparisons read.
import { all, run, type Db } from './sql.ts';

/** One class at one checkpoint: nats of each of its pairs, by place in the class; NaN where not scored. */
export interface ClassNats {
  good: Float64Array;
  bad: Float64Array;
}

/** float64, little-endian: the good sentences', then the bad ones'. */
export function packNats(
  pairs: number,
  rows: Iterable<{ place: number; good: number; bad: number }>,
): Buffer {
  const nats = new Float64Array(2 * pairs).fill(NaN);
  for (const { place, good, bad } of rows) {
    nats[place] = good;
    nats[pairs + place] = bad;
  }
  return Buffer.from(nats.buffer);
}

function unpackNats(blob: Buffer): ClassNats {
  const nats = new Float64Array(new Uint8Array(blob).buffer);
  return { good: nats.subarray(0, nats.length / 2), bad: nats.subarray(nats.length / 2) };
}

export const putClassNats = (db: Db, scoringId: number, classId: number, packed: Buffer): void =>
  void run(
    db,
    'INSERT OR REPLACE INTO class_nats (class_id, scoring_id, nats) VALUES (?, ?, ?)',
    classId,
    scoringId,
    packed,
  );

/** A class in some scorings, by the scoring's id; those that do not have the class are left out. */
export const classNats = (
  db: Db,
  classId: number,
  scoringIds: readonly number[],
): Map<number, ClassNats> =>
  new Map(
    all<{ id: number; nats: Buffer }>(
      db,
      `SELECT n.scoring_id AS id, n.nats FROM class_nats n
       WHERE n.class_id = ? AND n.scoring_id IN (SELECT value FROM json_each(?))`,
      classId,
      JSON.stringify(scoringIds),
    ).map(({ id, nats }) => [id, unpackNats(nats)]),
  );
