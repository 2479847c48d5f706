// Other programs: the command line that works on a run, and Slurm's.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../../shared/errors.ts';

/** The command line as a program and its first arguments: from source, or from the build inside Electron. */
export function gardenpath(): [string, ...string[]] {
  const isSource = import.meta.url.endsWith('.ts');
  return [process.execPath, fileURLToPath(new URL(`../cli${isSource ? '.ts' : '.js'}`, import.meta.url))]; // prettier-ignore
}

/** Starts a process that works on a run; what it says goes to the run's log. */
export function startWork(folder: string): ChildProcess {
  const log = fs.openSync(path.join(folder, 'log.txt'), 'a');
  try {
    const [program, ...args] = gardenpath();
    return spawn(program, [...args, 'sweep', 'work', folder], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
  } finally {
    fs.closeSync(log);
  }
}

/** Runs a program to its end and returns what it wrote. */
export type Run = (program: string, args: readonly string[]) => Promise<string>;

/** A cluster's controller that is down makes its commands wait for minutes. */
const timeoutMs = 60_000;

/** Programs of this machine. */
export const here: Run = (program, args) =>
  new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: timeoutMs, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (error.code === 'ENOENT') return reject(new AppError('not-found', `There is no ${program} on this machine. On a cluster, run this on its login node, or give the plan’s resources an ssh host.`));
      const why = error.killed ? `it did not answer in ${timeoutMs / 1_000} s` : stderr.trim() || error.message;
      reject(new AppError('bad-config', `${program} failed: ${why}`, `${program} ${args.join(' ')}`));
    });
  }); // prettier-ignore

/** The same on another machine; its name, which a stranger’s project may hold, is never an option. ssh gives one line to a shell there. */
export const over =
  (host: string): Run =>
  (program, args) =>
    here('ssh', ['-o', 'BatchMode=yes', '--', host, [program, ...args].map(quoted).join(' ')]);

/** As one word of a shell. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
