// Runs: starting, steering, extending, scoring again, deleting.
import type { Handlers, labApi } from '../../../shared/api.ts';
import { trainingOf } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { estimate } from '../jobs/estimate.ts';
import { deleteWeights } from '../jobs/files.ts';
import { requireMemory } from '../jobs/memory.ts';
import { requireAtRest } from '../jobs/queue.ts';
import { settled } from '../jobs/settled.ts';
import { parameterCount } from '../model/index.ts';
import { listCheckpoints } from '../store/checkpoints.ts';
import { getSuite, profileId } from '../store/library.ts';
import {
  addRun,
  deleteRun,
  editRun,
  getRun,
  getRunConfig,
  getRunDetail,
  listMetrics,
  listRuns,
  queuedRunIds,
  reorderRun,
  setRunConfig,
} from '../store/runs.ts';
import { addTarget, deleteScoring, scoringIdsOfRun } from '../store/scores.ts';
import { transaction } from '../store/sql.ts';
import { opened, readable, writable, type Lab } from './lab.ts';

type RunMethod =
  | 'runs.list'
  | 'runs.get'
  | 'runs.metrics'
  | 'runs.estimate'
  | 'runs.start'
  | 'runs.pause'
  | 'runs.resume'
  | 'runs.cancel'
  | 'runs.extend'
  | 'runs.edit'
  | 'runs.reorder'
  | 'runs.delete'
  | 'checkpoints.list'
  | 'scores.start';

export const runHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, RunMethod> => ({
  'runs.list': () => listRuns(readable(lab)),
  'runs.get': ({ runId }) => getRunDetail(readable(lab), runId),
  'runs.metrics': ({ runId, maxPoints }) => {
    getRun(readable(lab), runId);
    return listMetrics(readable(lab), runId, maxPoints);
  },
  'runs.estimate': ({ config }) => {
    const db = readable(lab);
    return estimate({ db, thread: lab.thread }, settled(db, config));
  },

  'runs.start': async ({ name, config: asked }) => {
    const db = writable(lab);
    const config = settled(db, asked);
    const engine = await lab.engine();
    requireMemory(config.model, trainingOf(config), engine.device);
    const run = transaction(db, () => {
      const added = addRun(db, { name, config, engine, parameters: parameterCount(config.model) });
      const { suiteIds, profile, pairsPerClass } = config.scoring;
      for (const suiteId of suiteIds)
        addTarget(db, added.id, { suiteId, profileId: profileId(db, profile), pairsPerClass, steps: null }); // prettier-ignore
      return added;
    });
    return opened(lab).queue.enqueue(run.id);
  },

  'runs.pause': ({ runId }) => stop(lab, runId, 'pause'),
  'runs.cancel': ({ runId }) => stop(lab, runId, 'cancel'),

  'runs.resume': ({ runId }) => {
    const { state } = getRun(writable(lab), runId);
    if (state === 'finished')
      throw new AppError('bad-params', `Run ${runId} is finished. Extend it by more steps to go on.`); // prettier-ignore
    return opened(lab).queue.enqueue(runId);
  },

  'runs.extend': ({ runId, totalSteps }) => {
    const db = writable(lab);
    requireAtRest(opened(lab).queue, runId, 'extend');
    const config = getRunConfig(db, runId);
    const training = trainingOf(config);
    if (totalSteps <= training.totalSteps)
      throw new AppError('bad-params', `Run ${runId} has ${training.totalSteps} steps already. Say how many it shall have in all.`); // prettier-ignore
    setRunConfig(db, runId, { ...config, training: { ...training, totalSteps } });
    return opened(lab).queue.enqueue(runId);
  },

  'runs.edit': ({ runId, name, note }) => {
    const run = editRun(writable(lab), runId, { name, note });
    lab.emit('run.progressed', run);
    return run;
  },

  'runs.reorder': ({ runId, before }) => {
    const db = writable(lab);
    const queued = queuedRunIds(db);
    for (const id of before === null ? [runId] : [runId, before])
      if (!queued.includes(id))
        throw new AppError('bad-params', `Run ${getRun(db, id).id} is not waiting in the queue, so it has no place there.`); // prettier-ignore
    reorderRun(db, runId, before === runId ? (queued[queued.indexOf(runId) + 1] ?? null) : before);
    const runs = queuedRunIds(db).map((id) => getRun(db, id));
    runs.forEach((run) => lab.emit('run.progressed', run));
    return runs;
  },

  'runs.delete': async ({ runId, what }) => {
    const db = writable(lab);
    getRun(db, runId);
    const { project, queue } = opened(lab);
    requireAtRest(queue, runId, 'delete');
    await queue.stop(runId, 'cancel');
    deleteWeights(project, runId);
    if (what === 'weights') return null;
    for (const id of scoringIdsOfRun(db, runId)) {
      deleteScoring(db, id);
      await new Promise(setImmediate); // other calls come in between: a large run has millions of rows
    }
    deleteRun(db, runId);
    return null;
  },

  'checkpoints.list': ({ runId }) => {
    getRun(readable(lab), runId);
    return listCheckpoints(readable(lab), runId).map(({ id: _id, ...row }) => row);
  },

  'scores.start': ({ runId, suiteId, profile, pairsPerClass, steps }) => {
    const db = writable(lab);
    getRun(db, runId);
    getSuite(db, suiteId);
    const withWeights = listCheckpoints(db, runId).filter((c) => c.hasWeights).map((c) => c.step); // prettier-ignore
    const lacking = (steps ?? []).filter((step) => !withWeights.includes(step));
    if (!withWeights.length || lacking.length)
      throw new AppError('not-found', `Run ${runId} has weights at these steps only: ${withWeights.join(', ') || 'none'}.`); // prettier-ignore
    addTarget(db, runId, {
      suiteId,
      profileId: profileId(db, profile),
      pairsPerClass,
      steps: steps ?? null,
    });
    return opened(lab).queue.enqueue(runId, 'scores');
  },
});

async function stop(lab: Lab, runId: number, intent: 'pause' | 'cancel') {
  getRun(writable(lab), runId);
  return opened(lab).queue.stop(runId, intent);
}
