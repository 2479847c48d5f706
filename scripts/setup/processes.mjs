// Commands that set-up runs for itself, and commands to which it hands the terminal over.
import { spawn } from 'node:child_process';
import os from 'node:os';

/** Children at work; the value says whether the terminal is theirs. */
const children = new Map();
let interruptedBy = null;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    interruptedBy = signal;
    for (const [child, handed] of children)
      // A terminal sends Ctrl-C to all of its processes itself.
      if (!(handed && signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
    if (children.size === 0) exitInterrupted();
  });

function exitInterrupted() {
  process.exit(128 + os.constants.signals[interruptedBy]);
}

/**
 * Runs a command and waits for it; where we are interrupted, ends with it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, timeoutMs?: number,
 *   show?: boolean, started?: (pid: number) => void }} [options] show: its output goes to standard
 *   error as it comes; env: added to this process's
 * @returns {Promise<{ ok: boolean, code: number | null, missing: boolean, stdout: string,
 *   output: string, tail: string }>} missing: there is no such command; output: all that it wrote, on
 *   standard output and error; tail: the end of that
 */
export function run(command, args, { cwd, env, timeoutMs, show = false, started } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    children.set(child, false);
    if (child.pid !== undefined) started?.(child.pid);
    let stdout = '';
    let output = '';
    const heard = (chunk) => {
      output += chunk;
      if (show) process.stderr.write(chunk);
    };
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      heard(chunk);
    });
    child.stderr.on('data', heard);
    const ended = (code, missing) => {
      children.delete(child);
      if (interruptedBy !== null) exitInterrupted();
      resolve({ ok: code === 0, code, missing, stdout, output, tail: output.slice(-4_000).trim() });
    };
    child.on('error', (error) => ended(null, error.code === 'ENOENT'));
    child.on('close', (code) => ended(code, false));
  });
}

/** How often it is looked at whether npm's shell still lives (ms). */
const ORPHAN_MS = 500;

/**
 * npm hands a signal to the shell that it runs a script in, and that shell ends without us. Then the signal was meant for
 * us: what goes on by itself would hold a project that its user thinks is free.
 */
function endWithShell() {
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, ORPHAN_MS);
  return () => clearInterval(timer);
}

/**
 * Runs a command with our terminal, input and output.
 * @returns {Promise<number>} its exit code; 128 + the signal's number where a signal ended it
 */
export function hand(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    children.set(child, true);
    const stopLooking = process.env.npm_lifecycle_event ? endWithShell() : () => {};
    child.on('error', (error) => {
      stopLooking();
      reject(error);
    });
    child.on('close', (code, signal) => {
      stopLooking();
      children.delete(child);
      resolve(code ?? 128 + os.constants.signals[signal]);
    });
  });
}
