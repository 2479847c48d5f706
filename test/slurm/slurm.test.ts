// Sweeps on a real Slurm: arrays, throttles, failures, cancelling, time limits, lost nodes.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { artefactsOf } from '../../src/main/lab/sweep/artefacts.ts';
import { Done, Lease, Progress, readJson } from '../../src/main/lab/sweep/run-folder.ts';
import { Slurm } from '../../src/main/lab/sweep/slurm/queue.ts';
import type { SweepDetail } from '../../src/shared/sweeps.ts';
import { tinyPlan, until, untilTrue } from '../fixtures/sweep.ts';
import { startNode } from './begin-cluster.ts';
import { withCluster } from './cluster.ts';

vi.setConfig({ testTimeout: 600_000 }); // processes of their own start for every run
const here = withCluster({
  port: 17_100,
  also({ folder }) {
    process.env['GARDENPATH_CACHE'] ??= path.join(folder, 'cache');
    return Promise.resolve(null);
  },
});

const resources = (more: object = {}) => ({ cpus: 1, memory: '400M', warnSeconds: 30, before: [], options: [], ...more }); // prettier-ignore
const folderOf = (key: string): string => path.join(here.lab.runs, key);
const leaseOf = (key: string, attempt: number) => readJson(path.join(folderOf(key), String(attempt), 'lease.json'), Lease); // prettier-ignore
const slurm = (program: string, ...args: string[]): string => execFileSync(program, args, { encoding: 'utf8', timeout: 30_000 }); // prettier-ignore
const atRest = ({ state }: SweepDetail): boolean => state !== 'running';

async function start(name: string, plan: object, more: object = {}): Promise<number> {
  return (await here.lab.call('sweeps.start', { plan: tinyPlan({ name, ...plan, resources: resources(more) }), place: 'slurm' })).id; // prettier-ignore
}

it('an array is throttled, scoring waits for its training, and gathering counts each run once', async () => {
  const id = await start('array', { axes: { seed: [1, 2] } }, { atOnce: 1, score: {} });
  let most = 0;
  const { runList } = await until(here.lab, id, (sweep) => {
    const working = slurm('squeue', '-h', '-r', '-t', 'R', '-n', 'array-train').split('\n').filter(Boolean).length; // prettier-ignore
    most = Math.max(most, working);
    return atRest(sweep);
  });
  expect(most).toBe(1);
  expect(runList).toMatchObject([{ state: 'finished', attempts: 2, scored: 3, checkpoints: 3 }, { state: 'finished', attempts: 2 }]); // prettier-ignore
  for (const { key } of runList) expect(leaseOf(key, 2)?.fromStep).toBe(20); // the second job trained nothing
  const [train, score] = [1, 2].map(
    (attempt) => leaseOf(runList[1]?.key ?? '', attempt)?.job ?? '',
  );
  expect([train, score].map((job) => job?.split('_')[1])).toEqual(['1', '1']);
  expect(train).not.toBe(score);
  expect(await here.lab.call('sweeps.gather', { id })).toMatchObject({ added: 2, unchanged: 0, scores: 2 * 3 * 16 }); // prettier-ignore
  expect(await here.lab.call('sweeps.gather', { id })).toMatchObject({ added: 0, unchanged: 2, scores: 0 }); // prettier-ignore
  await here.lab.call('sweeps.start', { plan: tinyPlan({ name: 'array', axes: { seed: [1, 2] }, resources: resources() }), place: 'slurm' }); // prettier-ignore
  expect(slurm('squeue', '-h', '-n', 'array')).toBe(''); // all of it is there: nothing was submitted
});

it('a failure has its exit code and its last lines; retried, it goes well', async () => {
  const corpus = path.join(here.lab.folder, 'tiny-corpus/tiny.train');
  const text = fs.readFileSync(corpus, 'utf8');
  fs.writeFileSync(corpus, text.replace('the', 'thy')); // not what the plan was made with
  const id = await start('failing', { axes: { seed: [3] }, tokenizer: undefined, set: { vocabSize: 330 } }); // prettier-ignore
  const [failed] = (await until(here.lab, id, atRest)).runList;
  expect(failed).toMatchObject({ state: 'failed', failure: { exitCode: 1, slurmState: 'FAILED', message: expect.stringMatching(/tiny.train has changed/) as string } }); // prettier-ignore
  expect(failed?.failure?.lastLines.join('\n')).toMatch(/tiny.train has changed.*\n.*== ended with 1$/s); // prettier-ignore
  fs.writeFileSync(corpus, text);
  await here.lab.call('sweeps.retry', { id });
  const [mended] = (await until(here.lab, id, atRest)).runList;
  expect(mended).toMatchObject({ state: 'finished', failure: null });
});

it('what is cancelled is saved, and goes on from there', async () => {
  const id = await start('cancelled', { axes: { seed: [4] }, set: { totalSteps: 3_000, checkpoints: 'every:1000' } }); // prettier-ignore
  const key = (await here.lab.call('sweeps.get', { id })).runList[0]?.key ?? '';
  await untilTrue(() => fs.existsSync(path.join(folderOf(key), '1/step-1000.json')), 'step 1000');
  await here.lab.call('sweeps.cancel', { id });
  const [cancelled] = (await until(here.lab, id, atRest)).runList;
  expect(cancelled).toMatchObject({ state: 'cancelled', failure: null });
  await here.lab.call('sweeps.retry', { id });
  const [done] = (await until(here.lab, id, atRest)).runList;
  expect(done).toMatchObject({ state: 'finished', step: 3_000, attempts: 2 });
  expect(leaseOf(key, 2)?.fromStep).toBeGreaterThanOrEqual(1_000);
});

