// What Slurm says of tasks: its queue, and where they have left it, its records.
import { z } from 'zod';
import { AppError } from '../../../../shared/errors.ts';
import { here, type Run } from '../command.ts';

/** What Slurm knows of a task, by `job_task`. */
export interface TaskStatus {
  /** Its word, `PENDING`, `RUNNING`, `TIMEOUT`, …; the first one where there are several. */
  state: string;
  /** Why it waits or has ended, where Slurm says. */
  reason: string;
  node: string;
  exitCode: number | null;
}

/** A number as 22.05 has it, or as an object of later versions. */
const number = z
  .union([z.number(), z.null(), z.looseObject({ set: z.boolean(), number: z.number() })])
  .optional()
  .transform((value) => (typeof value === 'number' ? value : value?.set ? value.number : null));

const exitCode = z
  .union([
    z.number().transform((status) => ((status & 0x7f) === 0 ? status >> 8 : null)), // as wait(2) has it
    z.looseObject({ return_code: number }).transform((code) => code.return_code),
  ])
  .optional();

const Squeue = z.looseObject({
  jobs: z.array(
    z.looseObject({
      job_id: z.int(),
      array_job_id: number,
      array_task_id: number,
      array_task_string: z.string().nullish(),
      job_state: z.union([z.string(), z.array(z.string()).transform(([state]) => state ?? '')]), // several since 23.11
      state_reason: z.string().default(''),
      nodes: z.string().default(''),
      exit_code: exitCode,
    }),
  ),
});

/** Tasks as `squeue --json` has them, one that ended a while ago among them. */
export function parseSqueue(text: string): Map<string, TaskStatus> {
  const parsed = Squeue.safeParse(parseJson(text));
  if (!parsed.success) throw new AppError('bad-config', 'What “squeue --json” writes here cannot be read. Its version may be one that is not known yet.', parsed.error.message); // prettier-ignore
  const found = new Map<string, TaskStatus>();
  for (const job of parsed.data.jobs) {
    const array = job.array_job_id;
    if (array === null || array === 0) continue;
    const { job_state: state, state_reason: reason, nodes: node } = job;
    const status = { state, reason: reason === 'None' ? '' : reason, node, exitCode: job.exit_code ?? null }; // prettier-ignore
    const waiting = job.array_task_string ?? '';
    if (waiting !== '') for (const task of tasksIn(waiting)) found.set(`${array}_${task}`, status);
    else if (job.array_task_id !== null) found.set(`${array}_${job.array_task_id}`, status);
  }
  return found;
}

/** What Slurm itself allows; an answer that names more is damaged. */
const mostTasks = 4_000_001;

