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
export const here: Run = async (program, args) => {
  const ended = await endOf(program, args, timeoutMs);
  if (ended.code === 0) return ended.stdout;
  throw failed(program, args, ended);
};

/** Asks nothing, and says errors only: clusters greet with a page of text. */
const ssh = ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-o', 'LogLevel=ERROR'] as const; // prettier-ignore

/**
 * The same on another machine; its name, which a stranger’s project may hold, is never an option. ssh gives one line to
 * whatever shell there, which gives it to sh. It ends with 255 where it does not come that far; sbatch too has that code.
 */
export const over =
  (host: string): Run =>
  async (program, args) => {
    const [client, ...options] = ssh;
    const line = `${[program, ...args].map(quoted).join(' ')} || exit $(($? == 255 ? 1 : $?))`;
    const ended = await endOf(client, [...options, '--', host, `sh -c ${quoted(line)}`], timeoutMs);
    if (ended.code === 0) return ended.stdout;
    if (ended.code === 255) throw unreachable(host, ended);
    if (ended.code === 127) throw lacking(host, program, ended);
    throw failed(`${program} on ${host}`, args, ended);
  };

/** Copies between here and another machine, however long it takes; only silence ends it. */
export async function copy(host: string, args: readonly string[]): Promise<void> {
  const ended = await endOf('rsync', ['-a', '-s', '--partial', '--timeout=120', '-e', ssh.join(' '), ...args], 0); // prettier-ignore
  const { code, why } = ended;
  if (code === 0 || code === 24) return; // 24: runs at work put files away while they were listed
  if (code === 127 || /rsync: .*not found/.test(why)) throw lacking(host, 'rsync', ended);
  const isCutOff = code === 255 || code === 30 || code === 35 || why.includes('(0 bytes received so far)'); // prettier-ignore
  throw isCutOff ? unreachable(host, ended) : failed('rsync', args, ended);
}

interface Ended {
  /** null: it was ended. */
  code: number | null;
  stdout: string;
  /** Why it did not end well, in its own words. */
  why: string;
}

/** @param limitMs 0: none */
const endOf = (program: string, args: readonly string[], limitMs: number): Promise<Ended> =>
  new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: limitMs, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (!error) return resolve({ code: 0, stdout, why: '' });
      if (error.code === 'ENOENT') return reject(new AppError('not-found', `There is no ${program} on this machine. ${program === 'ssh' || program === 'rsync' ? 'Install it: a cluster is reached with ssh and rsync.' : 'On a cluster, run this on its login node, or give the plan’s resources an ssh host.'}`));
      const why = error.killed ? `it did not answer in ${limitMs / 1_000} s` : stderr.replaceAll('\r', '').trim() || error.message;
      resolve({ code: typeof error.code === 'number' ? error.code : null, stdout, why });
    });
  }); // prettier-ignore

const failed = (what: string, args: readonly string[], { why }: Ended): AppError =>
  new AppError('bad-config', `${what} failed: ${why}`, args.join(' '));

const lacking = (host: string, program: string, { why }: Ended): AppError =>
  new AppError('not-found', `${host} does not find ${program}. “ssh ${host} ${program} --version” must answer: install it there, or put it on the PATH in ~/.bashrc there.`, why); // prettier-ignore

const unreachable = (host: string, { why }: Ended): AppError =>
  new AppError('not-found', `${host} cannot be reached (${why.split('\n')[0]}). What is here is kept, and jobs there go on. Once “ssh ${host} true” works in a terminal without asking anything (network, key, the host’s entry in ~/.ssh/config), do this again.`, why); // prettier-ignore

/** As one word of a shell. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
