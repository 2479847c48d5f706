// Scores: what is to be scored, token ids, one row a pair and checkpoint, one summary a class.
import type { Profile, RunDetail } from '../../../shared/domain.ts';
import { all, get, run, transaction, type Db } from './sql.ts';

// ---- what is to be scored ---------------------------------------------------------------------

export interface ScoreTarget {
  suiteId: number;
  profileId: number;
  /** null: all pairs. */
  pairsPerClass: number | null;
  /** null: every checkpoint. */
  steps: number[] | null;
}

/** Adds a target, or widens the one of that suite and profile: it never asks for less than before. */
export function addTarget(db: Db, runId: number, target: ScoreTarget): void {
  const known = listTargets(db, runId).find(
    (t) => t.suiteId === target.suiteId && t.profileId === target.profileId,
  );
  const steps =
    target.steps === null || known?.steps === null
      ? null
      : [...new Set([...(known?.steps ?? []), ...target.steps])].sort((a, b) => a - b);
  const pairs =
    target.pairsPerClass === null || known?.pairsPerClass === null
      ? null
      : Math.max(known?.pairsPerClass ?? 0, target.pairsPerClass);
  run(
    db,
    'INSERT OR REPLACE INTO score_targets (run_id, suite_id, profile_id, pairs_per_class, steps_json) VALUES (?, ?, ?, ?, ?)',
    runId,
    target.suiteId,
    target.profileId,
    pairs,
    steps && JSON.stringify(steps),
  );
}

export const listTargets = (db: Db, runId: number): ScoreTarget[] =>
  all<Omit<ScoreTarget, 'steps'> & { steps: string | null }>(
    db,
    `SELECT suite_id AS suiteId, profile_id AS profileId, pairs_per_class AS pairsPerClass, steps_json AS steps
     FROM score_targets WHERE run_id = ? ORDER BY suite_id, profile_id`,
    runId,
  ).map((row) => ({ ...row, steps: row.steps === null ? null : (JSON.parse(row.steps) as number[]) })); // prettier-ignore

export const deleteTarget = (db: Db, runId: number, target: ScoreTarget): void =>
  void run(
    db,
    'DELETE FROM score_targets WHERE run_id = ? AND suite_id = ? AND profile_id = ?',
    runId,
    target.suiteId,
    target.profileId,
  );

// ---- token ids --------------------------------------------------------------------------------

/** The id of a way in which this tokenizer encodes sentences; profiles that encode alike share it. */
export function encodingId(db: Db, tokenizerId: number, profile: Profile): number {
  const key = [tokenizerId, profile.prefix, Number(profile.leadingSpace), profile.text] as const;
  const found = get<{ id: number }>(
    db,
    'SELECT id FROM encodings WHERE tokenizer_id = ? AND prefix = ? AND leading_space = ? AND text_form = ?',
    ...key,
  );
  if (found) return found.id;
  return run(
    db,
    'INSERT INTO encodings (tokenizer_id, prefix, leading_space, text_form) VALUES (?, ?, ?, ?)',
    ...key,
  ).newId;
}

export interface PairTokens {
  pairRowId: number;
  /** Leading tokens of each sentence that have no score. */
  scoredFrom: number;
  goodIds: ArrayLike<number>;
  badIds: ArrayLike<number>;
}

export function putPairTokens(db: Db, encoding: number, pairs: Iterable<PairTokens>): void {
  transaction(db, () => {
    for (const { pairRowId, scoredFrom, goodIds, badIds } of pairs) {
      const ids = new Uint32Array(goodIds.length + badIds.length);
      ids.set(goodIds);
      ids.set(badIds, goodIds.length);
      run(
        db,
        'INSERT OR IGNORE INTO pair_tokens (encoding_id, pair_id, scored_from, good_tokens, ids) VALUES (?, ?, ?, ?, ?)',
        encoding,
        pairRowId,
        scoredFrom,
        goodIds.length,
        bytesOf(ids),
      );
    }
  });
}

export function getPairTokens(db: Db, encoding: number, pairRowId: number): PairTokens | undefined {
  const row = get<{ scoredFrom: number; goodTokens: number; ids: Buffer }>(
    db,
    'SELECT scored_from AS scoredFrom, good_tokens AS goodTokens, ids FROM pair_tokens WHERE encoding_id = ? AND pair_id = ?',
    encoding,
    pairRowId,
  );
  if (!row) return undefined;
  const ids = new Uint32Array(aligned(row.ids));
  return {
    pairRowId,
    scoredFrom: row.scoredFrom,
    goodIds: ids.subarray(0, row.goodTokens),
    badIds: ids.subarray(row.goodTokens),
  };
}

// ---- scores -----------------------------------------------------------------------------------

export interface Scoring {
  id: number;
  checkpointId: number;
  step: number;
  tokensSeen: number;
  wordsSeen: number;
  suiteId: number;
  profileId: number;
  encodingId: number;
}