/** The tasks of `1-3,7%2`: one record stands for all that wait. */
function* tasksIn(text: string): Generator<number> {
  for (const part of text.replace(/%\d+$/, '').split(',')) {
    const [, from, to = from, , step = '1'] = /^(\d+)(?:-(\d+))?(:(\d+))?$/.exec(part) ?? [];
    if (from === undefined) continue;
    const last = Math.min(Number(to), mostTasks);
    for (let task = Number(from); task <= last; task += Math.max(1, Number(step))) yield task;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Lines of `sacct -n -P -X -o JobID,State,ExitCode`. Its JSON gives wrong exit codes in some versions. */
export function parseSacct(text: string): Map<string, TaskStatus> {
  const found = new Map<string, TaskStatus>();
  for (const line of text.split('\n')) {
    const [job, state, code] = line.split('|');
    if (job === undefined || state === undefined || !/^\d+_\d+$/.test(job)) continue;
    found.set(job, { state: state.split(' ')[0] ?? state, reason: '', node: '', exitCode: codeOf(code) }); // prettier-ignore
  }
  return found;
}

/** Slurm's text file of ended jobs (jobcomp/filetxt), the last record of each. */
export function parseJobcomp(text: string): Map<string, TaskStatus> {
  const found = new Map<string, TaskStatus>();
  for (const line of text.split('\n')) {
    const of = (key: string): string | undefined =>
      new RegExp(`(?:^| )${key}=(\\S*)`).exec(line)?.[1];
    const [array, task, state] = [of('ArrayJobId'), of('ArrayTaskId'), of('JobState')];
    if (array === undefined || task === undefined || state === undefined) continue;
    found.set(`${array}_${task}`, { state, reason: '', node: of('NodeList') ?? '', exitCode: codeOf(of('ExitCode')) }); // prettier-ignore
  }
  return found;
}

/** `3:0` is code and signal. */
function codeOf(text: string | undefined): number | null {
  const [, code, signal] = /^(\d+):(\d+)$/.exec(text ?? '') ?? [];
  return code === undefined || signal !== '0' ? null : Number(code);
}

export interface SlurmSettings {
  mostTasks: number;
  /** Where the records of ended jobs are: accounting, a text file, or nowhere. */
  records: { kind: 'accounting' } | { kind: 'file'; path: string } | { kind: 'none' };
}

export function parseSettings(text: string): SlurmSettings {
  const of = (key: string): string => new RegExp(`^${key}\\s*=\\s*(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''; // prettier-ignore
  const hasAccounting = !/^(|\(null\)|accounting_storage\/none)$/.test(of('AccountingStorageType'));
  const records = hasAccounting ? ({ kind: 'accounting' } as const) : of('JobCompType') === 'jobcomp/filetxt' ? ({ kind: 'file', path: of('JobCompLoc') } as const) : ({ kind: 'none' } as const); // prettier-ignore
  return { mostTasks: Number(of('MaxArraySize') || 1_001) - 1, records };
}

/** Slurm on this machine, or on one that is reached through ssh. */
export class Slurm {
  readonly run: Run;
  private known: Promise<SlurmSettings> | null = null;

  constructor(run: Run = here) {
    this.run = run;
  }

  settings(): Promise<SlurmSettings> {
    this.known ??= this.run('scontrol', ['show', 'config']).then(parseSettings);
    this.known.catch(() => (this.known = null));
    return this.known;
  }

  /** What is known of the tasks of some arrays, from the queue or, of those that left it, from the records. */
  async status(jobIds: readonly number[]): Promise<Map<string, TaskStatus>> {
    if (jobIds.length === 0) return new Map();
    const queued = parseSqueue(await this.run('squeue', ['--json']));
    const present = new Set([...queued.keys()].map((name) => Number(name.split('_')[0])));
    const left = jobIds.filter((id) => !present.has(id));
    return left.length === 0 ? queued : new Map([...(await this.recorded(left)), ...queued]);
  }

  private async recorded(jobIds: readonly number[]): Promise<Map<string, TaskStatus>> {
    const { records } = await this.settings();
    if (records.kind === 'accounting') return parseSacct(await this.run('sacct', ['-n', '-P', '-X', '-o', 'JobID,State,ExitCode', '-j', jobIds.join(',')])); // prettier-ignore
    // The file is Slurm's, and often not for everyone to read; then the runs' folders must do.
    return records.kind === 'file' ? parseJobcomp(await this.run('cat', [records.path]).catch(() => '')) : new Map(); // prettier-ignore
  }

  /**
   * @param gently the script alone is told, and ends its program itself. All processes at once would take away an
   * image that is mounted by one of them before the program has saved its run
   */
  async cancel(tasks: readonly string[], { gently = false } = {}): Promise<void> {
    const ways = gently ? [['--state=PENDING'], ['--state=RUNNING', '--batch', '--signal=TERM']] : [['--full']]; // prettier-ignore
    const most = 500; // of an argument list
    for (let i = 0; i < tasks.length; i += most)
      for (const way of ways)
        await this.run('scancel', [...way, ...tasks.slice(i, i + most)]).catch(passed);
  }
}

/** A task that has just ended needs no cancelling. */
function passed(error: unknown): void {
  if (!(error instanceof AppError) || !/Invalid job id|already completing|Job\/step already/i.test(error.message)) throw error; // prettier-ignore
}
