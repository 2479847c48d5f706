// Which parts of a pair's sentences a method compares, and which scores are made of parts.
import { PartMethod, type PairParts, type Part } from '../../../shared/scoring-method.ts';
import { all, get, run, type Db } from './sql.ts';

/** Parts that are there already stay: scores were made of them. */
export const putPairParts = (db: Db, pairRowId: number, parts: readonly PairParts[]): void => {
  for (const { method, good, bad } of parts)
    run(
      db,
      'INSERT OR IGNORE INTO pair_parts (pair_id, method, good_json, bad_json) VALUES (?, ?, ?, ?)',
      pairRowId,
      method,
      JSON.stringify(good),
      JSON.stringify(bad),
    );
};

interface PairRange {
  firstPairRowId: number;
  pairs: number;
}
const rangeOf = ({ firstPairRowId, pairs }: PairRange) =>
  [firstPairRowId, firstPairRowId + pairs - 1] as const;

/** The parts that a method compares in a class, by the pair's row id. */
export const classParts = (db: Db, one: PairRange, method: PartMethod): Map<number, PairParts> =>
  new Map(
    all<{ pairRowId: number; good: string; bad: string }>(
      db,
      `SELECT pair_id AS pairRowId, good_json AS good, bad_json AS bad FROM pair_parts
       WHERE pair_id BETWEEN ? AND ? AND method = ?`,
      ...rangeOf(one),
      method,
    ).map(({ pairRowId, good, bad }) => [
      pairRowId,
      { method, good: JSON.parse(good) as Part[], bad: JSON.parse(bad) as Part[] },
    ]),
  );

/** The methods that a class has parts for. */
export const classMethods = (db: Db, one: PairRange): PartMethod[] => {
  const found = all<{ method: string }>(
    db,
    'SELECT DISTINCT method FROM pair_parts WHERE pair_id BETWEEN ? AND ?',
    ...rangeOf(one),
  ).map(({ method }) => method);
  return PartMethod.options.filter((method) => found.includes(method));
};

/** Marks a scoring as made from the token scores of another. */
export const setWholeScoring = (db: Db, scoringId: number, wholeScoringId: number): void =>
  void run(
    db,
    `UPDATE scorings SET whole_scoring_id = ?,
       finished_at_ms = (SELECT finished_at_ms FROM scorings WHERE id = ?) WHERE id = ?`,
    wholeScoringId,
    wholeScoringId,
    scoringId,
  );

/** The scoring that has a scoring's token scores: itself, or the one that it is made from. */
export const tokenScoringId = (db: Db, scoringId: number): number =>
  get<{ id: number }>(
    db,
    'SELECT coalesce(whole_scoring_id, id) AS id FROM scorings WHERE id = ?',
    scoringId,
  )?.id ?? scoringId;

/** Scorings of a suite's whole sentences, in any run, that nothing was made from. */
export const scoringsWithoutParts = (db: Db, suiteId: number): number[] =>
  all<{ id: number }>(
    db,
    `SELECT g.id FROM scorings g WHERE g.suite_id = ? AND g.whole_scoring_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM scorings made WHERE made.whole_scoring_id = g.id) ORDER BY g.id`,
    suiteId,
  ).map(({ id }) => id);

/** What scores of parts are computed from. */
export interface WholeScoring {
  runId: number;
  checkpointId: number;
  suiteId: number;
  profileId: number;
  encodingId: number;
  /** null: scored by another program, whose tokens are not known. */
  tokenizerId: number | null;
}

export const wholeScoring = (db: Db, scoringId: number): WholeScoring | undefined =>
  get(
    db,
    `SELECT k.run_id AS runId, g.checkpoint_id AS checkpointId, g.suite_id AS suiteId,
       g.profile_id AS profileId, g.encoding_id AS encodingId, r.tokenizer_id AS tokenizerId
     FROM scorings g JOIN checkpoints k ON k.id = g.checkpoint_id JOIN runs r ON r.id = k.run_id
     WHERE g.id = ? AND g.whole_scoring_id IS NULL`,
    scoringId,
  );

/** How many pairs of a class have their tokens. */
export const countTokenIds = (db: Db, encodingId: number, one: PairRange): number =>
  get<{ pairs: number }>(
    db,
    'SELECT count(*) AS pairs FROM pair_tokens WHERE encoding_id = ? AND pair_id BETWEEN ? AND ?',
    encodingId,
    ...rangeOf(one),
  )?.pairs ?? 0;

/** The tokens of a class's pairs as they were read, by row id; those that the encoding does not have are left out. */
export const classTokenIds = (
  db: Db,
  encodingId: number,
  one: PairRange,
): { pairRowId: number; scoredFrom: number; goodTokens: number; ids: Buffer }[] =>
  all(
    db,
    `SELECT pair_id AS pairRowId, scored_from AS scoredFrom, good_tokens AS goodTokens, ids FROM pair_tokens
     WHERE encoding_id = ? AND pair_id BETWEEN ? AND ? ORDER BY pair_id`,
    encodingId,
    ...rangeOf(one),
  );

/** The token scores (nats) of a class's pairs in a scoring, by row id: the good sentence's, then the bad one's. */
export const classTokenNats = (
  db: Db,
  scoringId: number,
  one: PairRange,
): { pairRowId: number; nats: Buffer }[] =>
  all(
    db,
    `SELECT pair_id AS pairRowId, token_nats AS nats FROM scores
     WHERE scoring_id = ? AND pair_id BETWEEN ? AND ? ORDER BY pair_id`,
    scoringId,
    ...rangeOf(one),
  );
