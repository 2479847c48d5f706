// Runs: their configuration, state and metrics.
import { createHash } from 'node:crypto';
import type {
  EngineInfo,
  MetricPoint,
  RunConfig,
  RunDetail,
  RunRow,
  RunState,
} from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { getCorpus, getSuite, getTokenizer } from './library.ts';
import { listScored } from './scores.ts';
import { all, get, run, transaction, type Db } from './sql.ts';

interface RunSql extends RunRow {
  config_json: string;
  config_hash: string;
  engine_json: string;
  corpus_id: number;
  tokenizer_id: number | null;
}

const select = `
  SELECT r.id, r.name, r.note, r.config_json ->> '$.preset' AS preset, c.name AS corpusName,
    r.state, r.stage, r.error, r.parameters, r.step,
    coalesce(r.config_json ->> '$.training.totalSteps', r.step) AS totalSteps,
    r.tokens_seen AS tokensSeen, r.words_seen AS wordsSeen, r.loss_nats AS lossNats,
    r.tokens_per_second AS tokensPerSecond, r.remaining_ms AS remainingMs,
    r.elapsed_ms AS elapsedMs,
    (SELECT count(*) FROM checkpoints k WHERE k.run_id = r.id) AS checkpoints,
    iif(r.config_json ->> '$.choicesOnly', 'choices', 'scores') AS kept,
    r.config_json ->> '$.training.seed' AS seed, CASE WHEN r.state = 'queued' THEN
      (SELECT count(*) FROM runs q WHERE q.state = 'queued' AND (q.queued_order, q.id) <= (r.queued_order, r.id))
    END AS queuePosition, r.created_at_ms AS createdAtMs
    /* more */
  FROM runs r JOIN corpora c ON c.id = r.corpus_id`;
const selectDetail = select.replace(
  '/* more */',
  ', r.config_json, r.config_hash, r.engine_json, r.corpus_id, r.tokenizer_id',
);

/** Newest first. */
export const listRuns = (db: Db): RunRow[] => all<RunRow>(db, `${select} ORDER BY r.id DESC`);

export function getRun(db: Db, id: number): RunRow {
  const row = get<RunRow>(db, `${select} WHERE r.id = ?`, id);
  if (!row) throw new AppError('not-found', `This project has no run ${id}.`);
  return row;
}

export function getRunDetail(db: Db, id: number): RunDetail {
  const row = get<RunSql>(db, `${selectDetail} WHERE r.id = ?`, id);
  if (!row) throw new AppError('not-found', `This project has no run ${id}.`);
  const { config_json, config_hash, engine_json, corpus_id, tokenizer_id, ...shown } = row;
  const config = JSON.parse(config_json) as RunConfig;
  return {
    ...shown,
    config,
    configHash: config_hash,
    engine: JSON.parse(engine_json) as EngineInfo,
    corpusHash: getCorpus(db, corpus_id).contentHash,
    tokenizerHash: tokenizer_id === null ? null : getTokenizer(db, tokenizer_id).hash,
    suites: config.scoring.suiteIds.map((suiteId) => getSuite(db, suiteId)),
    scored: listScored(db, id),
  };
}

export const getRunConfig = (db: Db, id: number): RunConfig => {
  const row = get<{ config_json: string }>(db, 'SELECT config_json FROM runs WHERE id = ?', id);
  if (!row) throw new AppError('not-found', `This project has no run ${id}.`);
  return JSON.parse(row.config_json) as RunConfig;
};

/** The tokenizer a run uses, or null while it is not trained yet. */
export const runTokenizerId = (db: Db, id: number): number | null =>
  get<{ id: number | null }>(db, 'SELECT tokenizer_id AS id FROM runs WHERE id = ?', id)?.id ??
  null;

/** Whether a queued run is to score the checkpoints it has and not to train on. */
export const isScoresOnly = (db: Db, id: number): boolean =>
  get<{ only: number }>(db, 'SELECT scores_only AS only FROM runs WHERE id = ?', id)?.only === 1;

const configHash = (config: RunConfig): string =>
  createHash('sha256').update(JSON.stringify(config)).digest('hex');

export function addRun(
  db: Db,
  args: { name: string; config: RunConfig; engine: EngineInfo; parameters: number },
): RunRow {
  const { config } = args;
  const { newId } = run(
    db,
    `INSERT INTO runs (name, state, config_json, config_hash, engine_json, corpus_id, tokenizer_id, parameters, created_at_ms)
     VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?)`,
    args.name,
    JSON.stringify(config),
    configHash(config),
    JSON.stringify(args.engine),
    config.corpusId,
    config.tokenizerId,
    args.parameters,
    Date.now(),
  );
  run(db, 'UPDATE runs SET queued_order = id WHERE id = ?', newId);
  if (args.name === '') run(db, 'UPDATE runs SET name = ? WHERE id = ?', `${config.preset} ${newId}`, newId); // prettier-ignore
  return getRun(db, newId);
}

