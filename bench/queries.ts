// The queries behind the window's views, each as it is called from the lab's door and back (parameters checked,
// nothing sent between processes), at classes, checkpoints and pairs drawn by a seed.
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../src/main/lab/analysis/intervals.ts';
import { seededUint32 } from '../src/main/lab/analysis/random.ts';
import type { RunningLab } from '../src/main/lab/index.ts';
import type { labServes, Params, Result } from '../src/shared/api.ts';
import { AppError } from '../src/shared/errors.ts';

type Serves = typeof labServes;
export type Call = <N extends keyof Serves>(name: N, params: Params<Serves, N>) => Promise<Result<Serves, N>>; // prettier-ignore

/** Calls that throw where the lab's reply is an error. */
export const callOf =
  (lab: RunningLab): Call =>
  async (name, params) => {
    const reply = await lab.call(name, params);
    if (!reply.ok) throw new AppError(reply.error.code, reply.error.message, reply.error.detail);
    return reply.value as Result<Serves, typeof name>;
  };

/** A query by name; what it is asked with is looked up by the outer call, and the inner one is timed. */
export type Query = [name: string, prepare: () => Promise<() => Promise<unknown>>];

/** A query that needs nothing looked up before it is timed. */
export const once = (query: () => Promise<unknown>) => () => Promise.resolve(query);

/** Of a project whose runs and checkpoints are all scored on one suite. Two annotators judge every class first. */
export async function viewQueries(call: Call): Promise<Query[]> {
  const runs = await call('runs.list', {});
  const { classes } = await call('classes.list', {});
  const { steps } = await call('classes.trajectories', {});
  const next = seededUint32(1);
  const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  const runId = () => pick(runs).id;
  const at = () => ({ runId: runId(), step: pick(steps) });
  const classId = () => pick(classes).classId;
  const sorts = ['delta', '-delta', 'pairId', 'good', 'bad', '-flips', 'firstWrong', '-length'] as const; // prettier-ignore
  const words = ['dog', 'cat runs', '"near every"', 'th', 'the dog near', 's', 'museum river lamp', 'nowhere']; // prettier-ignore
  const pairRowId = async () => {
    const { rows } = await call('pairs.page', { runId: 1, classId: classId(), limit: 1, offset: next() % pick(classes).pairs }); // prettier-ignore
    return rows[0]?.pairRowId ?? 1;
  };
  for (const { classId: judged } of classes) {
    const verdict = pick(['meaningful', 'not-meaningful', 'unsure'] as const);
    for (const annotator of ['ann', 'bob'])
      await call('judgements.set', { classId: judged, verdict, reason: 'benchmark', annotator });
  }
  return [
    ['runs.list', once(() => call('runs.list', {}))],
    ['runs.get', once(() => call('runs.get', { runId: runId() }))],
    ['runs.metrics', once(() => call('runs.metrics', { runId: runId() }))],
    ['checkpoints.list', once(() => call('checkpoints.list', { runId: runId() }))],
    ['suites.list', once(() => call('suites.list', {}))],
    ['suites.classes', once(() => call('suites.classes', { suiteId: 1 }))],
    ['classes.list', once(() => call('classes.list', at()))],
    ['classes.trajectories', once(() => call('classes.trajectories', { runId: runId() }))],
    ['classes.trajectory', once(() => call('classes.trajectory', { runId: runId(), classId: classId() }))], // prettier-ignore
    ['classes.distribution', once(() => call('classes.distribution', { ...at(), classId: classId() }))], // prettier-ignore
    ['pairs.page', once(() => call('pairs.page', { ...at(), classId: classId(), sort: pick(sorts) }))], // prettier-ignore
    ['pairs.page, 5,000 at once', once(() => call('pairs.page', { ...at(), classId: classId(), limit: 5_000 }))], // prettier-ignore
    ['pairs.page, text', once(() => call('pairs.page', { ...at(), classId: classId(), text: 'dog', outcome: 'wrong' }))], // prettier-ignore
    ['pairs.tokens, 100 pairs', async () => {
      const where = { ...at(), classId: classId() };
      const { rows } = await call('pairs.page', where);
      return () => call('pairs.tokens', { ...where, pairRowIds: rows.map((row) => row.pairRowId) });
    }],
    ['pairs.get', async () => {
      const id = await pairRowId();
      return () => call('pairs.get', { runId: runId(), pairRowId: id });
    }],
    ['search.sentences', once(() => call('search.sentences', { text: pick(words) }))],
    ['compare.classes', once(() => call('compare.classes', { a: at(), b: at() }))],
    ['agreement.get', once(() => call('agreement.get', { suiteId: 1 }))],
    ['annotators.list', once(() => call('annotators.list', {}))],
    ['views.list', once(() => call('views.list', {}))],
    ['annotations.history', once(() => call('annotations.history', {}))],
    ['judgements.set', once(() => call('judgements.set', { classId: classId(), verdict: 'unsure', annotator: 'ann' }))], // prettier-ignore
  ]; // prettier-ignore
}

/** Milliseconds. */
export interface Times {
  median: number;
  p95: number;
  max: number;
  /** The longest that any other call would have had to wait for the lab's thread. */
  held: number;
  /** Medians of what the calls took of one core, in the lab's thread and in all: other work on the machine aside. */
  own: number;
  cpu: number;
}

export async function measure([, prepare]: Query, calls: number): Promise<Times> {
  const times = new Float64Array(calls);
  const owns = new Float64Array(calls);
  const cpus = new Float64Array(calls);
  let held = 0;
  for (let i = 0; i < calls; i++) {
    const query = await prepare();
    let last = performance.now();
    const tick = (): void => {
      held = Math.max(held, performance.now() - last - tickMs);
      last = performance.now();
    };
    const ticks = setInterval(tick, tickMs);
    const before = [process.threadCpuUsage(), process.cpuUsage()] as const;
    times[i] = await timed(query);
    owns[i] = milliseconds(process.threadCpuUsage(before[0]));
    cpus[i] = milliseconds(process.cpuUsage(before[1]));
    await sleep(2 * tickMs);
    clearInterval(ticks);
  }
  times.sort();
  owns.sort();
  cpus.sort();
  const at = (p: number): number => quantile(times, p);
  return {
    median: at(0.5),
    p95: at(0.95),
    max: at(1),
    held,
    own: quantile(owns, 0.5),
    cpu: quantile(cpus, 0.5),
  };
}
const tickMs = 5;
const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
