// What every handler works on: the open project, and the way to tell the window what changed.
import type { ProjectInfo } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EventName, Events } from '../../../shared/events.ts';
import { undoState } from '../store/annotations.ts';
import { requireWritable, type Project } from '../store/project.ts';
import type { Db } from '../store/sql.ts';

export type Emit = <E extends EventName>(event: E, payload: Events[E]) => void;

export interface Lab {
  /** Where caches that outlive a project lie: tokenised corpora, measured speeds. */
  stateDir: string;
  emit: Emit;
  project: Project | null;
}

/** @throws AppError 'no-project' */
export function openedProject(lab: Lab): Project {
  if (!lab.project)
    throw new AppError('no-project', 'No project is open. Open or make one first.');
  return lab.project;
}

export const readable = (lab: Lab): Db => openedProject(lab).db;

/** @throws AppError 'no-project' or 'read-only' */
export function writable(lab: Lab): Db {
  const project = openedProject(lab);
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
