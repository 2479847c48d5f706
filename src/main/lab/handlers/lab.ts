// What every handler works on: the open project, its queue, and the way to tell the window.
import type { EngineInfo, ProjectInfo } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { Emit } from '../../../shared/events.ts';
import type { Analysts } from '../jobs/analyst/analysts.ts';
import type { Asker } from '../jobs/trainer/asker.ts';
import type { ExperimentJobs } from '../jobs/experiments.ts';
import type { NgramJobs } from '../jobs/ngrams.ts';
import type { SweepJobs } from '../sweep/sweeps.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { TrainerThread } from '../jobs/trainer/thread.ts';
import { undoState } from '../store/annotations.ts';
import { requireWritable, type Project } from '../store/project.ts';
import type { Db } from '../store/sql.ts';

export interface Opened {
  project: Project;
  queue: JobQueue;
  ngrams: NgramJobs;
  experiments: ExperimentJobs;
  sweeps: SweepJobs;
  /** Tokenised corpora, shared by all projects. */
  cacheDir: string;
}

export interface Lab {
  /** Where caches that outlive a project lie: tokenised corpora, measured speeds. */
  stateDir: string;
  emit: Emit;
  thread: TrainerThread;
  /** Answers questions to checkpoints while the thread trains. */
  asker: Asker;
  /** Keep the statistics of selections that were looked at. */
  analysts: Analysts;
  opened: Opened | null;
  /** Ends the long piece of writing that is going on, if any. */
  writing: AbortController | null;
  engine(): Promise<EngineInfo>;
  open(project: Project): void;
  /** Stops what is at work, keeping it, and closes the open project, if any. */
  closeProject(): Promise<void>;
}

/** @throws AppError 'no-project' */
export function opened(lab: Lab): Opened {
  if (!lab.opened) throw new AppError('no-project', 'No project is open. Open or make one first.');
  return lab.opened;
}

export const readable = (lab: Lab): Db => opened(lab).project.db;

/** @throws AppError 'no-project' or 'read-only' */
export function writable(lab: Lab): Db {
  const { project } = opened(lab);
  requireWritable(project);
  return project.db;
}

export const projectInfo = (project: Project): ProjectInfo => ({
  name: project.name,
  readOnly: project.readOnlyReason !== null,
  readOnlyReason: project.readOnlyReason,
  schemaVersion: project.schemaVersion,
  ...undoState(project.db),
});