it('a script that is told alone saves its run, and what waits is cancelled', async () => {
  const id = await start('gently', { axes: { seed: [6, 7] }, set: { totalSteps: 2_000_000, checkpoints: 'every:100000' } }, { atOnce: 1 }); // prettier-ignore
  const [first] = (await until(here.lab, id, ({ runList: [run] }) => (run?.step ?? 0) > 0)).runList;
  const job = /job (\d+)_0/.exec(first?.where ?? '')?.[1] ?? '';
  await new Slurm().cancel([`${job}_0`, `${job}_1`], { gently: true });
  const { runList } = await until(here.lab, id, ({ runList }) => runList.every(({ where }) => where === null)); // prettier-ignore
  expect(runList[1]).toMatchObject({ state: 'cancelled', attempts: 0 });
  const log = fs.readFileSync(path.join(folderOf(first?.key ?? ''), 'log.txt'), 'utf8');
  expect(log.match(/SIGTERM: saving the run …/g)).toHaveLength(1);
  expect(log).toMatch(/stopped\n== ended with 75\n$/);
});

it('a node is lost and its job started again while the old process lives: one run, nothing counted twice', async () => {
  const id = await start('lost', { axes: { seed: [5] }, set: { totalSteps: 3_000, checkpoints: 'every:500' } }); // prettier-ignore
  const key = (await here.lab.call('sweeps.get', { id })).runList[0]?.key ?? '';
  await untilTrue(() => fs.existsSync(path.join(folderOf(key), '1/step-500.json')), 'step 500');
  const old = leaseOf(key, 1)?.pid ?? 0;
  process.kill(old, 'SIGSTOP'); // as behind a network that is down
  const { where } = (await until(here.lab, id, ({ runList: [run] }) => /on n\d$/.test(run?.where ?? ''))).runList[0] ?? {}; // prettier-ignore
  const node = where?.slice(-1) ?? '';
  process.kill(Number(fs.readFileSync(path.join(here.cluster.folder, `pids/slurmd-n${node}`), 'utf8')), 'SIGKILL'); // prettier-ignore
  await untilTrue(() => fs.existsSync(path.join(folderOf(key), '2/lease.json')), 'the job’s second start'); // prettier-ignore
  expect(leaseOf(key, 2)).toMatchObject({ job: leaseOf(key, 1)?.job, restart: 1 });
  const fromStep = leaseOf(key, 2)?.fromStep ?? -1;
  expect(fromStep).toBeGreaterThanOrEqual(500);
  process.kill(old, 'SIGCONT');
  await untilTrue(() => !isAlive(old), 'the end of the old process');
  const [run] = (await until(here.lab, id, atRest)).runList;
  expect(run).toMatchObject({ state: 'finished', attempts: 2, step: 3_000, checkpoints: 7, scored: 7 }); // prettier-ignore
  const done = readJson(path.join(folderOf(key), '2/done.json'), Done);
  expect(fs.existsSync(path.join(folderOf(key), '1/done.json'))).toBe(false);
  expect(done?.checkpoints.map(({ step }) => step)).toEqual([0, 500, 1_000, 1_500, 2_000, 2_500, 3_000]); // prettier-ignore
  for (const { step, scores } of done?.checkpoints ?? []) expect(scores).toEqual([expect.stringMatching(new RegExp(`^${step <= fromStep ? '[12]' : '2'}/step-${step}\\.`))]); // prettier-ignore
  await here.lab.call('sweeps.gather', { id });
  const gathered = (await here.lab.call('sweeps.get', { id })).runList[0]?.runId ?? 0;
  const metrics = await here.lab.call('runs.metrics', { runId: gathered, maxPoints: 10_000 });
  expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
  startNode(here.cluster, node);
});

it('before its time is over a run saves itself, queues again and goes on', async () => {
  // Warned as soon as Slurm looks: 45 s before the end of a minute. Long enough not to end by itself.
  const id = await start('limited', { axes: { seed: [9] }, set: { totalSteps: 2_000_000, checkpoints: 'every:100000' } }, { time: '1:00', warnSeconds: 45 }); // prettier-ignore
  const key = (await here.lab.call('sweeps.get', { id })).runList[0]?.key ?? '';
  await untilTrue(() => fs.existsSync(path.join(folderOf(key), '2/lease.json')), 'a second start');
  const log = fs.readFileSync(path.join(folderOf(key), 'log.txt'), 'utf8');
  expect(log).toMatch(/SIGTERM: saving the run …\nstopped\n== ended with 75\n== saved before its time was over, queues again/); // prettier-ignore
  const { fromStep, restart } = leaseOf(key, 2) ?? {};
  expect(restart).toBeGreaterThanOrEqual(1);
  expect(fromStep).toBeGreaterThan(0);
  await untilTrue(() => (readJson(path.join(folderOf(key), '2/progress.json'), Progress)?.step ?? 0) > (fromStep ?? 0), 'steps beyond'); // prettier-ignore
  expect([...artefactsOf(folderOf(key)).checkpoints.keys()][0]).toBe(0);
  await here.lab.call('sweeps.cancel', { id });
  await until(here.lab, id, atRest);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
