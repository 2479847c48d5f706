// A checkpoint's folder: written beside its place and renamed into it, so that it is whole or not there.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { TrainingConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { fileChecksum } from '../corpus/checksum.ts';
import { SafetensorsFile } from '../model/index.ts';

export const STATE_FILE = 'trainer.json';
export const OPTIMIZER_FILE = 'optimizer.safetensors';
const UNFINISHED = '.unfinished';

/** What beside weights and moments it takes to go on: the rest follows from step and seed. */
export const TrainerState = z.object({
  format: z.literal(1),
  step: z.int().min(0),
  tokensSeen: z.int().min(0),
  wordsSeen: z.int().min(0),
  training: TrainingConfig,
  /** CRC-32 of the files beside it; those of earlier versions have none. */
  checksums: z.record(z.string(), z.int()).optional(),
});
export type TrainerState = z.infer<typeof TrainerState>;

/** Has `write` fill a new folder, syncs it and puts it at `folder`, in place of one that is there. */
export function writeAtomically(folder: string, write: (unfinished: string) => void): void {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  removeUnfinished(parent);
  const unfinished = `${folder}${UNFINISHED}`;
  mkdirSync(unfinished);
  write(unfinished);
  for (const name of readdirSync(unfinished)) sync(join(unfinished, name), 'r+');
  syncFolder(unfinished);
  if (existsSync(folder)) {
    const replaced = `${folder}.replaced${UNFINISHED}`;
    renameSync(folder, replaced);
    renameSync(unfinished, folder);
    rmSync(replaced, { recursive: true });
  } else renameSync(unfinished, folder);
  syncFolder(parent);
}

/** Removes what a process that was killed while saving left behind. */
export function removeUnfinished(parent: string): void {
  for (const name of readdirSync(parent))
    if (name.endsWith(UNFINISHED)) rmSync(join(parent, name), { recursive: true });
}

/** Removes the optimiser's state of all but the last `keep` checkpoints `step-<N>` in a folder. */
export function pruneOptimizers(parent: string, keep: number): void {
  const steps = readdirSync(parent)
    .filter((name) => /^step-\d+$/.test(name) && existsSync(join(parent, name, OPTIMIZER_FILE)))
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  for (const name of steps.slice(0, Math.max(0, steps.length - keep)))
    rmSync(join(parent, name, OPTIMIZER_FILE));
}

/** Writes it last: it knows the files beside it. */
export function writeState(folder: string, saved: TrainerState): void {
  const checksums = Object.fromEntries(readdirSync(folder).map((name) => [name, fileChecksum(join(folder, name))])); // prettier-ignore
  const state: TrainerState = { ...saved, checksums };
  writeFileSync(join(folder, STATE_FILE), JSON.stringify(state, null, 2) + '\n');
}

/** @throws AppError bad-file where the folder is no checkpoint to resume from */
export function readState(folder: string): TrainerState {
  const path = join(folder, STATE_FILE);
  try {
    return TrainerState.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new AppError('bad-file', `${path} does not say how training stood there.`, String(error));
  }
}

/** @throws AppError bad-file where a file of the checkpoint is not as it was saved */
export function checkUndamaged(folder: string, { checksums = {} }: TrainerState): void {
  for (const [name, sum] of Object.entries(checksums)) {
    const path = join(folder, basename(name));
    // Optimisers of older checkpoints are dropped on purpose; who needs one asks for it.
    if (existsSync(path) && fileChecksum(path) !== sum)
      throw new AppError('bad-file', `${path} was damaged since it was saved. Move the folder ${basename(folder)} away and open the project again: the run then goes on from the checkpoint before it.`); // prettier-ignore
  }
}

/** @throws AppError bad-file where the optimiser's state is not kept */
export function openOptimizer(folder: string): SafetensorsFile {
  const path = join(folder, OPTIMIZER_FILE);
  if (!existsSync(path))
    throw new AppError('bad-file', `Checkpoint ${basename(folder)} has no optimiser state to go on from; the last two checkpoints of a run keep theirs.`, path); // prettier-ignore
  return new SafetensorsFile(path);
}

/** Windows has no syncing of folders, and needs none for a rename. */
function syncFolder(path: string): void {
  if (process.platform !== 'win32') sync(path, 'r');
}

function sync(path: string, mode: 'r' | 'r+'): void {
  const file = openSync(path, mode);
  fsyncSync(file);
  closeSync(file);
}
