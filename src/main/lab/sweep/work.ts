// One run carried out by one process, on this machine or on a node of a cluster: taken, worked on through the lab's own
// queue, laid out file by file, finished with a list of all files and their hashes.
import path from 'node:path';
import type { RunRow } from '../../../shared/domain.ts';
import { AppError, toErrorReply } from '../../../shared/errors.ts';
import { requireMemory } from '../jobs/memory.ts';
import { JobQueue } from '../jobs/queue.ts';
import { TrainerThread } from '../jobs/trainer/thread.ts';
import { explained } from '../store/failures.ts';
import { getRun } from '../store/runs.ts';
import { artefactsOf, cut, goOnFrom, isScored } from './artefacts.ts';
import { finish } from './finish.ts';
import { takeLease, writeLease, type Held } from './lease.ts';
import { Publisher } from './publish.ts';
import { readSpec, writeJson, type Failed, type Progress, type RunSpec } from './run-folder.ts';
import { makeScratch } from './scratch.ts';
import { beatMs, folderState } from './state.ts';

/** What of a run is to be done: all, or one half of it, the other being a job of its own. */
export type Work = 'all' | 'train' | 'score';

export interface WorkOptions {
  /** Tokenised corpora, shared by all runs. */
  cacheDir: string;
  work: Work;
  /** Aborted, the run is saved where it stands. */
  stop: AbortSignal;
  say: (text: string) => void;
}

export type Outcome =
  | { end: 'finished' }
  | { end: 'trained' } // and left to a job that scores
  | { end: 'stopped' } // and saved, to go on
  | { end: 'elsewhere'; heldBy: string } // another process works on it, or has taken it over
  | { end: 'failed'; failure: Failed };

/** @throws AppError 'not-found' or 'bad-file' where the folder is not that of a run */
export async function workOn(folder: string, options: WorkOptions): Promise<Outcome> {
  const spec = readSpec(folder);
  if (isFinished(folder, spec)) return { end: 'finished' };
  const held = takeLease(folder);
  if ('heldBy' in held) return { end: 'elsewhere', heldBy: held.heldBy };
  try {
    return await carryOut({ folder, spec, held }, options);
  } catch (error) {
    const { code, message } = toErrorReply(explained(error));
    const failure: Failed = { code, message };
    if (!held.isMine()) return { end: 'elsewhere', heldBy: 'the process that took it over' };
    writeJson(path.join(held.folder, 'failed.json'), failure);
    return { end: 'failed', failure };
  }
}

const isFinished = (folder: string, spec: RunSpec): boolean =>
  folderState(folder).done !== null &&
  [...artefactsOf(folder).checkpoints.values()].every(({ scores }) => isScored(spec, scores));

async function carryOut(
  { folder, spec, held }: { folder: string; spec: RunSpec; held: Held },
  { cacheDir, work, stop, say }: WorkOptions,
): Promise<Outcome> {
  const before = folderState(folder).progress;
  const artefacts = artefactsOf(folder, held.attempt);
  const { fromStep, resume, trains } = goOnFrom(spec, artefacts);
  if (trains && work === 'score') throw new AppError('bad-config', `The run is trained to step ${resume?.step ?? 0} of ${spec.training.totalSteps}, so that it cannot be scored yet. Train it first.`); // prettier-ignore
  cut(artefacts, fromStep);
  writeLease(held, fromStep);
  const thread = new TrainerThread();
  const engine = await thread.engine();
  say(`process ${held.attempt} of run ${spec.key}: ${fromStep === null ? 'from the beginning' : `on from step ${fromStep}`}; TensorFlow ${engine.tensorflowVersion} on ${engine.device} (${engine.deviceName})`); // prettier-ignore
  if (trains) requireMemory(spec.model, spec.training, engine.device);
  const scratch = makeScratch({ runs: path.dirname(path.resolve(folder)), spec, artefacts, resume, step: fromStep ?? 0, folder: held.folder, scores: work !== 'train', engine, elapsedMs: before?.elapsedMs ?? 0 }); // prettier-ignore
  try {
    const publisher = new Publisher({ spec, runs: path.dirname(path.resolve(folder)), held, scratch }, artefacts); // prettier-ignore
    const run = await worked({ held, scratch, publisher, thread, cacheDir, trains, stop, say });
    if (!held.isMine()) return { end: 'elsewhere', heldBy: 'the process that took it over' };
    publisher.all();
    publisher.metrics();
    if (run.state === 'failed' || run.state === 'interrupted') throw new AppError('internal', run.error ?? `The run is ${run.state}.`); // prettier-ignore
    if (run.state !== 'finished') return ended(publisher, run, 'stopped');
    if (work === 'train' && spec.targets.length > 0) return ended(publisher, run, 'trained');
    publisher.progress('finished', run);
    finish({ folder, spec, held, scratch, engine });
    return { end: 'finished' };
  } finally {
    await thread.end();
    scratch.close();
  }
}

function ended(publisher: Publisher, run: RunRow, end: 'stopped' | 'trained'): Outcome {
  const stage = end === 'trained' ? 'trained, to be scored' : `saved at step ${run.step}`;
  publisher.progress('stopped', run, stage);
  return { end };
}

interface Working {
  held: Held;
  scratch: ReturnType<typeof makeScratch>;
  publisher: Publisher;
  thread: TrainerThread;
  cacheDir: string;
  trains: boolean;
  stop: AbortSignal;
  say: (text: string) => void;
}

/** Has the queue work on the run until it is at rest, and shows all the while that somebody does. */
async function worked(args: Working): Promise<RunRow> {
  const { held, scratch, publisher, thread, cacheDir, trains, stop, say } = args;
  const { project, runId } = scratch;
  let latest = getRun(project.db, runId);
  let shown = '';
  const beat = (): void => {
    if (held.isMine()) publisher.progress(stateOf(latest), latest);
    else void queue.stop(runId, 'cancel');
  };
  const queue: JobQueue = new JobQueue({
    project,
    thread,
    cacheDir,
    emit: (event, payload) => {
      if (event !== 'run.progressed') return;
      const isNewState = (payload as RunRow).state !== latest.state;
      latest = payload as RunRow;
      publisher.all();
      if (isNewState) beat();
      const line = `${latest.state} ${latest.step}`;
      if (latest.checkpoints > 0 && line !== shown && latest.state === 'scoring') say(`step ${latest.step} of ${latest.totalSteps}, loss ${latest.lossNats?.toFixed(3) ?? '–'}, ${Math.round(latest.tokensPerSecond ?? 0)} tokens/s`); // prettier-ignore
      shown = line;
    },
  });
  const timer = setInterval(beat, beatMs);
  const save = (): void => void queue.stop(runId, 'pause');
  stop.addEventListener('abort', save);
  try {
    queue.enqueue(runId, trains ? 'train' : 'scores');
    if (stop.aborted) save();
    await queue.atRest();
    return getRun(project.db, runId);
  } finally {
    clearInterval(timer);
    stop.removeEventListener('abort', save);
    await queue.close();
  }
}

const stateOf = ({ state }: RunRow): Progress['state'] =>
  state === 'training' || state === 'scoring' ? state : 'preparing';
