// Joins store and analysis: a class's new scores and its summary, in one transaction.
import type { Profile } from '../../../shared/domain.ts';
import { summarise } from '../analysis/summary.ts';
import { getClass } from '../store/classes.ts';
import { packNats, putClassNats } from '../store/nats.ts';
import { classScores, putClassSummary, putScores, type ClassScores } from '../store/scores.ts';
import { recomputable, type Db } from '../store/sql.ts';
import { recordParts } from './parts.ts';

/** Stores scores of (some) pairs of a class, and makes anew what follows from all that the class now has in this scoring. */
export function recordClassScores(
  db: Db,
  args: { scoringId: number; classId: number; ties: Profile['ties']; scores: ClassScores },
): void {
  const { scoringId, classId } = args;
  recomputable(db, () => {
    putScores(db, scoringId, args.scores);
    const { firstPairRowId, pairs } = getClass(db, classId);
    const rows = classScores(db, scoringId, classId);
    putClassNats(
      db,
      scoringId,
      classId,
      packNats(pairs, rows.map(({ pairRowId, good, bad }) => ({ place: pairRowId - firstPairRowId, good, bad }))), // prettier-ignore
    );
    const deltas = Float64Array.from(rows, ({ good, bad }) => good - bad);
    putClassSummary(db, scoringId, classId, summarise(deltas, args.ties));
    recordParts(db, scoringId, classId);
  });
}
