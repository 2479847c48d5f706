// How long sentences are: scored tokens of each pair of a class.
import { all, type Db } from './sql.ts';

/** By the pair's place in the class; NaN where the encoding does not have the pair. */
export interface TokenCounts {
  good: Float64Array;
  bad: Float64Array;
}

export function classTokenCounts(
  db: Db,
  encodingId: number,
  { firstPairRowId, pairs }: { firstPairRowId: number; pairs: number },
): TokenCounts {
  const counts: TokenCounts = {
    good: new Float64Array(pairs).fill(NaN),
    bad: new Float64Array(pairs).fill(NaN),
  };
  const rows = all<{ place: number; good: number; bad: number }>(
    db,
    `SELECT pair_id - ? AS place, good_tokens - scored_from AS good,
       length(ids) / 4 - good_tokens - scored_from AS bad
     FROM pair_tokens WHERE encoding_id = ? AND pair_id BETWEEN ? AND ?`,
    firstPairRowId,
    encodingId,
    firstPairRowId,
    firstPairRowId + pairs - 1,
  );
  for (const { place, good, bad } of rows) {
    counts.good[place] = good;
    counts.bad[place] = bad;
  }
  return counts;
}
