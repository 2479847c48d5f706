// Runs in folders of their own, carried out here: stopped, taken over, grown, gathered.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLab } from '../../src/main/lab/index.ts';
import { artefactsOf } from '../../src/main/lab/sweep/artefacts.ts';
import { gardenpath } from '../../src/main/lab/sweep/command.ts';
import { takeLease, writeLease } from '../../src/main/lab/sweep/lease.ts';
import { Done, Lease, Progress, readJson, writeJson } from '../../src/main/lab/sweep/run-folder.ts'; // prettier-ignore
import { caller, openSweepLab, tinyPlan, until, untilTrue, type SweepLab } from '../fixtures/sweep.ts'; // prettier-ignore

vi.setConfig({ testTimeout: 600_000 }); // processes of their own start for every run
let lab: SweepLab;
beforeAll(async () => {
  lab = await openSweepLab();
  process.env['GARDENPATH_CACHE'] = engineCache(); // workers find the engine, and leave texts elsewhere
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(lab.folder, { recursive: true, force: true });
});

const engineCache = (): string => process.env['GARDENPATH_CACHE'] ?? path.join(lab.folder, 'cache');
const folderOf = (key: string): string => path.join(lab.runs, key);
const doneOf = (key: string, attempt = 1): Done => readJson(path.join(folderOf(key), String(attempt), 'done.json'), Done) as Done; // prettier-ignore
const leaseOf = (key: string, attempt: number): Lease | undefined => readJson(path.join(folderOf(key), String(attempt), 'lease.json'), Lease); // prettier-ignore

/** Accuracies of a run's classes at every step. */
async function outcome(one: SweepLab, runId: number | null) {
  const { steps, classes } = await one.call('classes.trajectories', { runId: runId ?? 0 });
  return { steps, right: classes.map(({ right }) => right), delta: classes.map(({ meanDelta }) => meanDelta) }; // prettier-ignore
}

/** `sweep work` on a run, as a process that can be told to stop. */
function work(key: string, env: NodeJS.ProcessEnv = {}) {
  const [program, ...args] = gardenpath();
  const child = spawn(program, [...args, 'sweep', 'work', folderOf(key)], { env: { ...process.env, NODE_NO_WARNINGS: '1', ...env }, stdio: ['ignore', 'ignore', 'pipe'] }); // prettier-ignore
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  );
  return { child, ended };
}

describe('a sweep with two workers', () => {
  it('finishes each run in a folder of its own, and gathers it once', async () => {
    const plan = tinyPlan({ name: 'two', axes: { seed: [1, 2] } });
    const { id } = await lab.call('sweeps.start', { plan, place: 'local', workers: 2 });
    const { runList } = await until(lab, id, ({ runsGathered }) => runsGathered === 2);
    expect(runList).toMatchObject([{ state: 'finished', step: 20, checkpoints: 3, scored: 3, attempts: 1 }, { state: 'finished', values: { seed: 2 } }]); // prettier-ignore
    for (const { key } of runList) {
      const done = doneOf(key);
      expect(done.checkpoints.map(({ step }) => step)).toEqual([0, 10, 20]);
      expect(done.checkpoints.map(({ weights }) => weights)).toEqual([null, null, '1/checkpoints/step-20']); // prettier-ignore
      expect(fs.readdirSync(path.join(folderOf(key), '1/checkpoints/step-20'))).not.toContain('optimizer.safetensors'); // prettier-ignore
    }
    const gathered = await lab.call('gather', { paths: [lab.project] });
    expect(gathered).toMatchObject({ added: 0, unchanged: 2, unfinished: 0, refused: [], scores: 0 }); // prettier-ignore
    expect(await lab.call('runs.list', {})).toHaveLength(2);
    const preview = await lab.call('sweeps.preview', { plan: { ...plan, axes: { seed: [1, 2, 3] } } }); // prettier-ignore
    expect(preview.runList.map(({ state }) => state)).toEqual(['gathered', 'gathered', 'new']);
  });

  it('gives what the same configuration gives in the project itself', async () => {
    const [swept] = (await lab.call('sweeps.get', { id: 1 })).runList;
    const { config } = await lab.call('runs.get', { runId: swept?.runId ?? 0 });
    const own = await lab.call('runs.start', { name: 'own', config });
    await expect.poll(async () => (await lab.call('runs.get', { runId: own.id })).state, { timeout: 120_000 }).toBe('finished'); // prettier-ignore
    expect(await outcome(lab, swept?.runId ?? 0)).toEqual(await outcome(lab, own.id));
    const pairs = async (runId: number | undefined) => {
      const [{ classId } = { classId: 0 }] = (await lab.call('classes.list', { runId })).classes;
      const { rows } = await lab.call('pairs.page', { runId, classId });
      return lab.call('pairs.tokens', { runId, classId, pairRowIds: rows.map(({ pairRowId }) => pairRowId) }); // prettier-ignore
    };
    expect(await pairs(swept?.runId ?? 0)).toEqual(await pairs(own.id));
    expect((await lab.call('runs.metrics', { runId: swept?.runId ?? 0 })).map(({ step, lossNats }) => [step, lossNats]))
      .toEqual((await lab.call('runs.metrics', { runId: own.id })).map(({ step, lossNats }) => [step, lossNats])); // prettier-ignore
  });

  it('grows by a suite: nothing is trained again where the weights are there', async () => {
    const plan = tinyPlan({ name: 'grown', axes: { seed: [5] }, keepWeights: 'all' });
    const { id } = await lab.call('sweeps.start', { plan });
    const [before] = (await until(lab, id, ({ runsGathered }) => runsGathered === 1)).runList;
    await lab.call('sweeps.start', { plan: { ...plan, profile: 'minicons' } });
    const { runList } = await until(lab, id, ({ runList: [run] }) => run?.attempts === 2 && run.state === 'finished'); // prettier-ignore
    expect(runList[0]?.key).toBe(before?.key);
    expect(leaseOf(before?.key ?? '', 2)?.fromStep).toBe(20);
    await untilTrue(() => doneOf(before?.key ?? '', 2) !== undefined, 'finished again');
    await lab.call('gather', { paths: [lab.project] });
    const { scored } = await lab.call('runs.get', { runId: before?.runId ?? 0 });
    expect(scored.map(({ profile, checkpoints }) => [profile, checkpoints]).sort()).toEqual([['gardenpath', 3], ['minicons', 3]]); // prettier-ignore
  });
});

