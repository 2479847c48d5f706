// Sweeps: their plans, their runs by folder name, what was given to Slurm, and what was gathered.
import type { AxisValue, SweepPlace, SweepPlan } from '../../../shared/sweeps.ts';
import { AppError } from '../../../shared/errors.ts';
import { all, get, run, transaction, type Db } from './sql.ts';

export interface StoredSweep {
  id: number;
  name: string;
  plan: SweepPlan;
  place: SweepPlace;
  createdAtMs: number;
}

export interface StoredSweepRun {
  key: string;
  values: Record<string, AxisValue>;
  cancelled: boolean;
  /** null: not gathered. */
  runId: number | null;
}

export interface SweepTask {
  jobId: number;
  task: number;
  key: string;
  work: 'all' | 'train' | 'score';
}

type SweepSql = Omit<StoredSweep, 'plan'> & { plan: string };
const select =
  'SELECT id, name, plan_json AS plan, place, created_at_ms AS createdAtMs FROM sweeps';
const sweep = (row: SweepSql): StoredSweep => ({ ...row, plan: JSON.parse(row.plan) as SweepPlan });

/** Newest first. */
export const listSweeps = (db: Db): StoredSweep[] =>
  all<SweepSql>(db, `${select} ORDER BY id DESC`).map(sweep);

export function getSweep(db: Db, id: number): StoredSweep {
  const row = get<SweepSql>(db, `${select} WHERE id = ?`, id);
  if (!row) throw new AppError('not-found', `This project has no sweep ${id}.`);
  return sweep(row);
}

/** Sweeps that a run belongs to. */
export const sweepsWith = (db: Db, key: string): StoredSweep[] =>
  all<SweepSql>(db, `${select} WHERE id IN (SELECT sweep_id FROM sweep_runs WHERE key = ?)`, key).map(sweep); // prettier-ignore

/** Stores a plan with its runs; one of the same name takes the place of the one before. */
export function putSweep(
  db: Db,
  plan: SweepPlan,
  place: SweepPlace,
  runs: readonly Pick<StoredSweepRun, 'key' | 'values'>[],
): StoredSweep {
  return transaction(db, () => {
    run(
      db,
      `INSERT INTO sweeps (name, plan_json, place, created_at_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET plan_json = excluded.plan_json, place = excluded.place`,
      plan.name,
      JSON.stringify(plan),
      place,
      Date.now(),
    );
    const { id } = get<{ id: number }>(db, 'SELECT id FROM sweeps WHERE name = ?', plan.name) as { id: number }; // prettier-ignore
    run(db, 'DELETE FROM sweep_runs WHERE sweep_id = ?', id);
    runs.forEach(
      ({ key, values }, position) =>
      run(db, 'INSERT INTO sweep_runs (sweep_id, key, position, values_json) VALUES (?, ?, ?, ?)', id, key, position, JSON.stringify(values)), // prettier-ignore
    );
    return getSweep(db, id);
  });
}

export const deleteSweep = (db: Db, id: number): void =>
  void run(db, 'DELETE FROM sweeps WHERE id = ?', id);

/** In the plan's order. */
export const listSweepRuns = (db: Db, id: number): StoredSweepRun[] =>
  all<{ key: string; values: string; cancelled: number; runId: number | null }>(
    db,
    `SELECT s.key, s.values_json AS "values", s.cancelled, g.run_id AS runId
     FROM sweep_runs s LEFT JOIN gathered_runs g ON g.key = s.key WHERE s.sweep_id = ? ORDER BY s.position`,
    id,
  ).map((row) => ({
    ...row,
    values: JSON.parse(row.values) as Record<string, AxisValue>,
    cancelled: row.cancelled === 1,
  }));

export const setCancelled = (
  db: Db,
  id: number,
  keys: readonly string[],
  cancelled: boolean,
): void =>
  void run(
    db,
    'UPDATE sweep_runs SET cancelled = ? WHERE sweep_id = ? AND key IN (SELECT value FROM json_each(?))',
    Number(cancelled),
    id,
    JSON.stringify(keys),
  );

// ---- Slurm ------------------------------------------------------------------------------------

/** Remembers an array: its task n carries out the n-th run. */
export function addTasks(
  db: Db,
  id: number,
  { jobId, work, keys }: { jobId: number; work: SweepTask['work']; keys: readonly string[] },
): void {
  transaction(db, () => {
    keys.forEach(
      (key, task) =>
      run(db, 'INSERT INTO sweep_tasks VALUES (?, ?, ?, ?, ?, ?)', jobId, task, id, key, work, Date.now()), // prettier-ignore
    );
  });
}

/** In the order in which they were submitted. */
export const listTasks = (db: Db, id: number): SweepTask[] =>
  all<SweepTask>(
    db,
    `SELECT job_id AS jobId, task, key, work FROM sweep_tasks WHERE sweep_id = ? ORDER BY submitted_at_ms, job_id, task`,
    id,
  );

// ---- what was gathered ------------------------------------------------------------------------

export interface Gathered {
  runId: number;
  manifestSha256: string;
}

export const gatheredRun = (db: Db, key: string): Gathered | undefined =>
  get<Gathered>(
    db,
    'SELECT run_id AS runId, manifest_sha256 AS manifestSha256 FROM gathered_runs WHERE key = ?',
    key,
  );

export const putGathered = (db: Db, key: string, { runId, manifestSha256 }: Gathered): void =>
  void run(
    db,
    'INSERT OR REPLACE INTO gathered_runs VALUES (?, ?, ?, ?)',
    key,
    runId,
    manifestSha256,
    Date.now(),
  );