/** The scoring of a checkpoint under a suite and a profile, begun where there is none. */
export function beginScoring(
  db: Db,
  key: { checkpointId: number; suiteId: number; profileId: number; encodingId: number },
): number {
  const found = get<{ id: number }>(
    db,
    'SELECT id FROM scorings WHERE checkpoint_id = ? AND suite_id = ? AND profile_id = ?',
    key.checkpointId,
    key.suiteId,
    key.profileId,
  );
  if (found) return found.id;
  return run(
    db,
    'INSERT INTO scorings (checkpoint_id, suite_id, profile_id, encoding_id) VALUES (?, ?, ?, ?)',
    key.checkpointId,
    key.suiteId,
    key.profileId,
    key.encodingId,
  ).newId;
}

/** From now on views show it, and what is made from it. */
export const finishScoring = (db: Db, scoringId: number): void =>
  void run(
    db,
    'UPDATE scorings SET finished_at_ms = ? WHERE id = ? OR whole_scoring_id = ?',
    Date.now(),
    scoringId,
    scoringId,
  );

export const deleteScoring = (db: Db, scoringId: number): void =>
  void run(db, 'DELETE FROM scorings WHERE id = ?', scoringId);

/** Finished scorings of a run under one suite and profile, in the order of steps. */
export const listScorings = (
  db: Db,
  runId: number,
  suiteId: number,
  profileId: number,
): Scoring[] =>
  all<Scoring>(
    db,
    `SELECT g.id, g.checkpoint_id AS checkpointId, k.step, k.tokens_seen AS tokensSeen, k.words_seen AS wordsSeen,
       g.suite_id AS suiteId, g.profile_id AS profileId, g.encoding_id AS encodingId
     FROM checkpoints k JOIN scorings g ON g.checkpoint_id = k.id
     WHERE k.run_id = ? AND g.suite_id = ? AND g.profile_id = ? AND g.finished_at_ms IS NOT NULL
     ORDER BY k.step`,
    runId,
    suiteId,
    profileId,
  );

/** All scorings of a run, unfinished ones too. */
export const scoringIdsOfRun = (db: Db, runId: number): number[] =>
  all<{ id: number }>(
    db,
    'SELECT g.id FROM checkpoints k JOIN scorings g ON g.checkpoint_id = k.id WHERE k.run_id = ?',
    runId,
  ).map((row) => row.id);

export type Scored = RunDetail['scored'][number] & { profileId: number };

/** Suite and profile combinations with finished scores, newest first; of a profile, the suite's own method first. */
export const listScored = (db: Db, runId: number): Scored[] =>
  all<Scored>(
    db,
    `SELECT s.id AS suiteId, s.name AS suiteName, p.id AS profileId, p.name AS profile, count(*) AS checkpoints,
       coalesce(p.settings_json ->> '$.method', 'sentence') AS method,
       (SELECT count(*) FROM class_scores x WHERE x.scoring_id = max(g.id)) AS classes
     FROM checkpoints k JOIN scorings g ON g.checkpoint_id = k.id
       JOIN suites s ON s.id = g.suite_id JOIN profiles p ON p.id = g.profile_id
     WHERE k.run_id = ? AND g.finished_at_ms IS NOT NULL
     GROUP BY s.id, p.id
     ORDER BY max(g.finished_at_ms) DESC, max(coalesce(g.whole_scoring_id, g.id)) DESC,
       coalesce(p.settings_json ->> '$.method', 'sentence') = s.own_method DESC, p.id`,
    runId,
  );

/** Scores of pairs of one class, all in typed arrays so that a worker can hand them over. */
export interface ClassScores {
  pairRowIds: Int32Array;
  goodNats: Float64Array;
  badNats: Float64Array;
  /** Log-probs (nats) of the scored tokens: pair by pair, the good sentence's, then the bad one's. */
  tokenNats: Float32Array;
  /** How many of tokenNats each pair has. */
  tokenCounts: Int32Array;
}

export function putScores(db: Db, scoringId: number, scores: ClassScores): void {
  let at = 0;
  scores.pairRowIds.forEach((pairRowId, i) => {
    const end = at + (scores.tokenCounts[i] ?? 0);
    run(
      db,
      'INSERT OR REPLACE INTO scores (scoring_id, pair_id, good_nats, bad_nats, token_nats) VALUES (?, ?, ?, ?, ?)',
      scoringId,
      pairRowId,
      scores.goodNats[i] ?? NaN,
      scores.badNats[i] ?? NaN,
      bytesOf(scores.tokenNats.subarray(at, end)),
    );
    at = end;
  });
}

/** Sentence scores (nats) of a class in one scoring, in the order of pair row ids. */
export const classScores = (
  db: Db,
  scoringId: number,
  classId: number,
): { pairRowId: number; good: number; bad: number }[] =>
  all(
    db,
    `SELECT s.pair_id AS pairRowId, s.good_nats AS good, s.bad_nats AS bad
     FROM classes c JOIN scores s ON s.scoring_id = ? AND s.pair_id BETWEEN c.first_pair_id AND c.first_pair_id + c.pairs - 1
     WHERE c.id = ? ORDER BY s.pair_id`,
    scoringId,
    classId,
  );