describe('a run that is stopped', () => {
  it('goes on from where it was saved, and ends as if it had not been', async () => {
    const straight = tinyPlan({ name: 'straight', axes: { seed: [8] }, set: { totalSteps: 3_000, checkpoints: 'every:1000' } }); // prettier-ignore
    const { id } = await lab.call('sweeps.start', { plan: straight });
    const key = (await lab.call('sweeps.get', { id })).runList[0]?.key ?? '';
    await untilTrue(() => (readJson(path.join(folderOf(key), '1/progress.json'), Progress)?.step ?? 0) > 0, 'training'); // prettier-ignore
    await lab.call('sweeps.cancel', { id });
    const [cancelled] = (await lab.call('sweeps.get', { id })).runList;
    expect(cancelled).toMatchObject({ state: 'cancelled', failure: null });
    await lab.call('sweeps.retry', { id });
    const [done] = (await until(lab, id, ({ runsGathered }) => runsGathered === 1)).runList;
    expect(done).toMatchObject({ state: 'finished', attempts: 2, step: 3_000 });
    const from = leaseOf(key, 2)?.fromStep ?? 0;
    expect(from).toBe(cancelled?.step);
    expect(from).toBeGreaterThan(0);

    const metrics = await lab.call('runs.metrics', { runId: done?.runId ?? 0, maxPoints: 10_000 });
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 3_000 }, (_, i) => i + 1));
    const { config } = await lab.call('runs.get', { runId: done?.runId ?? 0 });
    const own = await lab.call('runs.start', { name: 'never stopped', config });
    await expect.poll(async () => (await lab.call('runs.get', { runId: own.id })).state, { timeout: 240_000, interval: 500 }).toBe('finished'); // prettier-ignore
    expect(await outcome(lab, done?.runId ?? 0)).toEqual(await outcome(lab, own.id));
  });
});

describe('two processes and one run', () => {
  const laid = async (seed: number, totalSteps = 20): Promise<string> => {
    const plan = tinyPlan({ name: `lease ${seed}`, axes: { seed: [seed] }, set: { totalSteps } });
    const { id } = await lab.call('sweeps.start', { plan, place: 'local', workers: 1 });
    await lab.call('sweeps.cancel', { id });
    const key = (await lab.call('sweeps.get', { id })).runList[0]?.key ?? '';
    for (const name of fs.readdirSync(folderOf(key))) if (/^\d/.test(name)) fs.rmSync(path.join(folderOf(key), name), { recursive: true }); // prettier-ignore
    return key;
  };

  it('the second leaves it to the first while that lives, and takes it when it is silent', async () => {
    const key = await laid(21);
    const first = takeLease(folderOf(key));
    if ('heldBy' in first) throw new Error('not taken');
    writeLease(first, null);
    const progress = path.join(first.folder, 'progress.json');
    writeJson(progress, { state: 'training' } satisfies Partial<Progress>);
    fs.writeFileSync(progress, JSON.stringify({ state: 'training', stage: '', step: 3, tokensSeen: 0, wordsSeen: 0, lossNats: null, tokensPerSecond: null, elapsedMs: 0, remainingMs: null, checkpoints: 0, scored: 0 } satisfies Progress)); // prettier-ignore
    expect(takeLease(folderOf(key))).toMatchObject({ heldBy: expect.stringContaining(`process ${process.pid}`) as string }); // prettier-ignore
    expect(first.isMine()).toBe(true);
    const old = new Date(Date.now() - 3_600_000);
    fs.utimesSync(progress, old, old);
    const second = takeLease(folderOf(key));
    expect(second).toMatchObject({ attempt: 2 });
    expect(first.isMine()).toBe(false);
  });

  it('a restarted Slurm job takes it at once; the old process lives on and nothing of it is counted', async () => {
    const key = await laid(22, 4_000);
    const job = { SLURM_JOB_ID: '70', SLURM_ARRAY_JOB_ID: '70', SLURM_ARRAY_TASK_ID: '0' };
    const old = work(key, job);
    await untilTrue(() => fs.existsSync(path.join(folderOf(key), '1/step-10.json')), 'a checkpoint of the first'); // prettier-ignore
    old.child.kill('SIGSTOP');
    const other = await work(key, { ...job, SLURM_ARRAY_TASK_ID: '1' }).ended; // another job's is turned away
    expect(other).toMatchObject({ code: 0, said: expect.stringMatching(/left to job 70_0, process \d+/) as string }); // prettier-ignore
    const heir = work(key, { ...job, SLURM_RESTART_COUNT: '1' });
    await untilTrue(
      () => fs.existsSync(path.join(folderOf(key), '2/lease.json')),
      'the second took it',
    );
    const { fromStep } = leaseOf(key, 2) ?? {};
    expect(fromStep).toBeGreaterThanOrEqual(0);
    old.child.kill('SIGCONT'); // the node comes back
    const said = await old.ended;
    expect(said).toMatchObject({ code: 0, said: expect.stringMatching(/left to the process that took it over/) as string }); // prettier-ignore
    heir.child.kill('SIGTERM');
    expect((await heir.ended).code).toBe(75);
    expect(fs.existsSync(path.join(folderOf(key), '1/done.json'))).toBe(false);
    for (const [step, { saved }] of artefactsOf(folderOf(key)).checkpoints) {
      expect(saved.step).toBe(step);
      const by = step <= (fromStep ?? -1) ? 1 : 2;
      expect(fs.existsSync(path.join(folderOf(key), String(by), `step-${step}.json`))).toBe(true);
    }
  });
});

