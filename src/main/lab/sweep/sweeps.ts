// The sweeps of an open project: their rows and runs as folders, workers and Slurm say they are.
import path from 'node:path';
import type { SweepDetail, SweepRow, SweepRun } from '../../../shared/sweeps.ts';
import type { Emit } from '../../../shared/events.ts';
import type { Project } from '../store/project.ts';
import { listSweepRuns, type StoredSweep, type StoredSweepRun } from '../store/sweeps.ts';
import { axesOf } from './plan.ts';
import { runFolderOf } from './run-folder.ts';
import { folderState } from './state.ts';

export interface SweepContext {
  project: Project;
  emit: Emit;
}

/** Where a project's run folders lie. */
export const runsFolder = (project: Project): string => path.join(project.folder, 'runs');

export class SweepJobs {
  private readonly ctx: SweepContext;

  constructor(ctx: SweepContext) {
    this.ctx = ctx;
  }

  row(sweep: StoredSweep): SweepRow {
    return rowOf(sweep, this.runs(sweep));
  }

  detail(sweep: StoredSweep): SweepDetail {
    const runList = this.runs(sweep);
    const speeds = runList.flatMap((run) =>
      run.state === 'training' ? (run.tokensPerSecond ?? []) : [],
    );
    return {
      ...rowOf(sweep, runList),
      plan: sweep.plan,
      axes: axesOf(sweep.plan),
      runList,
      tokensPerSecond: speeds.length ? speeds.reduce((sum, speed) => sum + speed, 0) : null,
      remainingMs: null,
    };
  }

  private runs({ id }: StoredSweep): SweepRun[] {
    const folder = runsFolder(this.ctx.project);
    return listSweepRuns(this.ctx.project.db, id).map((run) =>
      shown(run, runFolderOf(folder, run.key)),
    );
  }
}

function rowOf({ id, name, place, createdAtMs }: StoredSweep, runs: readonly SweepRun[]): SweepRow {
  const count = (state: SweepRun['state']): number =>
    runs.filter((run) => run.state === state).length;
  const [runsFinished, runsFailed] = [count('finished'), count('failed')];
  const atWork = runs.length - runsFinished - runsFailed - count('cancelled') - count('stopped');
  const state =
    atWork > 0
      ? 'running'
      : runsFinished === runs.length
        ? 'finished'
        : runsFailed > 0
          ? 'failed'
          : 'stopped';
  const stage = `${runsFinished} of ${runs.length} runs finished${runsFailed ? `, ${runsFailed} failed` : ''}`;
  return {
    id,
    name,
    place,
    state,
    stage,
    runs: runs.length,
    runsFinished,
    runsFailed,
    runsGathered: runs.filter((run) => run.runId !== null).length,
    createdAtMs,
  };
}

function shown({ key, values, cancelled, runId }: StoredSweepRun, folder: string): SweepRun {
  const { attempts, progress, done, failed } = folderState(folder);
  const state = done
    ? 'finished'
    : failed
      ? 'failed'
      : cancelled
        ? 'cancelled'
        : (progress?.state ?? 'stopped');
  return {
    key,
    values,
    state,
    stage: progress?.stage ?? '',
    step: progress?.step ?? 0,
    totalSteps: 0,
    tokensSeen: progress?.tokensSeen ?? 0,
    lossNats: progress?.lossNats ?? null,
    tokensPerSecond: progress?.tokensPerSecond ?? null,
    elapsedMs: progress?.elapsedMs ?? 0,
    remainingMs: progress?.remainingMs ?? null,
    checkpoints: progress?.checkpoints ?? 0,
    scored: progress?.scored ?? 0,
    attempts,
    where: null,
    failure: failed && { message: failed.message, exitCode: null, slurmState: null, lastLines: [] },
    runId,
  };
}