/** Row ids of the pairs of a class that have scores at a checkpoint under a target's suite and profile. */
export const scoredPairRowIds = (
  db: Db,
  checkpointId: number,
  { suiteId, profileId }: Pick<ScoreTarget, 'suiteId' | 'profileId'>,
  classId: number,
): Set<number> => {
  const scoring = get<{ id: number }>(
    db,
    'SELECT id FROM scorings WHERE checkpoint_id = ? AND suite_id = ? AND profile_id = ?',
    checkpointId,
    suiteId,
    profileId,
  );
  return new Set(scoring ? classScores(db, scoring.id, classId).map((row) => row.pairRowId) : []);
};

// ---- class summaries --------------------------------------------------------------------------

export interface ClassSummary {
  pairs: number;
  right: number;
  ties: number;
  /** Of Δ over pairs, nats. */
  meanDelta: number;
  /** Seeded bootstrap 95 % interval of mean Δ. */
  meanDeltaLow: number;
  meanDeltaHigh: number;
  /** Sample standard deviation (n − 1) of Δ; 0 for one pair. */
  sdDelta: number;
}

export function putClassSummary(db: Db, scoringId: number, classId: number, s: ClassSummary): void {
  run(
    db,
    `INSERT OR REPLACE INTO class_scores (scoring_id, class_id, pairs, right, ties, mean_delta, mean_delta_low, mean_delta_high, sd_delta)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    scoringId,
    classId,
    s.pairs,
    s.right,
    s.ties,
    s.meanDelta,
    s.meanDeltaLow,
    s.meanDeltaHigh,
    s.sdDelta,
  );
}

const summaryColumns = `x.pairs, x.right, x.ties, x.mean_delta AS meanDelta, x.mean_delta_low AS meanDeltaLow,
  x.mean_delta_high AS meanDeltaHigh, x.sd_delta AS sdDelta`;

/** Summaries of every class in one scoring. */
export const classSummaries = (db: Db, scoringId: number): (ClassSummary & { classId: number })[] =>
  all(
    db,
    `SELECT x.class_id AS classId, ${summaryColumns} FROM class_scores x WHERE x.scoring_id = ?`,
    scoringId,
  );

/** How many pairs are right and tied, of how many, in each class of each of the scorings. */
export const classCounts = (
  db: Db,
  scoringIds: readonly number[],
): {
  scoringId: number;
  classId: number;
  right: number;
  ties: number;
  pairs: number;
  meanDelta: number;
}[] =>
  // prettier-ignore
  all(
    db,
    `SELECT x.scoring_id AS scoringId, x.class_id AS classId, x.right, x.ties, x.pairs, x.mean_delta AS meanDelta
     FROM json_each(?) g JOIN class_scores x ON x.scoring_id = g.value`,
    JSON.stringify(scoringIds),
  );

/** How many pairs are scored in those scorings together, a pair counted in each. */
export const scoredPairs = (db: Db, scoringIds: readonly number[]): number =>
  get<{ pairs: number }>(
    db,
    `SELECT coalesce(sum(x.pairs), 0) AS pairs FROM json_each(?) g JOIN class_scores x ON x.scoring_id = g.value`,
    JSON.stringify(scoringIds),
  )?.pairs ?? 0;

/** The summary of one class in one scoring. */
export const classSummary = (
  db: Db,
  scoringId: number,
  classId: number,
): ClassSummary | undefined =>
  get(
    db,
    `SELECT ${summaryColumns} FROM class_scores x WHERE x.scoring_id = ? AND x.class_id = ?`,
    scoringId,
    classId,
  );

/** How many pairs of each class are scored at a checkpoint, in a finished scoring or not. */
export const scoredCounts = (
  db: Db,
  checkpointId: number,
  suiteId: number,
  profileId: number,
): Map<number, number> =>
  new Map(
    all<{ classId: number; pairs: number }>(
      db,
      `SELECT x.class_id AS classId, x.pairs FROM scorings g JOIN class_scores x ON x.scoring_id = g.id
       WHERE g.checkpoint_id = ? AND g.suite_id = ? AND g.profile_id = ?`,
      checkpointId,
      suiteId,
      profileId,
    ).map((row) => [row.classId, row.pairs]),
  );

// ---- BLOBs ------------------------------------------------------------------------------------

const bytesOf = (array: Float32Array | Uint32Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** A copy that starts at a multiple of four bytes, as typed arrays need. */
export const aligned = (blob: Uint8Array): ArrayBuffer => new Uint8Array(blob).buffer;

export const floats = (blob: Uint8Array): Float32Array => new Float32Array(aligned(blob));
