// Disks that are full, folders that cannot be written, memory that is too small, threads that die: what is said, and
// that nothing is lost.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { requireMemory } from '../../src/main/lab/jobs/memory.ts';
import { openProject } from '../../src/main/lab/store/project.ts';
import { presets } from '../../src/main/lab/training/index.ts';
import type { AnnotationEvent, CorpusInfo, RunRow, SuiteInfo, TrainingConfig } from '../../src/shared/domain.ts'; // prettier-ignore
import { profiles } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { tinyConfig, writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';
import { tried } from './budget.ts';
import { figures } from './killing.ts';

let folder: string;
let lab: RunningLab;
let listeners: ((run: RunRow) => void)[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-faults-'));
  listeners = [];
  lab = createLab({
    stateDir: path.join(folder, 'state'),
    startQueued: false,
    emit: (event, payload) => {
      if (event === 'run.progressed') listeners.forEach((listener) => listener(payload as RunRow));
    },
  });
});
afterEach(async () => {
  await lab.close();
  spawnSync('umount', [path.join(folder, 'disk')]);
  fs.rmSync(folder, { recursive: true, force: true });
});
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
  return reply.value as T;
};
const small = { classes: 3, pairs: 8, checkpoints: 3, runs: 1 };
const atWork = ['queued', 'preparing', 'training', 'scoring'];
/** Does it, and resolves when the run that it starts is at rest. */
async function atRest(start: () => Promise<RunRow>): Promise<RunRow> {
  let runId = 0;
  const ended = new Promise<RunRow>((resolve) => listeners.push((run) => run.id === runId && !atWork.includes(run.state) && resolve(run))); // prettier-ignore
  ({ id: runId } = await start());
  return ended;
}

