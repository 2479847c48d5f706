// Pairs: the list of a class at a checkpoint, and one pair over all checkpoints.
import type { PairDetail, PairRow } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { floats, type Scoring } from './scores.ts';
import { all, get, type Db } from './sql.ts';

export interface StoredPair {
  pairRowId: number;
  pairId: string;
  classId: number;
  good: string;
  bad: string;
}

const pairColumns = 'id AS pairRowId, pair_id AS pairId, class_id AS classId, good, bad';

export const listPairs = (db: Db, classId: number): StoredPair[] =>
  all<StoredPair>(db, `SELECT ${pairColumns} FROM pairs WHERE class_id = ? ORDER BY id`, classId);

export function getPair(db: Db, pairRowId: number): StoredPair {
  const row = get<StoredPair>(db, `SELECT ${pairColumns} FROM pairs WHERE id = ?`, pairRowId);
  if (!row) throw new AppError('not-found', `This project has no pair ${pairRowId}.`);
  return row;
}

export interface PairQuery {
  scoringId: number;
  classId: number;
  sort: 'delta' | '-delta' | 'pairId' | 'good' | 'bad';
  /** Kept: pairs with this text in either sentence, letter case aside. */
  text: string;
  outcome: 'all' | 'right' | 'wrong' | 'tie';
  /** Whether a Δ of 0 counts as right (a profile's tie rule). */
  tiesAreRight: boolean;
  offset: number;
  limit: number;
}

const orders: Record<PairQuery['sort'], string> = {
  delta: 'delta, p.id',
  '-delta': 'delta DESC, p.id',
  pairId: 'p.id',
  good: 'p.good COLLATE NOCASE, p.id',
  bad: 'p.bad COLLATE NOCASE, p.id',
};

const outcomes = (tiesAreRight: boolean): Record<PairQuery['outcome'], string> => ({
  all: '1',
  right: tiesAreRight ? 'delta >= 0' : 'delta > 0',
  wrong: 'delta < 0',
  tie: tiesAreRight ? '0' : 'delta = 0',
});

/** A page of a class's pairs in one scoring; total counts those that the filters keep. */
export function pagePairs(db: Db, query: PairQuery): { total: number; rows: PairRow[] } {
  const kept = `
    WITH scored AS (
      SELECT p.id, p.pair_id, p.good, p.bad, s.good_nats, s.bad_nats, s.good_nats - s.bad_nats AS delta
      FROM classes c
        JOIN scores s ON s.scoring_id = @scoringId AND s.pair_id BETWEEN c.first_pair_id AND c.first_pair_id + c.pairs - 1
        JOIN pairs p ON p.id = s.pair_id
      WHERE c.id = @classId
    )
    SELECT *COLUMNS* FROM scored p
    WHERE ${outcomes(query.tiesAreRight)[query.outcome]}
      AND (@text = '' OR instr(lower(p.good), lower(@text)) OR instr(lower(p.bad), lower(@text)))`;
  const { scoringId, classId, text, offset, limit } = query;
  const total = get<{ n: number }>(db, kept.replace('*COLUMNS*', 'count(*) AS n'), { scoringId, classId, text }); // prettier-ignore
  const rows = all<PairRow>(
    db,
    `${kept.replace(
      '*COLUMNS*',
      'p.id AS pairRowId, p.pair_id AS pairId, p.good, p.bad, p.good_nats AS goodLogProbNats, p.bad_nats AS badLogProbNats, delta',
    )} ORDER BY ${orders[query.sort]} LIMIT @limit OFFSET @offset`,
    { scoringId, classId, text, limit, offset },
  );
  return { total: total?.n ?? 0, rows };
}

interface PairScoresSql {
  good: number;
  bad: number;
  tokens: Buffer;
}
const pairScores = (db: Db, scoringId: number, pairRowId: number): PairScoresSql | undefined =>
  get(
    db,
    'SELECT good_nats AS good, bad_nats AS bad, token_nats AS tokens FROM scores WHERE scoring_id = ? AND pair_id = ?',
    scoringId,
    pairRowId,
  );

/** Log-probs (nats) of the scored tokens; `goodScored` of them are the good sentence's. */
function splitTokens(blob: Buffer, goodScored: number) {
  const tokens = [...floats(blob)];
  return {
    goodTokenLogProbsNats: tokens.slice(0, goodScored),
    badTokenLogProbsNats: tokens.slice(goodScored),
  };
}

/** A pair's tokens at one checkpoint; undefined where it has no scores. */
export function pairTokenScores(db: Db, scoringId: number, pairRowId: number, goodScored: number) {
  const row = pairScores(db, scoringId, pairRowId);
  return row && splitTokens(row.tokens, goodScored);
}

/** A pair's scores in each of the scorings that have them; the good sentence has `goodScored` scored tokens. */
export function pairOverScorings(
  db: Db,
  pairRowId: number,
  scorings: readonly Scoring[],
  goodScored: number,
): PairDetail['checkpoints'] {
  return scorings.flatMap(({ id, step, tokensSeen, wordsSeen }) => {
    const row = pairScores(db, id, pairRowId);
    if (!row) return [];
    return {
      step,
      tokensSeen,
      wordsSeen,
      goodLogProbNats: row.good,
      badLogProbNats: row.bad,
      delta: row.good - row.bad,
      ...splitTokens(row.tokens, goodScored),
    };
  });
}
