// The queue of runs: one at work, the others wait in the project file, so the queue outlives the process.
import type { RunRow, RunState } from '../../../shared/domain.ts';
import { AppError, toErrorReply } from '../../../shared/errors.ts';
import { explained } from '../store/failures.ts';
import { getRun, queuedRunIds, runsInState, setProgress, type RunProgress } from '../store/runs.ts';
import { reconcileFiles } from './files.ts';
import { RunWork, Stopped, type JobContext } from './run-work.ts';
import { dropUnmetTargets } from './targets.ts';

type Intent = 'pause' | 'cancel' | 'close';

interface Active {
  runId: number;
  intent: Intent | null;
  ended: Promise<void>;
}

const atWork: readonly RunState[] = ['preparing', 'training', 'scoring'];
/** What can be stopped though no work goes on. */
const waiting: Record<'pause' | 'cancel', readonly RunState[]> = {
  pause: ['queued'],
  cancel: ['queued', 'paused', 'interrupted', 'failed'],
};
/** How often it is tried to store what a full disk refused. */
const retryMs = 2_000;
const finished: RunProgress = { state: 'finished', stage: 'finished', remainingMs: 0 };

/** What a run is after an error: it can go on where its process or thread is to blame. */
function blame(error: unknown): RunProgress {
  const { code, message } = toErrorReply(explained(error));
  const state = code === 'lab-gone' ? 'interrupted' : 'failed';
  return { state, stage: state, error: message };
}

export class JobQueue {
  private readonly ctx: JobContext;
  /** Runs that this process may begin; those that an earlier one left queued wait for `startAll`. */
  private readonly asked = new Set<number>();
  private active: Active | null = null;
  private closing = false;
  /** How runs ended that a full disk kept from being stored. */
  private readonly unstored = new Map<number, RunProgress>();
  private retry: NodeJS.Timeout | undefined;

  constructor(ctx: JobContext) {
    this.ctx = ctx;
    if (ctx.project.readOnlyReason !== null) return;
    // No other process writes this project: whatever is marked as at work died with its process.
    for (const runId of runsInState(ctx.project.db, atWork))
      setProgress(ctx.project.db, runId, {
        state: 'interrupted',
        stage: 'interrupted; Resume goes on from the last checkpoint',
        remainingMs: null,
      });
    reconcileFiles(ctx.project);
  }

  isActive(runId: number): boolean {
    return this.active?.runId === runId;
  }

  /** Begins all queued runs, one after another. */
  startAll(): void {
    for (const runId of queuedRunIds(this.ctx.project.db)) this.asked.add(runId);
    this.next();
  }

  /** Puts a run in the queue, to train on or only to score the checkpoints that it has. */
  enqueue(runId: number, what: 'train' | 'scores' = 'train'): RunRow {
    if (this.isActive(runId)) return getRun(this.ctx.project.db, runId);
    const scoresOnly = what === 'scores' ? 1 : 0;
    this.unstored.delete(runId);
    this.mark(runId, { state: 'queued', stage: 'waiting for its turn', error: null, scoresOnly });
    this.asked.add(runId);
    this.next();
    return getRun(this.ctx.project.db, runId);
  }

  /** Stops a run that is queued or at work, and resolves when it has stopped. */
  async stop(runId: number, intent: 'pause' | 'cancel'): Promise<RunRow> {
    const { db } = this.ctx.project;
    if (this.active?.runId === runId) {
      this.active.intent = intent;
      this.ctx.thread.stop();
      await this.active.ended;
    } else if (waiting[intent].includes(getRun(db, runId).state)) {
      this.mark(runId, { remainingMs: null, ...this.rest(runId, intent) });
    }
    return getRun(db, runId);
  }

  /** Stops what is at work, keeping it, and begins nothing more. */
  async close(): Promise<void> {
    this.closing = true;
    clearTimeout(this.retry);
    if (!this.active) return;
    this.active.intent ??= 'close';
    this.ctx.thread.stop();
    await this.active.ended;
  }

  /** Resolves when nothing is at work. */
  async atRest(): Promise<void> {
    while (this.active) await this.active.ended;
  }

  private next(): void {
    if (this.active || this.closing) return;
    const runId = queuedRunIds(this.ctx.project.db).find((id) => this.asked.has(id));
    if (runId === undefined) return;
    this.asked.delete(runId);
    const active: Active = { runId, intent: null, ended: Promise.resolve() };
    this.active = active;
    active.ended = this.work(active)
      .catch(blame)
      .then((outcome) => {
        this.active = null; // before anyone hears of the outcome, so that the run can be asked for again
        this.conclude(runId, { remainingMs: null, ...outcome });
        this.next();
      });
  }

  /** Stores how a run's work ended; where there is no room even for that, it is told, and stored once there is. */
  private conclude(runId: number, outcome: RunProgress): void {
    const { project, emit } = this.ctx;
    try {
      this.mark(runId, outcome);
      this.unstored.delete(runId);
    } catch {
      if (!this.unstored.has(runId)) {
        const { state, stage = '', error = null } = outcome;
        const run = getRun(project.db, runId);
        emit('run.progressed', { ...run, state: state ?? run.state, stage, error, remainingMs: null }); // prettier-ignore
      }
      this.unstored.set(runId, outcome);
      if (this.closing) return; // the next who opens the project finds it interrupted
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.unstored.forEach((end, id) => this.conclude(id, end)), retryMs); // prettier-ignore
      this.retry.unref();
    }
  }

  /** Works on a run and says what has become of it. */
  private async work(active: Active): Promise<RunProgress> {
    const { thread, project } = this.ctx;
    thread.go();
    let work: RunWork | null = null;
    try {
      await thread.engine();
      work = new RunWork(this.ctx, active.runId);
      await work.carryOut();
      const { step, totalSteps } = getRun(project.db, active.runId);
      // Scored, though not trained through, it waits to be trained on.
      return step >= totalSteps ? finished : { state: 'paused', stage: 'paused' };
    } catch (error) {
      return await this.stopped(active, work, error);
    } finally {
      await thread.forget();
    }
  }

  private async stopped(
    { runId, intent }: Active,
    work: RunWork | null,
    error: unknown,
  ): Promise<RunProgress> {
    if (!(error instanceof Stopped)) return blame(error);
    try {
      if (intent !== 'cancel') await work?.keep();
      return this.rest(runId, intent ?? 'close');
    } catch (keeping) {
      return blame(keeping);
    }
  }

  /** What a run that was stopped is; one that is trained through gave up scoring only, and is finished. */
  private rest(runId: number, intent: Intent): RunProgress {
    if (intent === 'pause') return { state: 'paused', stage: 'paused' };
    if (intent === 'close') return { state: 'interrupted', stage: 'stopped when the project was closed; Resume goes on' }; // prettier-ignore
    const { db } = this.ctx.project;
    const { step, totalSteps } = getRun(db, runId);
    if (step < totalSteps) return { state: 'cancelled', stage: 'cancelled' };
    dropUnmetTargets(db, runId);
    return finished;
  }

  private mark(runId: number, progress: RunProgress): void {
    const { project, emit } = this.ctx;
    setProgress(project.db, runId, progress);
    emit('run.progressed', getRun(project.db, runId));
  }
}

/** @throws AppError 'busy' where a run must be at rest for what is asked */
export function requireAtRest(queue: JobQueue, runId: number, toDo: string): void {
  if (queue.isActive(runId))
    throw new AppError('busy', `Run ${runId} is at work. Pause or cancel it to ${toDo} it.`);
}
