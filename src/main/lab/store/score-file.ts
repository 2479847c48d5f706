// One scoring as a file of its own: what a run on a cluster leaves behind, and a project takes in. A small SQLite file,
// so that rows go from file to project without passing through JavaScript. Pairs are named by their place in the suite.
import fs from 'node:fs';
import { AppError } from '../../../shared/errors.ts';
import { get, run, transaction, type Db } from './sql.ts';

const tables = `
CREATE TABLE file.scores (
  place INTEGER PRIMARY KEY, good_nats REAL NOT NULL, bad_nats REAL NOT NULL, token_nats BLOB NOT NULL
) STRICT;
CREATE TABLE file.classes (
  position INTEGER PRIMARY KEY, uid TEXT NOT NULL, suite_pairs INTEGER NOT NULL,
  pairs INTEGER NOT NULL, right INTEGER NOT NULL, ties INTEGER NOT NULL, mean_delta REAL NOT NULL,
  mean_delta_low REAL NOT NULL, mean_delta_high REAL NOT NULL, sd_delta REAL NOT NULL, nats BLOB NOT NULL
) STRICT;`;
const tokenTable = `
CREATE TABLE file.tokens (
  place INTEGER PRIMARY KEY, scored_from INTEGER NOT NULL, good_tokens INTEGER NOT NULL, ids BLOB NOT NULL
) STRICT;`;

interface ScoringKeys {
  suiteId: number;
  encodingId: number;
}

const firstPairOf = (db: Db, suiteId: number): number =>
  get<{ id: number }>(db, 'SELECT min(first_pair_id) AS id FROM classes WHERE suite_id = ?', suiteId)?.id ?? 1; // prettier-ignore

const pairsOf = (db: Db, suiteId: number): number =>
  get<{ pairs: number }>(db, 'SELECT sum(pairs) AS pairs FROM classes WHERE suite_id = ?', suiteId)?.pairs ?? 0; // prettier-ignore

/** Runs `work` with a file attached as the database `file`. */
function attached<T>(db: Db, file: string, work: () => T): T {
  run(db, 'ATTACH ? AS file', file);
  try {
    return work();
  } finally {
    db.exec('DETACH file');
  }
}

/** One transaction in which references are not looked up. */
function unchecked<T>(db: Db, work: () => T): T {
  db.pragma('foreign_keys = OFF');
  try {
    return transaction(db, work);
  } finally {
    db.pragma('foreign_keys = ON');
  }
}

function made(db: Db, file: string, schema: string, fill: () => void): void {
  fs.rmSync(file, { force: true });
  attached(db, file, () => {
    db.exec(`PRAGMA file.page_size = 32768; PRAGMA file.journal_mode = OFF; ${schema}`);
    transaction(db, fill);
  });
}

/** Writes a finished scoring into a new file. */
export function writeScoreFile(db: Db, scoringId: number, file: string): void {
  const { suiteId } = keysOf(db, scoringId);
  made(db, file, tables, () => {
    run(
      db,
      `INSERT INTO file.scores SELECT pair_id - ?, good_nats, bad_nats, token_nats FROM scores WHERE scoring_id = ? ORDER BY pair_id`,
      firstPairOf(db, suiteId),
      scoringId,
    );
    run(
      db,
      `INSERT INTO file.classes
       SELECT row_number() OVER (ORDER BY c.id) - 1, c.uid, c.pairs, x.pairs, x.right, x.ties, x.mean_delta, x.mean_delta_low, x.mean_delta_high, x.sd_delta, n.nats
       FROM class_scores x JOIN classes c ON c.id = x.class_id JOIN class_nats n ON n.class_id = c.id AND n.scoring_id = x.scoring_id
       WHERE x.scoring_id = ? ORDER BY c.id`,
      scoringId,
    );
  });
}

/** Writes the token ids of the pairs of a scoring's suite into a new file. */
export function writeTokenFile(db: Db, scoringId: number, file: string): void {
  const { suiteId, encodingId } = keysOf(db, scoringId);
  made(db, file, tokenTable, () => {
    run(
      db,
      `INSERT INTO file.tokens SELECT t.pair_id - ?, t.scored_from, t.good_tokens, t.ids
       FROM pair_tokens t JOIN pairs p ON p.id = t.pair_id JOIN classes c ON c.id = p.class_id
       WHERE t.encoding_id = ? AND c.suite_id = ? ORDER BY t.pair_id`,
      firstPairOf(db, suiteId),
      encodingId,
      suiteId,
    );
  });
}

