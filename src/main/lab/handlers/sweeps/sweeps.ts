// Sweeps: planned, started, followed, gathered.
import fs from 'node:fs';
import path from 'node:path';
import type { Handlers, labServes } from '../../../../shared/api.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { sweepMethods, sweepPathMethods } from '../../../../shared/sweep-api.ts';
import type { SweepGathered } from '../../../../shared/sweeps.ts';
import type { JudgementsRead } from '../../../../shared/workbench.ts';
import { judgementsTable, readJudgements } from '../../export/index.ts';
import { undoState } from '../../store/annotations.ts';
import { openCopy } from '../../store/project.ts';
import type { Db } from '../../store/sql.ts';
import { deleteSweep, getSweep, listSweeps } from '../../store/sweeps.ts';
import { runFoldersIn } from '../../sweep/gather.ts';
import { plannedRuns } from '../../sweep/plan.ts';
import { preview } from '../../sweep/preview.ts';
import { runsFolder } from '../../sweep/sweeps.ts';
import { opened, readable, writable, type Lab } from '../lab.ts';
import type { SweepPlanMethod } from './sweep-plans.ts';

type SweepMethod = Exclude<keyof typeof sweepMethods, SweepPlanMethod> | keyof typeof sweepPathMethods; // prettier-ignore

const noJudgements = { added: 0, unchanged: 0, olderThanHere: 0 };

export const sweepHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, SweepMethod> => {
  const sweeps = () => opened(lab).sweeps;
  const stored = (id: number) => getSweep(readable(lab), id);
  const storedToWrite = (id: number) => getSweep(writable(lab), id);
  return {
    'sweeps.list': () => Promise.all(listSweeps(readable(lab)).map((one) => sweeps().listed(one))),
    'sweeps.get': ({ id }) => sweeps().detail(stored(id)),
    'sweeps.preview': ({ plan }) => {
      const db = readable(lab);
      const runs = runsFolder(opened(lab).project);
      return preview({ db, thread: lab.thread, runs }, plan, plannedRuns(db, plan));
    },
    'sweeps.start': ({ plan, place, workers }) => {
      writable(lab);
      return sweeps().start(plan, place, workers);
    },
    'sweeps.resume': ({ id, workers }) => sweeps().startRuns(storedToWrite(id), workers, ['stopped']), // prettier-ignore
    'sweeps.retry': ({ id, workers, keys }) => sweeps().startRuns(storedToWrite(id), workers, ['failed', 'cancelled'], keys), // prettier-ignore
    'sweeps.cancel': ({ id, keys }) => sweeps().cancel(storedToWrite(id), keys),
    'sweeps.gather': async ({ id }) => ({ ...(await sweeps().gather(storedToWrite(id))), judgements: noJudgements }), // prettier-ignore
    'sweeps.delete': async ({ id }) => {
      await sweeps().requireAtRest(storedToWrite(id));
      deleteSweep(writable(lab), id);
      return null;
    },
    gather: async ({ paths, weights }) => {
      const db = writable(lab);
      const judgements = { ...noJudgements };
      const folders: string[] = [];
      const refused: SweepGathered['refused'] = [];
      for (const given of paths) {
        const folder = path.resolve(given);
        const isOwn = folder === path.resolve(opened(lab).project.folder);
        if (isOwn) refused.push(...(await sweeps().fetch()));
        const found = runFoldersIn(folder);
        const isProject = fs.existsSync(path.join(folder, 'project.sqlite'));
        if (found.length === 0 && !isProject) throw new AppError('not-found', `${given} is neither a run’s folder nor one that has runs or a project in it.`); // prettier-ignore
        folders.push(...found);
        if (!isProject || isOwn) continue;
        const read = judgementsOf(db, folder);
        if ('message' in read) refused.push({ folder, message: read.message });
        else for (const key of ['added', 'unchanged', 'olderThanHere'] as const) judgements[key] += read[key]; // prettier-ignore
      }
      const runs = await sweeps().take(folders, { weights });
      if (judgements.added > 0) lab.emit('annotations.changed', undoState(db));
      return { ...runs, refused: [...runs.refused, ...refused], judgements };
    },
  };
};

/** Takes in what annotators of another project said, under their names. */
function judgementsOf(db: Db, folder: string): JudgementsRead | { message: string } {
  const theirs = openCopy(folder);
  try {
    const text = [...judgementsTable(theirs.db)].join('');
    return readJudgements(db, { name: `the judgements of ${theirs.name}`, text });
  } catch (error) {
    if (error instanceof AppError) return { message: error.message };
    throw error;
  } finally {
    theirs.close();
  }
}
