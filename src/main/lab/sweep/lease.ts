// Who writes a run: the process that made the highest numbered folder in it (run-folder.ts says why that is enough).
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attemptFolder, attemptsOf, writeJson, type Lease } from './run-folder.ts';
import { folderState, hasEnded, silentMs } from './state.ts';

/** The Slurm job that this process is part of, and how often it was started again. */
export function slurmJob(env = process.env): Pick<Lease, 'job' | 'restart'> {
  const { SLURM_JOB_ID: job, SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task, SLURM_RESTART_COUNT: restart } = env; // prettier-ignore
  const name = array === undefined ? (job ?? null) : `${array}_${task ?? ''}`;
  return { job: name, restart: Number(restart ?? 0) };
}

export interface Held {
  attempt: number;
  /** What this process writes into, and nowhere else. */
  folder: string;
  /** Whether no other process has taken the run since. */
  isMine(): boolean;
}

/**
 * Takes a run. One that another process works on is left to it, and what is returned says so; unless that process is
 * an earlier start of the same Slurm job, which Slurm has given up.
 */
export function takeLease(folder: string, self = slurmJob()): Held | { heldBy: string } {
  const state = folderState(folder);
  const { lease, attempts } = state;
  const restarted = lease !== null && self.job !== null && lease.job === self.job && self.restart > lease.restart; // prettier-ignore
  if (!hasEnded(state) && !restarted && isAlive(folder, state.aliveAtMs)) {
    const by = lease ? `${lease.job === null ? '' : `job ${lease.job}, `}process ${lease.pid} on ${lease.host}` : 'another process'; // prettier-ignore
    return { heldBy: by };
  }
  const attempt = attempts + 1;
  const mine = attemptFolder(folder, attempt);
  try {
    fs.mkdirSync(mine);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return { heldBy: 'a process that began at the same moment' };
    throw error;
  }
  return { attempt, folder: mine, isMine: () => attemptsOf(folder).at(-1) === attempt };
}

/** Says who holds the run and where it went on from; until this is there, the process has done nothing. */
export function writeLease(held: Held, fromStep: number | null): void {
  const lease: Lease = { host: os.hostname(), pid: process.pid, ...slurmJob(), startedAtMs: Date.now(), fromStep }; // prettier-ignore
  writeJson(path.join(held.folder, 'lease.json'), lease);
}

/** By the clock of the storage itself, since those of the machines may differ. */
function isAlive(folder: string, aliveAtMs: number | null): boolean {
  if (aliveAtMs === null) return false;
  const probe = path.join(folder, `.now-${os.hostname()}-${process.pid}`);
  fs.writeFileSync(probe, '');
  const { mtimeMs } = fs.statSync(probe);
  fs.rmSync(probe);
  return mtimeMs - aliveAtMs < silentMs;
}