/** Changes the configuration, and with it the hash; used where a run is extended. */
export function setRunConfig(db: Db, id: number, config: RunConfig): void {
  run(db, 'UPDATE runs SET config_json = ?, config_hash = ? WHERE id = ?', JSON.stringify(config), configHash(config), id); // prettier-ignore
}

export function editRun(
  db: Db,
  id: number,
  change: { name?: string | undefined; note?: string | undefined },
): RunRow {
  run(db, 'UPDATE runs SET name = coalesce(?, name), note = coalesce(?, note) WHERE id = ?', change.name ?? null, change.note ?? null, id); // prettier-ignore
  return getRun(db, id);
}

/** What changes while a run goes on; what is left out stays. */
export interface RunProgress {
  state?: RunState;
  stage?: string;
  error?: string | null;
  tokenizerId?: number;
  parameters?: number;
  step?: number;
  tokensSeen?: number;
  wordsSeen?: number;
  lossNats?: number | null;
  tokensPerSecond?: number | null;
  remainingMs?: number | null;
  elapsedMs?: number;
  /** Queued to score the checkpoints it has, not to train on: 1 or 0. */
  scoresOnly?: 0 | 1;
}

const progressColumns: Record<keyof RunProgress, string> = {
  state: 'state',
  stage: 'stage',
  error: 'error',
  tokenizerId: 'tokenizer_id',
  parameters: 'parameters',
  step: 'step',
  tokensSeen: 'tokens_seen',
  wordsSeen: 'words_seen',
  lossNats: 'loss_nats',
  tokensPerSecond: 'tokens_per_second',
  remainingMs: 'remaining_ms',
  elapsedMs: 'elapsed_ms',
  scoresOnly: 'scores_only',
};

export function setProgress(db: Db, id: number, progress: RunProgress): void {
  const set: string[] = [];
  const values: (string | number | null)[] = [];
  for (const key of Object.keys(progressColumns) as (keyof RunProgress)[]) {
    const value = progress[key];
    if (value === undefined) continue;
    set.push(`${progressColumns[key]} = ?`);
    values.push(value);
  }
  if (set.length) run(db, `UPDATE runs SET ${set.join(', ')} WHERE id = ?`, ...values, id);
}

/** Queued runs, the one to go next first. */
export const queuedRunIds = (db: Db): number[] =>
  all<{ id: number }>(db, `SELECT id FROM runs WHERE state = 'queued' ORDER BY queued_order, id`).map((r) => r.id); // prettier-ignore

/** Puts a queued run before another one, or (null) at the end of the queue. */
export function reorderRun(db: Db, id: number, before: number | null): void {
  const order = queuedRunIds(db).filter((other) => other !== id);
  order.splice(before === null ? order.length : order.indexOf(before), 0, id);
  transaction(db, () => {
    order.forEach((runId, i) =>
      run(db, 'UPDATE runs SET queued_order = ? WHERE id = ?', i + 1, runId),
    );
  });
}

export const runsInState = (db: Db, states: readonly RunState[]): number[] =>
  all<{ id: number }>(
    db,
    'SELECT id FROM runs WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id',
    JSON.stringify(states),
  ).map((r) => r.id);

export const deleteRun = (db: Db, id: number): void =>
  void run(db, 'DELETE FROM runs WHERE id = ?', id);

// ---- metrics ----------------------------------------------------------------------------------

export function addMetrics(db: Db, runId: number, points: readonly MetricPoint[]): void {
  transaction(db, () => {
    for (const p of points)
      run(
        db,
        'INSERT OR REPLACE INTO run_metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        runId,
        p.step,
        p.tokensSeen,
        p.wordsSeen,
        p.lossNats,
        p.learningRate,
        p.gradientNorm,
        p.tokensPerSecond,
        p.elapsedMs,
      );
  });
}

/** Forgets the metrics of steps that will be trained again. */
export const dropMetricsAfter = (db: Db, runId: number, step: number): void =>
  void run(db, 'DELETE FROM run_metrics WHERE run_id = ? AND step > ?', runId, step);

/**
 * Metrics in the order of steps. More than `maxPoints` are joined into that many equal spans of
 * steps: loss, gradient norm and speed are the span's means, all else is that of its last step.
 */
export function listMetrics(db: Db, runId: number, maxPoints: number): MetricPoint[] {
  const { last } = get<{ last: number }>(db, 'SELECT coalesce(max(step), 0) AS last FROM run_metrics WHERE run_id = ?', runId) as { last: number }; // prettier-ignore
  const span = Math.max(1, Math.ceil(last / maxPoints));
  return all<MetricPoint>(
    db,
    `SELECT max(step) AS step, tokens_seen AS tokensSeen, words_seen AS wordsSeen, avg(loss_nats) AS lossNats,
       learning_rate AS learningRate, avg(gradient_norm) AS gradientNorm,
       avg(tokens_per_second) AS tokensPerSecond, elapsed_ms AS elapsedMs
     FROM run_metrics WHERE run_id = ? GROUP BY (step - 1) / CAST(? AS INTEGER) ORDER BY 1`,
    runId,
    span,
  );
}
