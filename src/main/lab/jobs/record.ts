// Joins store and analysis: a class's new scores and its summary, in one transaction.
import type { Profile } from '../../../shared/domain.ts';
import { summarise } from '../analysis/summary.ts';
import { classScores, putClassSummary, putScores, type ClassScores } from '../store/scores.ts';
import { transaction, type Db } from '../store/sql.ts';

/** Stores scores of (some) pairs of a class and summarises all that the class now has in this scoring. */
export function recordClassScores(
  db: Db,
  args: { scoringId: number; classId: number; ties: Profile['ties']; scores: ClassScores },
): void {
  const { scoringId, classId } = args;
  transaction(db, () => {
    putScores(db, scoringId, args.scores);
    const deltas = classScores(db, scoringId, classId).map(({ good, bad }) => good - bad);
    putClassSummary(db, scoringId, classId, summarise(Float64Array.from(deltas), args.ties));
  });
}
