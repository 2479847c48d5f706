// Pairs: those of a class, and one over all checkpoints.
import type { PairDetail } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { tokenScoringId } from './parts.ts';
import { floats, type Scoring } from './scores.ts';
import { all, get, type Db } from './sql.ts';

export interface StoredPair {
  pairRowId: number;
  pairId: string;
  classId: number;
  good: string;
  bad: string;
  /** 1 where the sentences are of the same words in another order. */
  sameWords: number;
}

const pairColumns = 'id AS pairRowId, pair_id AS pairId, class_id AS classId, good, bad, same_words AS sameWords'; // prettier-ignore

/** By their range of ids, which lie side by side in the file; by the class they would be looked up one by one. */
export const listPairs = (db: Db, classId: number): StoredPair[] =>
  all<StoredPair>(
    db,
    `SELECT ${pairColumns} FROM pairs
     WHERE id BETWEEN (SELECT first_pair_id FROM classes WHERE id = ?)
       AND (SELECT first_pair_id + pairs - 1 FROM classes WHERE id = ?)
     ORDER BY id`,
    classId,
    classId,
  );

export function getPair(db: Db, pairRowId: number): StoredPair {
  const row = get<StoredPair>(db, `SELECT ${pairColumns} FROM pairs WHERE id = ?`, pairRowId);
  if (!row) throw new AppError('not-found', `This project has no pair ${pairRowId}.`);
  return row;
}

interface PairScoresSql {
  good: number;
  bad: number;
  tokens: Buffer;
}
/** Of whole sentences, also where the scoring is of parts. */
const pairScores = (db: Db, scoringId: number, pairRowId: number): PairScoresSql | undefined =>
  get(
    db,
    'SELECT good_nats AS good, bad_nats AS bad, token_nats AS tokens FROM scores WHERE scoring_id = ? AND pair_id = ?',
    tokenScoringId(db, scoringId),
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

/** A pair's scores, of its whole sentences, in each of the scorings that have them; the good sentence has `goodScored` scored tokens. */
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
