// Experiments: their plans, what was edited for them, and their runs.
import type { ConditionReport, ExperimentPlan, ExperimentRun, OffendingBigram } from '../../../shared/experiment.ts'; // prettier-ignore
import { AppError } from '../../../shared/errors.ts';
import { all, get, run, type Db } from './sql.ts';

/** What the editing found and made. */
export interface Edits {
  bigrams: OffendingBigram[];
  conditions: ConditionReport[];
}

export interface StoredExperiment {
  id: number;
  name: string;
  baseRunId: number;
  plan: ExperimentPlan;
  /** null while it is not edited. */
  edits: Edits | null;
  error: string | null;
  createdAtMs: number;
}

interface ExperimentSql extends Omit<StoredExperiment, 'plan' | 'edits'> {
  plan: string;
  edits: string | null;
}
const select = `
  SELECT id, name, base_run_id AS baseRunId, plan_json AS plan, edits_json AS edits, error, created_at_ms AS createdAtMs
  FROM experiments`;
const experiment = ({ plan, edits, ...row }: ExperimentSql): StoredExperiment => ({
  ...row,
  plan: JSON.parse(plan) as ExperimentPlan,
  edits: edits === null ? null : (JSON.parse(edits) as Edits),
});

/** Newest first. */
export const listExperiments = (db: Db): StoredExperiment[] =>
  all<ExperimentSql>(db, `${select} ORDER BY id DESC`).map(experiment);

export function getExperiment(db: Db, id: number): StoredExperiment {
  const row = get<ExperimentSql>(db, `${select} WHERE id = ?`, id);
  if (!row) throw new AppError('not-found', `This project has no experiment ${id}.`);
  return experiment(row);
}

export const addExperiment = (db: Db, plan: ExperimentPlan): number =>
  run(
    db,
    'INSERT INTO experiments (name, base_run_id, plan_json, created_at_ms) VALUES (?, ?, ?, ?)',
    plan.name,
    plan.runId,
    JSON.stringify(plan),
    Date.now(),
  ).newId;

export const putEdits = (db: Db, id: number, edits: Edits): void =>
  void run(db, 'UPDATE experiments SET edits_json = ? WHERE id = ?', JSON.stringify(edits), id);

export const putExperimentError = (db: Db, id: number, error: string): void =>
  void run(db, 'UPDATE experiments SET error = ? WHERE id = ?', error, id);

export const addExperimentRun = (
  db: Db,
  id: number,
  { runId, condition, seed }: Omit<ExperimentRun, 'state'>,
): void =>
  void run(
    db,
    'INSERT INTO experiment_runs (experiment_id, run_id, condition, seed) VALUES (?, ?, ?, ?)',
    id,
    runId,
    condition,
    seed,
  );

/** In the order in which they were queued. */
export const listExperimentRuns = (db: Db, id: number): ExperimentRun[] =>
  all(
    db,
    `SELECT e.condition, e.seed, e.run_id AS runId, r.state
     FROM experiment_runs e JOIN runs r ON r.id = e.run_id WHERE e.experiment_id = ? ORDER BY e.run_id`,
    id,
  );

/** The experiment that a run belongs to. */
export const experimentOfRun = (db: Db, runId: number): number | undefined =>
  get<{ id: number }>(db, 'SELECT experiment_id AS id FROM experiment_runs WHERE run_id = ?', runId)?.id; // prettier-ignore