/** A small disk of the test's own; null, and said loudly, where this machine does not let us. */
function smallDisk(test: TestContext, megabytes = 4): string | null {
  const at = path.join(folder, 'disk');
  fs.mkdirSync(at);
  const mounted = process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', at]).status === 0; // prettier-ignore
  if (mounted) return at;
  console.warn('SKIPPED: no small disk can be mounted here (it takes Linux and root), so a full one is not tried.'); // prettier-ignore
  test.skip('no small disk can be mounted here: it takes Linux and root');
  return null;
}
/** Fills a disk but for some bytes; what is returned makes room again. */
function fill(at: string, butFor = 0): () => void {
  const filler = path.join(at, 'filler');
  const fd = fs.openSync(filler, 'w');
  try {
    for (;;) fs.writeSync(fd, Buffer.alloc(4_096));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
  fs.ftruncateSync(fd, fs.fstatSync(fd).size - butFor);
  fs.closeSync(fd);
  return () => fs.rmSync(filler);
}
const isFull = /The disk is full\. What was stored before is safe/;

/** A project on the disk with a text and a suite, and the configuration of a run. */
async function readyToTrain(at: string, training: Partial<TrainingConfig>) {
  await call('project.create', { path: path.join(at, 'project') });
  const corpus = await call<CorpusInfo>('corpora.add', { path: writeTinyCorpus(folder, 1_500) });
  const suite = await call<SuiteInfo>('suites.add', { path: writeTinySuite(folder, 60) });
  return { suite, config: tinyConfig(corpus.id, [suite.id], training) };
}

describe('a disk that is full', () => {
  it('loses nothing that was acknowledged, and goes on when there is room', async (test) => {
    const at = smallDisk(test);
    if (at === null) return;
    makeProject(path.join(at, 'project'), small).close();
    await call('project.open', { path: path.join(at, 'project') });
    const makeRoom = fill(at);
    let acknowledged = 0;
    const judge = () => call('judgements.set', { classId: 1 + (acknowledged % 3), verdict: 'unsure', reason: `reason ${acknowledged} `.repeat(50), annotator: 'ann' }); // prettier-ignore
    const refused = async () => {
      for (; acknowledged < 10_000; acknowledged++) await judge();
    };
    await expect(refused()).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(isFull) as string }); // prettier-ignore
    await expect(call('export.all', { path: path.join(at, 'all.zip') })).rejects.toThrow(/disk is full|cannot be written/); // prettier-ignore
    await expect(call('project.pack', { path: path.join(at, 'packed.zip') })).rejects.toThrow(/disk is full|cannot be written/); // prettier-ignore
    await expect(call('suites.addStarter')).rejects.toThrow(isFull);
    expect(fs.readdirSync(at).sort()).toEqual(['filler', 'project']);

    makeRoom();
    await judge();
    acknowledged++;
    const history = await call<AnnotationEvent[]>('annotations.history', { limit: 10_000 });
    expect(history).toHaveLength(acknowledged);
    await call('project.close');
    await call('project.open', { path: path.join(at, 'project') });
    expect(await call<AnnotationEvent[]>('annotations.history', { limit: 10_000 })).toEqual(history); // prettier-ignore
    expect(await call<object[]>('suites.list')).toHaveLength(1);
    tried(test, `${acknowledged} judgements, exports and imports until it was full`);
  });

  it('stops a training run with the reason; with room it goes on to the figures of one that had room', async (test) => {
    const at = smallDisk(test, 5);
    if (at === null) return;
    const training = { totalSteps: 60, checkpoints: 'every:5', keepOptimizer: 'all' } as const;
    const { config } = await readyToTrain(at, training);
    const makeRoom = fill(at, 700_000);
    const stopped = await atRest(() => call('runs.start', { config }));
    expect(stopped).toMatchObject({ state: 'failed', error: expect.stringMatching(isFull) as string }); // prettier-ignore
    expect(stopped.step).toBeGreaterThan(0);
    makeRoom();
    expect(await atRest(() => call('runs.resume', { runId: stopped.id }))).toMatchObject({ state: 'finished', step: 60, error: null }); // prettier-ignore
    await call('project.close');
    const interrupted = figures(path.join(at, 'project'));
    await readyToTrain(folder, training);
    await atRest(() => call('runs.start', { config }));
    await call('project.close');
    expect(interrupted).toEqual(figures(path.join(folder, 'project')));
    tried(test, `full at step ${stopped.step} of 60`);
  });

  it('stops scoring with the reason; with room the rest is scored', async (test) => {
    const at = smallDisk(test, 6);
    if (at === null) return;
    const { suite, config } = await readyToTrain(at, { totalSteps: 30, checkpoints: 'every:5' });
    const { id: runId } = await atRest(() => call('runs.start', { config }));
    const makeRoom = fill(at, 60_000);
    const score = () => call<RunRow>('scores.start', { runId, suiteId: suite.id, profile: profiles['lm-eval'], pairsPerClass: null }); // prettier-ignore
    const stopped = await atRest(score);
    expect(stopped).toMatchObject({ state: 'failed', error: expect.stringMatching(isFull) as string }); // prettier-ignore
    makeRoom();
    expect((await atRest(score)).state).toBe('finished');
    await call('project.close');
    const found = figures(path.join(at, 'project'));
    expect(found.scores).toHaveLength(2 * 7 * 120);
    expect(found.unfinished).toEqual([]);
    tried(test, 'full in the midst of 840 pairs');
  });

  it('of which nothing at all is left stops a run, and the lab lives on', async (test) => {
    const at = smallDisk(test);
    if (at === null) return;
    const { config } = await readyToTrain(at, { totalSteps: 1_500, checkpoints: 'every:1500' });
    const begun = new Promise<RunRow>((resolve) => listeners.push((run) => run.step > 10 && resolve(run))); // prettier-ignore
    const ended = atRest(() => call('runs.start', { config }));
    const { id: runId } = await begun;
    const makeRoom = fill(at);
    expect(await ended).toMatchObject({ state: 'failed', error: expect.stringMatching(isFull) as string }); // prettier-ignore
    makeRoom();
    // Stored as soon as there is room, whether or not anyone asks.
    await expect.poll(() => call<RunRow[]>('runs.list').then(([run]) => run?.state), { timeout: 30_000 }).toBe('failed'); // prettier-ignore
    expect((await atRest(() => call('runs.resume', { runId }))).state).toBe('finished');
    tried(test, 'filled while a run trained');
  });
});

