// The lab: one open project, its handlers and its queue, behind one function. No Electron here: the
// window, the command line and the tests call the same.
import path from 'node:path';
import { labServes } from '../../../shared/api.ts';
import type { RunRow } from '../../../shared/domain.ts';
import { AppError, toErrorReply, type Reply } from '../../../shared/errors.ts';
import type { Emit } from '../../../shared/events.ts';
import { labHandlers, type LabHandlers } from './index.ts';
import type { Lab } from './lab.ts';
import { Analysts } from '../jobs/analyst/analysts.ts';
import { Asker } from '../jobs/trainer/asker.ts';
import { ExperimentJobs } from '../jobs/experiments.ts';
import { NgramJobs } from '../jobs/ngrams.ts';
import { JobQueue } from '../jobs/queue.ts';
import { TrainerThread } from '../jobs/trainer/thread.ts';
import { SweepJobs } from '../sweep/sweeps.ts';
import { explained } from '../store/failures.ts';

export interface LabOptions {
  /** Where caches that outlive a project lie. */
  stateDir: string;
  emit: Emit;
  /** Whether runs left queued by an earlier process begin when their project is opened. */
  startQueued: boolean;
}

export interface RunningLab {
  /** Checks the method's name and its parameters, then calls its handler; never rejects. */
  call(name: string, params: unknown): Promise<Reply<unknown>>;
  /** Stops what is at work, keeping it, and closes the project. */
  close(): Promise<void>;
}

export function createLab({ stateDir, emit, startQueued }: LabOptions): RunningLab {
  const thread = new TrainerThread();
  const asker = new Asker();
  const analysts = new Analysts();
  const lab: Lab = {
    stateDir,
    emit,
    thread,
    asker,
    analysts,
    opened: null,
    writing: null,
    engine: () => thread.engine(),
    open(project) {
      const cacheDir = path.join(stateDir, 'tokenised');
      const ngrams = new NgramJobs({ project, cacheDir, emit });
      const experiments = new ExperimentJobs({ project, ngrams, emit });
      const emitOfRuns: Emit = (event, payload) => {
        emit(event, payload);
        if (event === 'run.progressed') experiments.follow(payload as RunRow);
      };
      const queue = new JobQueue({ project, thread, cacheDir, emit: emitOfRuns });
      const sweeps = new SweepJobs({ project, emit });
      lab.opened = { project, queue, ngrams, experiments, sweeps, cacheDir };
      if (startQueued && project.readOnlyReason === null) queue.startAll();
    },
    async closeProject() {
      const { opened } = lab;
      lab.writing?.abort();
      if (!opened) return;
      await Promise.all([opened.experiments.close(), opened.ngrams.close(), opened.sweeps.close()]);
      await opened.queue.close();
      await asker.end();
      await analysts.end();
      lab.opened = null;
      opened.project.close();
    },
  };
  const handlers = labHandlers(lab);
  return {
    async call(name, params) {
      try {
        return { ok: true, value: await dispatch(handlers, name, params) };
      } catch (error) {
        return { ok: false, error: toErrorReply(explained(error)) };
      }
    },
    async close() {
      await lab.closeProject();
      await thread.end();
    },
  };
}

function dispatch(handlers: LabHandlers, name: string, params: unknown): unknown {
  if (!isMethod(name)) throw new AppError('unknown-method', `There is no method “${name}”.`);
  const parsed = labServes[name].params.safeParse(params);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path: at, message }) => `${at.join('.') || 'parameters'}: ${message}`); // prettier-ignore
    throw new AppError('bad-params', `${name} was called wrongly: ${problems.join('; ')}`);
  }
  // The table pairs each name with its own parameters; TypeScript cannot follow that through a union.
  const handler = handlers[name] as (params: unknown) => unknown;
  return handler(parsed.data);
}

/** An own property of the table, so that `constructor` and `__proto__` are no methods. */
const isMethod = (name: string): name is keyof typeof labServes => Object.hasOwn(labServes, name);
