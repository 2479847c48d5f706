// What has become of a run, read from its folder alone.
import fs from 'node:fs';
import path from 'node:path';
import {
  attemptFolder,
  attemptsOf,
  Done,
  Failed,
  Lease,
  Progress,
  readJson,
} from './run-folder.ts';

export interface FolderState {
  attempts: number;
  lease: Lease | null;
  progress: Progress | null;
  done: Done | null;
  failed: Failed | null;
  /** When the last process showed signs of life; null: never. */
  aliveAtMs: number | null;
}

/** How often a process shows that it lives. */
export const beatMs = 5_000;
/** A process that is silent for longer is taken for dead. */
export const silentMs = 12 * beatMs;

export function folderState(folder: string): FolderState {
  const last = attemptsOf(folder).at(-1);
  if (last === undefined) return { attempts: 0, lease: null, progress: null, done: null, failed: null, aliveAtMs: null }; // prettier-ignore
  const at = (name: string): string => path.join(attemptFolder(folder, last), name);
  return {
    attempts: last,
    lease: readJson(at('lease.json'), Lease) ?? null,
    progress: readJson(at('progress.json'), Progress) ?? null,
    done: readJson(at('done.json'), Done) ?? null,
    failed: readJson(at('failed.json'), Failed) ?? null,
    aliveAtMs: fs.statSync(at('progress.json'), { throwIfNoEntry: false })?.mtimeMs ?? null,
  };
}
