// What a plan would do and cost, before anything is started.
import { trainingOf } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SweepPlan, SweepPreview } from '../../../shared/sweeps.ts';
import { estimate } from '../jobs/estimate.ts';
import type { TrainerThread } from '../jobs/trainer/thread.ts';
import { parameterCount } from '../model/index.ts';
import type { Db } from '../store/sql.ts';
import { gatheredRun } from '../store/sweeps.ts';
import { checkpointSteps } from '../training/index.ts';
import { axesOf, type PlannedRun } from './plan.ts';
import { runFolderOf } from './run-folder.ts';
import { folderState } from './state.ts';

type PreviewedRun = SweepPreview['runList'][number];
type Cost = Pick<PreviewedRun, 'parameters' | 'checkpoints' | 'trainMs' | 'scoreMs' | 'diskBytes'>;

export async function preview(
  ctx: { db: Db; thread: TrainerThread; runs: string },
  plan: SweepPlan,
  planned: readonly PlannedRun[],
): Promise<SweepPreview> {
  const { device, deviceName } = await ctx.thread.engine();
  const runList: PreviewedRun[] = [];
  const costs = new Map<string, Promise<Cost>>();
  /** Seeds cost the same. */
  const costOf = (run: PlannedRun): Promise<Cost> => {
    const { config } = run;
    const key = JSON.stringify({ ...config, training: { ...trainingOf(config), seed: 0 } });
    const known = costs.get(key) ?? cost(ctx, plan, run);
    costs.set(key, known);
    return known;
  };
  for (const run of planned) {
    const { done, attempts } = folderState(runFolderOf(ctx.runs, run.key));
    const state = gatheredRun(ctx.db, run.key) ? 'gathered' : done ? 'finished' : attempts > 0 ? 'begun' : 'new'; // prettier-ignore
    runList.push({ key: run.key, values: run.values, state, ...(await costOf(run)) });
  }
  const toDo = runList.filter(({ state }) => state === 'new' || state === 'begun');
  const isKnown = toDo.every(({ trainMs }) => trainMs !== null);
  const ms = toDo.reduce((sum, { trainMs, scoreMs }) => sum + (trainMs ?? 0) + (scoreMs ?? 0), 0);
  return {
    name: plan.name,
    axes: axesOf(plan),
    runList,
    hours: isKnown ? ms / 3_600_000 : null,
    device: `${device} (${deviceName})`,
    diskBytes: toDo.reduce((sum, run) => sum + run.diskBytes, 0),
    toDo: toDo.length,
  };
}

async function cost(
  { db, thread }: { db: Db; thread: TrainerThread },
  plan: SweepPlan,
  { config }: PlannedRun,
): Promise<Cost> {
  const kept = (checkpoints: number): number => ({ all: checkpoints, last: 1, none: 0 })[plan.suites.length ? plan.keepWeights : 'all']; // prettier-ignore
  try {
    const { parameters, checkpoints, trainMs, scoreMs, diskBytes } = await estimate({ db, thread }, config); // prettier-ignore
    const dropped = 4 * parameters * (checkpoints - kept(checkpoints));
    return { parameters, checkpoints, trainMs, scoreMs, diskBytes: diskBytes - dropped };
  } catch (error) {
    // A cluster's node may have the memory that this machine lacks.
    if (!(error instanceof AppError) || error.code !== 'bad-config') throw error;
    const parameters = parameterCount(config.model);
    const training = trainingOf(config);
    const checkpoints = checkpointSteps(training.checkpoints, training.totalSteps, training.batchWindows * training.windowTokens).length; // prettier-ignore
    return { parameters, checkpoints, trainMs: null, scoreMs: null, diskBytes: 4 * parameters * (kept(checkpoints) + 2) }; // prettier-ignore
  }
}
