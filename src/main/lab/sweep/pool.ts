// The local queue of a sweep: so many processes at a time, one run each.
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startWork } from './command.ts';
import { attemptFolder, runFolderOf, writeJson, type Exit } from './run-folder.ts';
import { folderState, hasEnded } from './state.ts';

/** What a process that was told to stop ends with, having saved its run (EX_TEMPFAIL). */
export const savedExitCode = 75;

export class Pool {
  private readonly runs: string;
  /** Told when a run begins, ends or is given up. */
  private readonly changed: (key: string) => void;
  private readonly waiting = new Set<string>();
  private readonly atWork = new Map<string, { child: ChildProcess; ended: Promise<void> }>();
  private workers = 1;

  constructor(runs: string, changed: (key: string) => void) {
    this.runs = runs;
    this.changed = changed;
  }

  /** What is waiting, at work or neither. */
  stateOf(key: string): 'waiting' | 'at work' | null {
    return this.atWork.has(key) ? 'at work' : this.waiting.has(key) ? 'waiting' : null;
  }

  add(keys: readonly string[], workers: number): void {
    this.workers = workers;
    for (const key of keys) if (!this.atWork.has(key)) this.waiting.add(key);
    this.next();
  }

  /** Stops some runs, keeping what they saved, and resolves when they have stopped. */
  async stop(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.waiting.delete(key);
    const stopping = keys.flatMap((key) => this.atWork.get(key) ?? []);
    for (const { child } of stopping) child.kill('SIGTERM');
    for (const { ended } of stopping) await ended;
  }

  async close(): Promise<void> {
    await this.stop([...this.waiting, ...this.atWork.keys()]);
  }

  private next(): void {
    for (const key of this.waiting) {
      if (this.atWork.size >= this.workers) return;
      this.waiting.delete(key);
      this.begin(key);
    }
  }

  private begin(key: string): void {
    const folder = runFolderOf(this.runs, key);
    const { attempts } = folderState(folder);
    const child = startWork(folder);
    const ended = new Promise<void>((resolve) => {
      child.once('error', ({ message }) => {
        noteExit(folder, attempts, { code: null, signal: null, error: message });
        resolve();
      });
      child.once('close', (code, signal) => {
        noteExit(folder, attempts, { code, signal });
        resolve();
      });
    }).then(() => {
      this.atWork.delete(key);
      this.next();
      this.changed(key);
    });
    this.atWork.set(key, { child, ended });
    this.changed(key);
  }
}

/** Says of a process that could not say it itself how it ended, also where it died before it took the run. */
function noteExit(folder: string, attemptsBefore: number, exit: Exit): void {
  const state = folderState(folder);
  const began = state.attempts > attemptsBefore;
  if (exit.code === 0 || exit.code === savedExitCode || (began && hasEnded(state))) return;
  const attempt = attemptFolder(folder, began ? state.attempts : attemptsBefore + 1);
  fs.mkdirSync(attempt, { recursive: true });
  writeJson(path.join(attempt, 'exit.json'), exit);
}
