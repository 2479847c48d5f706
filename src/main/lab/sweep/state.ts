// What has become of a run, read from its folder alone.
import fs from 'node:fs';
import path from 'node:path';
import { attemptFolder, attemptsOf, Done, Exit, Failed, Lease, Progress, readJson } from './run-folder.ts'; // prettier-ignore

/** Of the last process that took the run. */
export interface FolderState {
  attempts: number;
  lease: Lease | null;
  progress: Progress | null;
  done: Done | null;
  failed: Failed | null;
  /** How the process ended, where whoever started it noted that. */
  exit: Exit | null;
  /** When it last showed signs of life; null: never. */
  aliveAtMs: number | null;
}

/** How often a process shows that it lives. */
export const beatMs = 5_000;
/** A process that is silent for longer is taken for dead. */
export const silentMs = 12 * beatMs;

const nobody: FolderState = { attempts: 0, lease: null, progress: null, done: null, failed: null, exit: null, aliveAtMs: null }; // prettier-ignore

export function folderState(folder: string): FolderState {
  const last = attemptsOf(folder).at(-1);
  if (last === undefined) return nobody;
  const at = (name: string): string => path.join(attemptFolder(folder, last), name);
  return {
    attempts: last,
    lease: readJson(at('lease.json'), Lease) ?? null,
    progress: readJson(at('progress.json'), Progress) ?? null,
    done: readJson(at('done.json'), Done) ?? null,
    failed: readJson(at('failed.json'), Failed) ?? null,
    exit: readJson(at('exit.json'), Exit) ?? null,
    aliveAtMs: fs.statSync(at('progress.json'), { throwIfNoEntry: false })?.mtimeMs ?? null,
  };
}

/** Whether the last process is known to be through with its work, well or ill. */
export const hasEnded = ({ done, failed, exit, progress }: FolderState): boolean =>
  done !== null || failed !== null || exit !== null || progress?.state === 'stopped';