describe('gathering elsewhere', () => {
  let other: SweepLab;
  beforeAll(() => {
    const folder = path.join(lab.folder, 'elsewhere');
    const running = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
    other = { ...lab, folder, project: path.join(folder, 'project'), call: caller(running), close: () => running.close() }; // prettier-ignore
  });
  afterAll(() => other.close());

  it('brings suite, tokenizer and scores along; a file that was damaged on the way is named, and taken when it is whole', async () => {
    await other.call('project.create', { path: other.project });
    const { runList } = await lab.call('sweeps.get', { id: 1 });
    const [first, second] = runList;
    const copy = path.join(other.folder, 'copied');
    fs.cpSync(lab.runs, copy, { recursive: true });
    for (const name of fs.readdirSync(copy)) if (!/^(suites|tokenizers)$/.test(name) && ![first?.key, second?.key].includes(name)) fs.rmSync(path.join(copy, name), { recursive: true }); // prettier-ignore
    const damaged = path.join(copy, second?.key ?? '', doneOf(second?.key ?? '').checkpoints[2]?.scores[0] ?? ''); // prettier-ignore
    const whole = fs.readFileSync(damaged);
    fs.writeFileSync(damaged, Buffer.concat([whole.subarray(0, -1), Buffer.from([whole.at(-1) === 7 ? 8 : 7])])); // prettier-ignore
    const gathered = await other.call('gather', { paths: [copy] });
    expect(gathered).toMatchObject({ added: 1, refused: [{ message: expect.stringMatching(/SHA-256/) as string }] }); // prettier-ignore
    fs.writeFileSync(damaged, whole);
    expect(await other.call('gather', { paths: [copy] })).toMatchObject({ added: 1, unchanged: 1, refused: [] }); // prettier-ignore
    expect(await other.call('gather', { paths: [copy] })).toMatchObject({ added: 0, unchanged: 2, scores: 0 }); // prettier-ignore
    const runs = await other.call('runs.list', {});
    expect(runs.map(({ state }) => state)).toEqual(['finished', 'finished']);
    const mine = runs.find(({ seed }) => seed === 1);
    expect(await outcome(other, mine?.id ?? 0)).toEqual(await outcome(lab, first?.runId ?? 0));
  });

  it('takes colleagues’ judgements under their names, and changes nothing of theirs', async () => {
    const [{ classId, uid } = { classId: 0, uid: '' }] = (await lab.call('classes.list', {}))
      .classes;
    await lab.call('judgements.set', { classId, verdict: 'not-meaningful', reason: 'lexical', annotator: 'Ada' }); // prettier-ignore
    const before = fs.statSync(path.join(lab.project, 'project.sqlite')).mtimeMs;
    const gathered = await other.call('gather', { paths: [lab.project] });
    expect(gathered.judgements).toEqual({ added: 1, unchanged: 0, olderThanHere: 0 });
    expect(fs.statSync(path.join(lab.project, 'project.sqlite')).mtimeMs).toBe(before);
    const { classes } = await other.call('classes.list', {});
    expect(classes.find((one) => one.uid === uid)?.votes).toMatchObject([{ annotator: 'Ada', reason: 'lexical' }]); // prettier-ignore
    expect((await other.call('gather', { paths: [lab.project] })).judgements.unchanged).toBe(1);
  });
});
