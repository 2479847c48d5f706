// How set-up speaks: short lines on standard error, and failures that name what gets the missing thing.
import { spawn } from 'node:child_process';

/** A failure that a person can mend: what is missing, and the command or the step that gets it. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {string} [remedy]
   * @param {string} [detail] the last lines of what failed
   */
  constructor(message, remedy, detail) {
    super(message);
    this.name = 'SetupError';
    this.remedy = remedy;
    this.detail = detail;
  }
}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`· ${line}\n`);
}

/**
 * Says what is being done, does it, and says how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  say(`${title} …`);
  const startedMs = Date.now();
  const result = await work();
  say(`${title}: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  return result;
}

/** Children at work, so that they end with us and a lock can name them. */
const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
    process.exitCode = 130;
    if (children.size === 0) process.exit(130);
  });

/**
 * Runs a command and waits for it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, timeoutMs?: number,
 *   show?: boolean, started?: (pid: number) => void }} [options] show: its output goes to standard
 *   error as it comes; env: added to this process's
 * @returns {Promise<{ ok: boolean, code: number | null, signal: string | null, missing: boolean,
 *   stdout: string, tail: string }>} missing: there is no such command; tail: the end of all it wrote
 */
export function run(command, args, { cwd, env, timeoutMs, show = false, started } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    children.add(child);
    if (child.pid !== undefined) started?.(child.pid);
    let stdout = '';
    let tail = '';
    const heard = (chunk) => {
      tail = (tail + chunk).slice(-4_000);
      if (show) process.stderr.write(chunk);
    };
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      heard(chunk);
    });
    child.stderr.on('data', heard);
    const ended = (code, signal, missing) => {
      children.delete(child);
      if (process.exitCode === 130) process.exit(130); // a person interrupted us
      resolve({ ok: code === 0, code, signal, missing, stdout, tail: tail.trim() });
    };
    child.on('error', (error) => ended(null, null, error.code === 'ENOENT'));
    child.on('close', (code, signal) => ended(code, signal, false));
  });
}
