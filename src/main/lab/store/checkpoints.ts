// Checkpoints of a run: what is known of each, and which files are kept.
import type { CheckpointRow } from '../../../shared/domain.ts';
import { all, get, run, type Db } from './sql.ts';

export type StoredCheckpoint = CheckpointRow & { id: number };

interface CheckpointSql extends Omit<StoredCheckpoint, 'hasWeights' | 'hasOptimizer'> {
  hasWeights: number;
  hasOptimizer: number;
}

const select = `
  SELECT id, step, tokens_seen AS tokensSeen, words_seen AS wordsSeen,
    held_out_nats_per_token AS heldOutNatsPerToken, has_weights AS hasWeights,
    has_optimizer AS hasOptimizer, saved_at_ms AS savedAtMs
  FROM checkpoints`;

const checkpoint = (row: CheckpointSql): StoredCheckpoint => ({
  ...row,
  hasWeights: row.hasWeights === 1,
  hasOptimizer: row.hasOptimizer === 1,
});

/** In the order of steps. */
export const listCheckpoints = (db: Db, runId: number): StoredCheckpoint[] =>
  all<CheckpointSql>(db, `${select} WHERE run_id = ? ORDER BY step`, runId).map(checkpoint);

export function getCheckpoint(db: Db, runId: number, step: number): StoredCheckpoint | undefined {
  const row = get<CheckpointSql>(db, `${select} WHERE run_id = ? AND step = ?`, runId, step);
  return row && checkpoint(row);
}

/** Stores (or, after a resume that trained the same steps again, replaces) what is known of a checkpoint. */
export function putCheckpoint(db: Db, runId: number, row: CheckpointRow): number {
  run(
    db,
    `INSERT INTO checkpoints (run_id, step, tokens_seen, words_seen, held_out_nats_per_token, has_weights, has_optimizer, saved_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, step) DO UPDATE SET tokens_seen = excluded.tokens_seen, words_seen = excluded.words_seen,
       held_out_nats_per_token = excluded.held_out_nats_per_token, has_weights = excluded.has_weights,
       has_optimizer = excluded.has_optimizer, saved_at_ms = excluded.saved_at_ms`,
    runId,
    row.step,
    row.tokensSeen,
    row.wordsSeen,
    row.heldOutNatsPerToken,
    Number(row.hasWeights),
    Number(row.hasOptimizer),
    row.savedAtMs,
  );
  return (get<{ id: number }>(db, 'SELECT id FROM checkpoints WHERE run_id = ? AND step = ?', runId, row.step) as { id: number }).id; // prettier-ignore
}

/** Records which files of a checkpoint are on disk. */
export function setKept(db: Db, id: number, kept: { weights: boolean; optimizer: boolean }): void {
  run(
    db,
    'UPDATE checkpoints SET has_weights = ?, has_optimizer = ? WHERE id = ?',
    Number(kept.weights),
    Number(kept.optimizer),
    id,
  );
}

/** Removes a checkpoint and its scores from the project file. */
export const deleteCheckpoint = (db: Db, id: number): void =>
  void run(db, 'DELETE FROM checkpoints WHERE id = ?', id);
