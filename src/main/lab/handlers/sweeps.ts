// Sweeps: planned, started, followed, gathered.
import type { Handlers, labServes } from '../../../shared/api.ts';
import type { sweepMethods, sweepPathMethods } from '../../../shared/sweep-api.ts';
import { AppError } from '../../../shared/errors.ts';
import { deleteSweep, getSweep, listSweeps, putSweep } from '../store/sweeps.ts';
import { preview } from '../sweep/preview.ts';
import { plannedRuns } from '../sweep/plan.ts';
import { runsFolder } from '../sweep/sweeps.ts';
import { opened, readable, writable, type Lab } from './lab.ts';

type SweepMethod = keyof typeof sweepMethods | keyof typeof sweepPathMethods;

const notYet = (): never => {
  throw new AppError('internal', 'Not there yet.');
};

export const sweepHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, SweepMethod> => ({
  'sweeps.list': () => listSweeps(readable(lab)).map((sweep) => opened(lab).sweeps.row(sweep)),
  'sweeps.get': ({ id }) => opened(lab).sweeps.detail(getSweep(readable(lab), id)),
  'sweeps.preview': ({ plan }) => {
    const db = readable(lab);
    const folder = runsFolder(opened(lab).project);
    return preview({ db, thread: lab.thread, runs: folder }, plan, plannedRuns(db, plan));
  },
  'sweeps.start': ({ plan, place }) => {
    const db = writable(lab);
    return opened(lab).sweeps.row(putSweep(db, plan, place, plannedRuns(db, plan)));
  },
  'sweeps.resume': notYet,
  'sweeps.cancel': notYet,
  'sweeps.retry': notYet,
  'sweeps.gather': notYet,
  'sweeps.delete': ({ id }) => {
    deleteSweep(writable(lab), getSweep(readable(lab), id).id);
    return null;
  },
  gather: notYet,
});