/**
 * Takes the rows of a score file into a scoring that has none of its classes.
 * @returns how many pairs
 * @throws AppError 'bad-file' where its classes are not the suite's
 */
export function takeScoreFile(db: Db, scoringId: number, file: string): number {
  const { suiteId } = keysOf(db, scoringId);
  return attached(db, file, () => {
    const other = get<{ uid: string }>(
      db,
      `SELECT f.uid FROM file.classes f LEFT JOIN classes c ON c.suite_id = ? AND c.uid = f.uid
       WHERE c.id IS NULL OR c.pairs <> f.suite_pairs LIMIT 1`,
      suiteId,
    );
    if (other) throw new AppError('bad-file', `${file}: its class ${other.uid} is not that of the suite here.`); // prettier-ignore
    const { last } = get<{ last: number | null }>(db, 'SELECT max(place) AS last FROM file.scores') as { last: number | null }; // prettier-ignore
    if (last !== null && last >= pairsOf(db, suiteId)) throw new AppError('bad-file', `${file} has more pairs than the suite here.`); // prettier-ignore
    // Every row names a pair of the suite, then: looking each up once more would take a third of the time.
    return unchecked(db, () => {
      const { changes } = run(
        db,
        `INSERT INTO scores (scoring_id, pair_id, good_nats, bad_nats, token_nats)
         SELECT ?, place + ?, good_nats, bad_nats, token_nats FROM file.scores ORDER BY place`,
        scoringId,
        firstPairOf(db, suiteId),
      );
      run(
        db,
        `INSERT INTO class_scores (scoring_id, class_id, pairs, right, ties, mean_delta, mean_delta_low, mean_delta_high, sd_delta)
         SELECT ?, c.id, f.pairs, f.right, f.ties, f.mean_delta, f.mean_delta_low, f.mean_delta_high, f.sd_delta
         FROM file.classes f JOIN classes c ON c.suite_id = ? AND c.uid = f.uid ORDER BY c.id`,
        scoringId,
        suiteId,
      );
      run(
        db,
        `INSERT INTO class_nats (class_id, scoring_id, nats)
         SELECT c.id, ?, f.nats FROM file.classes f JOIN classes c ON c.suite_id = ? AND c.uid = f.uid`,
        scoringId,
        suiteId,
      );
      return changes;
    });
  });
}

/** Takes the token ids of a file into an encoding; those that are there stay. */
export function takeTokenFile(db: Db, { suiteId, encodingId }: ScoringKeys, file: string): void {
  attached(db, file, () => {
    run(
      db,
      `INSERT OR IGNORE INTO pair_tokens (encoding_id, pair_id, scored_from, good_tokens, ids)
       SELECT ?, place + ?, scored_from, good_tokens, ids FROM file.tokens ORDER BY place`,
      encodingId,
      firstPairOf(db, suiteId),
    );
  });
}

/** The scoring of a run's checkpoint under a suite and a profile, once it is through. */
export const finishedScoring = (
  db: Db,
  runId: number,
  { step, suiteId, profileId }: { step: number; suiteId: number; profileId: number },
): number | undefined =>
  get<{ id: number }>(
    db,
    `SELECT g.id FROM checkpoints k JOIN scorings g ON g.checkpoint_id = k.id
     WHERE k.run_id = ? AND k.step = ? AND g.suite_id = ? AND g.profile_id = ? AND g.finished_at_ms IS NOT NULL`,
    runId,
    step,
    suiteId,
    profileId,
  )?.id;

const keysOf = (db: Db, scoringId: number): ScoringKeys => {
  const keys = get<ScoringKeys>(db, 'SELECT suite_id AS suiteId, encoding_id AS encodingId FROM scorings WHERE id = ?', scoringId); // prettier-ignore
  if (keys) return keys;
  throw new AppError('not-found', `There is no scoring ${scoringId}.`);
};
