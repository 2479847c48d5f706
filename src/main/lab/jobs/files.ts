// A run's files on disk: what is kept, and what a process that died left behind.
import fs from 'node:fs';
import path from 'node:path';
import { hasWeights as holdsWeights } from '../model/index.ts';
import { listCheckpoints, setKept } from '../store/checkpoints.ts';
import { checkpointFolder, runFolder, type Project } from '../store/project.ts';
import { listRuns } from '../store/runs.ts';

const optimizerFile = 'optimizer.safetensors';
const pausedFolder = /^paused-(\d+)$/;
/** Folders of checkpoints and pauses, whole or half-made. */
const ours = /^(step|paused)-\d+/;

/** Where a run that is paused between checkpoints is kept; gone once a later checkpoint is saved. */
export const pausedAt = (project: Project, runId: number, step: number): string =>
  path.join(runFolder(project, runId), `paused-${step}`);

/** The folder to resume from: the latest state that has its optimizer; null: there is none. */
export function resumeFolder(project: Project, runId: number): string | null {
  const last = listCheckpoints(project.db, runId).findLast((c) => c.hasOptimizer);
  const paused = pausedSteps(project, runId).at(-1);
  if (paused !== undefined && paused > (last?.step ?? -1)) return pausedAt(project, runId, paused);
  return last ? checkpointFolder(project, runId, last.step) : null;
}

function pausedSteps(project: Project, runId: number): number[] {
  return entries(runFolder(project, runId))
    .flatMap((name) => pausedFolder.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** After a checkpoint was saved: paused states are outdated, and the trainer has dropped old optimizer states. */
export function tidy(project: Project, runId: number): void {
  for (const step of pausedSteps(project, runId)) remove(pausedAt(project, runId, step));
  noteKept(project, runId);
}

/** Deletes a run's checkpoint files; its scores stay. */
export function deleteWeights(project: Project, runId: number): void {
  remove(runFolder(project, runId));
  for (const { id } of listCheckpoints(project.db, runId))
    setKept(project.db, id, { weights: false, optimizer: false });
}

/**
 * Makes disk and project file agree after a process died: half-written and unrecorded folders go,
 * and a checkpoint whose files are gone says so.
 */
export function reconcileFiles(project: Project): void {
  const runs = listRuns(project.db).map((run) => run.id);
  const all = path.join(project.folder, 'checkpoints');
  for (const name of entries(all))
    if (/^\d+$/.test(name) && !runs.includes(Number(name))) remove(path.join(all, name));
  for (const runId of runs) {
    const known = new Set(listCheckpoints(project.db, runId).map(({ step }) => `step-${step}`));
    for (const name of entries(runFolder(project, runId)))
      if (ours.test(name) && !known.has(name) && !pausedFolder.test(name))
        remove(path.join(runFolder(project, runId), name));
    noteKept(project, runId);
  }
}

/** Records which checkpoints still have their files. */
function noteKept(project: Project, runId: number): void {
  for (const { id, step, hasWeights, hasOptimizer } of listCheckpoints(project.db, runId)) {
    const folder = checkpointFolder(project, runId, step);
    const weights = hasWeights && holdsWeights(folder);
    const optimizer = weights && hasOptimizer && fs.existsSync(path.join(folder, optimizerFile));
    if (weights !== hasWeights || optimizer !== hasOptimizer)
      setKept(project.db, id, { weights, optimizer });
  }
}

const entries = (folder: string): string[] => (fs.existsSync(folder) ? fs.readdirSync(folder) : []);
const remove = (file: string): void => fs.rmSync(file, { recursive: true, force: true });