describe('a folder that may not be written', () => {
  it('is opened to read, and says why', (test) => {
    const at = path.join(folder, 'project');
    makeProject(at, small).close();
    const isRoot = process.getuid?.() === 0;
    const source = new URL('../../src/main/lab/store/project.ts', import.meta.url);
    fs.chmodSync(folder, 0o755);
    for (const name of fs.readdirSync(at)) fs.chmodSync(path.join(at, name), name === 'checkpoints' ? 0o555 : 0o444); // prettier-ignore
    fs.chmodSync(at, 0o555);
    // Root writes anywhere, so that the one who opens it is somebody else.
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', `
      const { openProject } = await import(${JSON.stringify(source.href)});
      const project = openProject(${JSON.stringify(at)});
      console.log(JSON.stringify([project.readOnlyReason, project.db.prepare('SELECT count(*) AS n FROM pairs').get()]));
      project.close();
    `], { encoding: 'utf8', env: { NODE_NO_WARNINGS: '1' }, ...(isRoot ? { uid: 65_534 } : {}) }); // prettier-ignore
    fs.chmodSync(at, 0o755);
    if (isRoot && /EACCES|Cannot find/.test(stderr)) {
      console.warn('SKIPPED: this repository cannot be read by another user, so a folder without the right to write is not tried.'); // prettier-ignore
      return test.skip('this repository cannot be read by another user');
    }
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/folder cannot be written.*Copy it/), { n: 24 }]); // prettier-ignore
  });
});

describe('a project that another process holds', () => {
  it('is opened to read, says so, and takes no writes', async (test) => {
    const at = path.join(folder, 'project');
    makeProject(at, small).close();
    const holder = openProject(at);
    expect(await call('project.open', { path: at })).toMatchObject({ readOnly: true, readOnlyReason: expect.stringMatching(/Another Gardenpath/) as string }); // prettier-ignore
    expect(await call<object[]>('suites.list')).toHaveLength(1);
    const writes: [string, object][] = [
      ['judgements.set', { classId: 1, verdict: 'unsure', annotator: 'ann' }],
      ['suites.addStarter', {}],
      ['runs.delete', { runId: 1, what: 'run' }],
      ['annotations.undo', {}],
    ];
    for (const [name, params] of writes)
      await expect(call(name, params), name).rejects.toMatchObject({ code: 'read-only' });
    holder.close();
    expect(await call('project.open', { path: at })).toMatchObject({ readOnly: false });
    tried(test, `${writes.length} kinds of writes`);
  });
});

describe('memory that is too small', () => {
  it('refuses a run before it starts, with an estimate and what would take less', async (test) => {
    const { config } = await readyToTrain(folder, {});
    const model = { ...config.model, layers: 96, hiddenSize: 16_384, ffnSize: 65_536, wordEmbedSize: 16_384, heads: 128, maxPositions: 2_048 }; // prettier-ignore
    const huge = { ...config, model, training: config.training && { ...config.training, batchWindows: 512, windowTokens: 2_048 } }; // prettier-ignore
    const refusal = { code: 'bad-config', message: expect.stringMatching(/would take about \d+ GB of memory, and this computer has \d+(\.\d)? GB\. Smaller batches/) as string }; // prettier-ignore
    await expect(call('runs.start', { config: huge })).rejects.toMatchObject(refusal);
    await expect(call('runs.estimate', { config: huge })).rejects.toMatchObject(refusal);
    expect(await call('runs.list')).toEqual([]);
    // The largest preset takes some gigabytes: as many as it says, and no more.
    const babylm = presets.find(({ name }) => name === 'babylm-2023');
    if (!babylm) throw new Error('no preset babylm-2023');
    const asked = (bytes: number) => () =>
      requireMemory(babylm.model, babylm.training, 'CPU', bytes);
    expect(asked(4e9)).toThrow(/take about \d+(\.\d)? GB of memory, and this computer has 4\.0 GB/);
    expect(asked(1e12)).not.toThrow();
    tried(test, 'a model of 300 billion parameters; BabyLM’s on 4 GB');
  });
});
