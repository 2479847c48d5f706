// A sweep's runs as a person sees them, from their folders and from who works on them.
import fs from 'node:fs';
import path from 'node:path';
import type { AxisValue, SweepDetail, SweepFailure, SweepRow, SweepRun, SweepRunState } from '../../../shared/sweeps.ts'; // prettier-ignore
import type { StoredSweep, StoredSweepRun, SweepTask } from '../store/sweeps.ts';
import { readSpec, runFolderOf, type RunSpec } from './run-folder.ts';
import type { TaskStatus } from './slurm/queue.ts';
import { folderState, hasEnded, silentMs, type FolderState } from './state.ts';

/** A run and what is known of who works on it. */
export interface Seen {
  run: StoredSweepRun;
  runs: string;
  /** In this process's own queue. */
  pooled: 'waiting' | 'at work' | null;
  /** Its tasks on Slurm, the last submitted last; a status of null: Slurm does not know it any more. */
  tasks: (SweepTask & { name: string; status: TaskStatus | null })[];
}

const lastLines = 20;
/** Slurm's words for tasks that will go on without anyone's doing. */
const underWay = /^(RUNNING|COMPLETING|STOPPED|SUSPENDED|SIGNALING|STAGE_OUT)/;
const inQueue = /^(PENDING|CONFIGURING|REQUEUE|REQUEUE_FED|RESIZING|RESV_DEL_HOLD|SPECIAL_EXIT|REQUEUE_HOLD)/; // prettier-ignore

export function shownRun(seen: Seen): SweepRun {
  const { run, runs } = seen;
  const folder = runFolderOf(runs, run.key);
  const spec = specOf(folder);
  const state = folderState(folder);
  const { progress } = state;
  const verdict = verdictOn(seen, state, spec);
  return {
    key: run.key,
    values: run.values,
    state: verdict.state,
    stage: verdict.stage ?? (verdict.state === 'finished' ? 'finished' : (progress?.stage ?? '')),
    step: progress?.step ?? 0,
    totalSteps: spec?.training.totalSteps ?? 0,
    tokensSeen: progress?.tokensSeen ?? 0,
    lossNats: progress?.lossNats ?? null,
    tokensPerSecond: progress?.tokensPerSecond ?? null,
    elapsedMs: progress?.elapsedMs ?? 0,
    remainingMs: isAtWork(verdict.state) ? (progress?.remainingMs ?? null) : null,
    checkpoints: progress?.checkpoints ?? 0,
    scored: progress?.scored ?? 0,
    attempts: state.attempts,
    where: whereOf(seen, state, verdict.state),
    failure: verdict.state === 'failed' ? failureOf(seen, state, folder) : null,
    runId: run.runId,
  };
}

const isAtWork = (state: SweepRunState): boolean =>
  state === 'preparing' || state === 'training' || state === 'scoring';

function specOf(folder: string): RunSpec | null {
  try {
    return readSpec(folder);
  } catch {
    return null; // its folder was deleted; it is laid again when the sweep is started
  }
}

function verdictOn(
  { run, pooled, tasks }: Seen,
  state: FolderState,
  spec: RunSpec | null,
): { state: SweepRunState; stage?: string } {
  const { done, failed, exit, progress } = state;
  if (done && done.checkpoints.every(({ scores }) => scores.length >= (spec?.targets.length ?? 0))) return { state: 'finished' }; // prettier-ignore
  const working = progress && isAtWork(progress.state) ? progress.state : 'preparing';
  const running = tasks.find(({ status }) => status && underWay.test(status.state));
  if (pooled === 'at work' || running) return { state: working };
  if (pooled === 'waiting') return { state: 'waiting', stage: 'waiting for a worker' };
  const queued = tasks.find(({ status }) => status && inQueue.test(status.state))?.status;
  if (queued) return { state: 'waiting', stage: `in Slurm’s queue${queued.reason ? `: ${queued.reason}` : ''}` }; // prettier-ignore
  if (run.cancelled) return { state: 'cancelled', stage: 'cancelled' };
  const last = tasks.at(-1)?.status;
  if (failed ?? exit) return { state: 'failed', stage: 'failed' };
  if (last?.state.startsWith('CANCELLED'))
    return { state: 'cancelled', stage: 'cancelled in Slurm' };
  if (tasks.some(({ status }) => status && !/^(COMPLETED|CANCELLED)/.test(status.state))) return { state: 'failed', stage: 'failed' }; // prettier-ignore
  const isAlive = !hasEnded(state) && state.aliveAtMs !== null && Date.now() - state.aliveAtMs < silentMs; // prettier-ignore
  return isAlive ? { state: working } : { state: 'stopped', stage: progress?.stage ?? 'not begun' };
}

