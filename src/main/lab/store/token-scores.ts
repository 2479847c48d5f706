// Token scores of whole classes at once, for taking them out.
import { all, type Db } from './sql.ts';
import { aligned, floats } from './scores.ts';

export interface SentenceTokens {
  pairRowId: number;
  sentence: 'good' | 'bad';
  /** All tokens of the sentence. */
  ids: Uint32Array;
  /** Natural log, one a token from `scoredFrom` on. */
  nats: Float32Array;
  scoredFrom: number;
}

/** Of the pairs of a class that have scores; none where their tokens are not known. */
export function* tokensOfClass(
  db: Db,
  scoringId: number,
  encodingId: number,
  classId: number,
): Generator<SentenceTokens> {
  const rows =
    all<{ pairRowId: number; scoredFrom: number; goodTokens: number; ids: Buffer; nats: Buffer }> // prettier-ignore
    (
      db,
      `SELECT s.pair_id AS pairRowId, t.scored_from AS scoredFrom, t.good_tokens AS goodTokens, t.ids, s.token_nats AS nats
     FROM classes c
       JOIN scores s ON s.scoring_id = ? AND s.pair_id BETWEEN c.first_pair_id AND c.first_pair_id + c.pairs - 1
       JOIN pair_tokens t ON t.encoding_id = ? AND t.pair_id = s.pair_id
     WHERE c.id = ? ORDER BY s.pair_id`,
      scoringId,
      encodingId,
      classId,
    );
  for (const { pairRowId, scoredFrom, goodTokens, ...blobs } of rows) {
    const ids = new Uint32Array(aligned(blobs.ids));
    const nats = floats(blobs.nats);
    const scoredGood = goodTokens - scoredFrom;
    yield { pairRowId, sentence: 'good', scoredFrom, ids: ids.subarray(0, goodTokens), nats: nats.subarray(0, scoredGood) }; // prettier-ignore
    yield { pairRowId, sentence: 'bad', scoredFrom, ids: ids.subarray(goodTokens), nats: nats.subarray(scoredGood) }; // prettier-ignore
  }
}
