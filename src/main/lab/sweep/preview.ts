// What a plan would do and cost, before anything is started.
import type { SweepPlan, SweepPreview } from '../../../shared/sweeps.ts';
import { estimate } from '../jobs/estimate.ts';
import type { TrainerThread } from '../jobs/trainer/thread.ts';
import type { Db } from '../store/sql.ts';
import { gatheredRun } from '../store/sweeps.ts';
import { axesOf, type PlannedRun } from './plan.ts';
import { runFolderOf } from './run-folder.ts';
import { folderState } from './state.ts';

export async function preview(
  { db, thread, runs }: { db: Db; thread: TrainerThread; runs: string },
  plan: SweepPlan,
  planned: readonly PlannedRun[],
): Promise<SweepPreview> {
  const { device, deviceName } = await thread.engine();
  const runList: SweepPreview['runList'] = [];
  for (const { key, values, config } of planned) {
    const { done, attempts } = folderState(runFolderOf(runs, key));
    const state = gatheredRun(db, key) ? 'gathered' : done ? 'finished' : attempts > 0 ? 'begun' : 'new'; // prettier-ignore
    const { parameters, checkpoints, trainMs, scoreMs, diskBytes } = await estimate({ db, thread }, config); // prettier-ignore
    const kept = { all: checkpoints, last: 1, none: 0 }[plan.keepWeights];
    const dropped = 4 * parameters * (checkpoints - kept);
    runList.push({ key, values, state, parameters, checkpoints, trainMs, scoreMs, diskBytes: diskBytes - dropped }); // prettier-ignore
  }
  const toDo = runList.filter(({ state }) => state === 'new' || state === 'begun');
  const sum = (of: (run: SweepPreview['runList'][number]) => number): number =>
    toDo.reduce((total, run) => total + of(run), 0);
  return {
    name: plan.name,
    axes: axesOf(plan),
    runList,
    hours: sum(({ trainMs, scoreMs }) => trainMs + scoreMs) / 3_600_000,
    device: `${device} (${deviceName})`,
    diskBytes: sum(({ diskBytes }) => diskBytes),
    toDo: toDo.length,
  };
}