function whereOf({ tasks }: Seen, { lease }: FolderState, state: SweepRunState): string | null {
  const task = tasks.findLast(({ status }) => status && (underWay.test(status.state) || inQueue.test(status.state))); // prettier-ignore
  if (task) return `job ${task.name}${task.status?.node ? ` on ${task.status.node}` : ''}`;
  return isAtWork(state) && lease ? `${lease.host}, process ${lease.pid}` : null;
}

function failureOf(
  { runs, tasks }: Seen,
  { failed, exit }: FolderState,
  folder: string,
): SweepFailure {
  // prettier-ignore
  const task = tasks.findLast(({ status }) => status && !/^COMPLETED/.test(status.state));
  const slurmState = task?.status?.state ?? null;
  const exitCode = exit?.code ?? task?.status?.exitCode ?? null;
  const ended = exit?.error ? `could not be started: ${exit.error}` : exit ? (exit.signal === null ? `ended with exit code ${exit.code}` : `was ended by ${exit.signal}`) : `ended: ${(slurmState ?? 'unknown').toLowerCase().replaceAll('_', ' ')}${exitCode ? `, exit code ${exitCode}` : ''}`; // prettier-ignore
  const slurmsOwn = task ? tail(path.join(runs, 'slurm', `${task.name}.txt`)) : [];
  return { message: failed?.message ?? `Its process ${ended}.`, exitCode, slurmState, lastLines: [...tail(path.join(folder, 'log.txt')), ...slurmsOwn].slice(-lastLines) }; // prettier-ignore
}

/** The last lines of a file that may be large, or not there. */
function tail(file: string): string[] {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fs.fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, 16_384));
    fs.readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString('utf8').trimEnd();
    return text === '' ? [] : text.split('\n').slice(-lastLines);
  } finally {
    fs.closeSync(descriptor);
  }
}

export function rowOf(
  { id, name, place, createdAtMs }: StoredSweep,
  runs: readonly SweepRun[],
): SweepRow {
  const count = (...states: SweepRunState[]): number =>
    runs.filter(({ state }) => states.includes(state)).length;
  const [finished, failed] = [count('finished'), count('failed')];
  const going = count('waiting', 'preparing', 'training', 'scoring');
  const state = going > 0 ? 'running' : finished === runs.length ? 'finished' : failed > 0 ? 'failed' : 'stopped'; // prettier-ignore
  const parts = [`${finished} of ${runs.length} runs finished`, ...[failed && `${failed} failed`, count('cancelled') && `${count('cancelled')} cancelled`].filter(Boolean)]; // prettier-ignore
  const runsGathered = runs.filter(({ runId }) => runId !== null).length;
  return { id, name, place, state, stage: parts.join(', '), runs: runs.length, runsFinished: finished, runsFailed: failed, runsGathered, createdAtMs }; // prettier-ignore
}

export function detailOf(
  sweep: StoredSweep,
  axes: { name: string; values: AxisValue[] }[],
  runList: SweepRun[],
): SweepDetail {
  const speeds = runList.flatMap((run) => (run.state === 'training' ? (run.tokensPerSecond ?? []) : [])); // prettier-ignore
  return {
    ...rowOf(sweep, runList),
    plan: sweep.plan,
    axes,
    runList,
    tokensPerSecond: speeds.length > 0 ? speeds.reduce((sum, speed) => sum + speed, 0) : null,
    remainingMs: remaining(runList),
  };
}

/** As long as runs take on the average, for those that are left, as many at a time as now; null: none has been measured. */
function remaining(runs: readonly SweepRun[]): number | null {
  const working = runs.filter(({ state }) => isAtWork(state));
  // Before its first step a run knows how long scoring takes, and nothing of training.
  const measured = working.flatMap(({ step, elapsedMs, remainingMs }) => (step === 0 || remainingMs === null ? [] : [{ elapsedMs, remainingMs }])); // prettier-ignore
  const left = measured.map(({ remainingMs }) => remainingMs);
  if (left.length === 0) return null;
  const whole = [...runs.filter(({ state }) => state === 'finished').map(({ elapsedMs }) => elapsedMs), ...measured.map(({ elapsedMs, remainingMs }) => elapsedMs + remainingMs)]; // prettier-ignore
  const mean = whole.reduce((sum, ms) => sum + ms, 0) / whole.length;
  const unmeasured = runs.filter(({ state }) => state === 'waiting').length + working.length - measured.length; // prettier-ignore
  return (left.reduce((sum, ms) => sum + ms, 0) + unmeasured * mean) / working.length;
}
