// The queue on real, tiny training runs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inspectCorpus } from '../../src/main/lab/corpus/index.ts';
import { estimate } from '../../src/main/lab/jobs/estimate.ts';
import { JobQueue } from '../../src/main/lab/jobs/queue.ts';
import { missingScores } from '../../src/main/lab/jobs/targets.ts';
import { TrainerThread } from '../../src/main/lab/jobs/trainer/thread.ts';
import { listCheckpoints } from '../../src/main/lab/store/checkpoints.ts';
import { addCorpus, addSuite, profileId } from '../../src/main/lab/store/library.ts';
import { checkpointFolder, createProject, openProject, type Project } from '../../src/main/lab/store/project.ts'; // prettier-ignore
import { addRun, getRun, getRunConfig, listMetrics, setRunConfig } from '../../src/main/lab/store/runs.ts'; // prettier-ignore
import { addTarget, listScored, listScorings } from '../../src/main/lab/store/scores.ts';
import {
  trainingOf,
  type RunRow,
  type RunState,
  type TrainingConfig,
} from '../../src/shared/domain.ts';
import type { Emit } from '../../src/shared/events.ts';
import { tinyConfig, tinyPairs, writeTinyCorpus } from '../fixtures/tiny.ts';

let folder: string;
let project: Project;
let queue: JobQueue;
const thread = new TrainerThread(); // TensorFlow takes a second to load: once for all tests
let suiteId: number;
let corpusId: number;
let listeners: ((run: RunRow) => void)[];

const emit: Emit = (event, payload) => {
  if (event === 'run.progressed') listeners.forEach((listener) => listener(payload as RunRow));
};
const openQueue = (): void => {
  queue = new JobQueue({ project, thread, cacheDir: path.join(folder, 'cache'), emit });
};
/** Resolves when a run is seen that fits. */
const seen = (fits: (run: RunRow) => boolean): Promise<RunRow> =>
  new Promise((resolve) => listeners.push((run) => fits(run) && resolve(run)));
const atRest = (runId: number): Promise<RunRow> =>
  seen((run) => run.id === runId && !['queued', 'preparing', 'training', 'scoring'].includes(run.state)); // prettier-ignore

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-jobs-'));
  listeners = [];
  project = createProject(path.join(folder, 'project'));
  openQueue();
  corpusId = addCorpus(project.db, await inspectCorpus(writeTinyCorpus(folder, 400))).id;
  const one = (uid: string, offset: number) => ({ uid, field: 'f', phenomenon: 'p', human: null, pairs: tinyPairs(10, offset) }); // prettier-ignore
  suiteId = addSuite(project.db, { name: 'tiny', source: '', licence: '', contentHash: 'tiny', classes: [one('near', 0), one('far', 1)] }).id; // prettier-ignore
});
afterEach(async () => {
  await queue.close();
  project.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

afterAll(() => thread.end());

async function addTinyRun(
  training: Partial<TrainingConfig> = {},
  pairsPerClass: number | null = null,
) {
  const config = tinyConfig(corpusId, [suiteId], training);
  const { id } = addRun(project.db, {
    name: '',
    config,
    engine: await thread.engine(),
    parameters: 0,
  });
  addTarget(project.db, id, { suiteId, profileId: profileId(project.db, config.scoring.profile), pairsPerClass, steps: null }); // prettier-ignore
  return id;
}
async function finish(runId: number): Promise<RunRow> {
  const ended = atRest(runId);
  queue.enqueue(runId);
  return ended;
}
const weights = (runId: number, step: number): Buffer =>
  fs.readFileSync(path.join(checkpointFolder(project, runId, step), 'model.safetensors'));
const steps = (runId: number): number[] => listCheckpoints(project.db, runId).map((c) => c.step);
const scoredPairs = (runId: number): number[] =>
  listScored(project.db, runId).flatMap(({ profileId: profile }) =>
    listScorings(project.db, runId, suiteId, profile).map(
      ({ id }) => project.db.prepare('SELECT count(*) FROM scores WHERE scoring_id = ?').pluck().get(id) as number, // prettier-ignore
    ),
  );

describe('a run', () => {
  it('trains, saves and scores every checkpoint, and learns', async () => {
    const runId = await addTinyRun({ totalSteps: 60, checkpoints: 'every:20' });
    const run = await finish(runId);
    expect(run).toMatchObject({ state: 'finished', error: null, step: 60, tokensSeen: 60 * 64, checkpoints: 4 }); // prettier-ignore
    expect(steps(runId)).toEqual([0, 20, 40, 60]);
    expect(scoredPairs(runId)).toEqual([20, 20, 20, 20]);
    const checkpoints = listCheckpoints(project.db, runId);
    expect(checkpoints.map((c) => c.hasOptimizer)).toEqual([false, false, true, true]);
    const losses = checkpoints.map((c) => c.heldOutNatsPerToken ?? NaN);
    expect(losses[0]).toBeCloseTo(Math.log(getRunConfig(project.db, runId).model.vocabSize), 0);
    expect(losses[3]).toBeLessThan((losses[0] ?? 0) - 1);
    const metrics = listMetrics(project.db, runId, 1_000);
    expect(metrics.map((m) => m.step)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(metrics.every((m, i) => m.wordsSeen >= (metrics[i - 1]?.wordsSeen ?? 0))).toBe(true);
    expect(listMetrics(project.db, runId, 10)).toHaveLength(10);
  });

  it('that is started while the machine’s speed is measured waits for that', async () => {
    const runId = await addTinyRun({ totalSteps: 3 });
    const measuring = estimate({ db: project.db, thread }, getRunConfig(project.db, runId));
    await vi.waitUntil(() => thread.busy);
    expect(await finish(runId)).toMatchObject({ state: 'finished', error: null });
    expect(await measuring).toMatchObject({ isMeasured: true });
  });

  it('is reckoned, and says so, where another shape is at work; more steps and pairs cost more', async () => {
    const config = { ...tinyConfig(corpusId, [suiteId], { totalSteps: 3 }) };
    const wider = { ...config, model: { ...config.model, ffnSize: 48 } };
    const runId = await addTinyRun({ totalSteps: 2_000, checkpoints: 'every:1000' });
    const training = seen((run) => run.id === runId && run.state === 'training' && run.step > 0);
    queue.enqueue(runId);
    await training;
    expect(await estimate({ db: project.db, thread }, wider)).toMatchObject({ isMeasured: false });
    await queue.stop(runId, 'cancel');
    const of = (steps: number, pairsPerClass: number | null) =>
      estimate({ db: project.db, thread }, { ...wider, training: { ...trainingOf(wider), totalSteps: steps, checkpoints: `every:${steps}` }, scoring: { ...wider.scoring, pairsPerClass } }); // prettier-ignore
    const [small, long, fewer] = [await of(100, null), await of(1_000, null), await of(100, 2)];
    expect(small).toMatchObject({ isMeasured: true, checkpoints: 2 });
    expect(long.trainMs).toBeGreaterThan(small.trainMs);
    expect(fewer.diskBytes).toBeLessThan(small.diskBytes);
  });

  it('that is paused and resumed anywhere ends as one that was not, bit for bit', async () => {
    const straight = await addTinyRun({ totalSteps: 1_200, checkpoints: 'every:600' });
    await finish(straight);
    const broken = await addTinyRun({ totalSteps: 1_200, checkpoints: 'every:600' });
    const between = seen(
      (run) => run.id === broken && run.state === 'training' && run.step % 600 > 0,
    );
    queue.enqueue(broken);
    await between;
    const paused = await queue.stop(broken, 'pause');
    expect(paused.state).toBe('paused');
    await queue.close();
    project.close();
    project = openProject(path.join(folder, 'project'));
    openQueue();
    const run = await finish(broken);
    expect(run).toMatchObject({ state: 'finished', step: 1_200 });
    expect(weights(broken, 1_200).equals(weights(straight, 1_200))).toBe(true);
    const pairs = (runId: number) => project.db.prepare('SELECT s.pair_id, s.good_nats, s.bad_nats, s.token_nats FROM scores s JOIN scorings g ON g.id = s.scoring_id JOIN checkpoints k ON k.id = g.checkpoint_id WHERE k.run_id = ? ORDER BY k.step, s.pair_id').all(runId); // prettier-ignore
    expect(pairs(broken)).toEqual(pairs(straight));
    const losses = (runId: number) => listMetrics(project.db, runId, 10_000).map((m) => m.lossNats);
    expect(losses(broken)).toEqual(losses(straight));
    expect(fs.readdirSync(path.dirname(checkpointFolder(project, broken, 0))).some((name) => name.startsWith('paused'))).toBe(false); // prettier-ignore
  });

  it('can be extended, scored with more pairs, and scored under another profile', async () => {
    const runId = await addTinyRun({ totalSteps: 10 }, 4);
    await finish(runId);
    expect(scoredPairs(runId)).toEqual([8, 8]);
    const config = getRunConfig(project.db, runId);
    setRunConfig(project.db, runId, {
      ...config,
      training: { ...trainingOf(config), totalSteps: 20 },
    });
    expect(await finish(runId)).toMatchObject({ state: 'finished', step: 20 });
    expect(scoredPairs(runId)).toEqual([8, 8, 8]);

    const profile = profileId(project.db, config.scoring.profile);
    const before = project.db.prepare('SELECT * FROM scores ORDER BY scoring_id, pair_id').all();
    addTarget(project.db, runId, { suiteId, profileId: profile, pairsPerClass: 7, steps: [20] });
    expect(missingScores(project.db, runId).map((w) => w.checkpoint.step)).toEqual([0, 10, 20]);
    const ended = atRest(runId);
    queue.enqueue(runId, 'scores');
    expect(await ended).toMatchObject({ state: 'finished' });
    expect(scoredPairs(runId)).toEqual([14, 14, 14]);
    // The larger sample holds the smaller one, whose scores stay.
    const after = project.db.prepare('SELECT * FROM scores ORDER BY scoring_id, pair_id').all();
    expect(after).toEqual(expect.arrayContaining(before));
  });

  it('that is cancelled keeps its checkpoints and can go on', async () => {
    const runId = await addTinyRun({ totalSteps: 5_000, checkpoints: 'every:20' });
    const begun = seen((run) => run.checkpoints > 2);
    queue.enqueue(runId);
    await begun;
    expect((await queue.stop(runId, 'cancel')).state).toBe('cancelled');
    expect(steps(runId).length).toBeGreaterThan(2);
    const config = getRunConfig(project.db, runId);
    const last = steps(runId).at(-1) ?? 0;
    setRunConfig(project.db, runId, { ...config, training: { ...trainingOf(config), totalSteps: last + 20 } }); // prettier-ignore
    expect(await finish(runId)).toMatchObject({ state: 'finished', step: last + 20 });
  });

  it('that diverges fails with advice and stores nothing bad', async () => {
    const runId = await addTinyRun({ learningRate: 1, clipNorm: 0, epsilon: 1e-30, warmupSteps: 0, beta2: 0, totalSteps: 400, checkpoints: 'every:400' }); // prettier-ignore
    const run = await finish(runId);
    expect(run).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/diverged/) as string,
    });
    expect(steps(runId)).toEqual([0]);
  });
});

describe('the queue', () => {
  it('works one run at a time, in order, and keeps those that wait over a restart', async () => {
    const [first, second] = [await addTinyRun({ totalSteps: 20 }), await addTinyRun({ totalSteps: 10 })]; // prettier-ignore
    const atWorkTogether: RunState[][] = [];
    listeners.push(() => atWorkTogether.push([first, second].map((id) => getRun(project.db, id).state).filter((s) => s === 'training' || s === 'scoring'))); // prettier-ignore
    const ended = atRest(second);
    queue.enqueue(first);
    queue.enqueue(second);
    expect(getRun(project.db, second).state).toBe('queued');
    await ended;
    expect(Math.max(...atWorkTogether.map((states) => states.length))).toBe(1);
    expect(getRun(project.db, first).state).toBe('finished');

    const third = await addTinyRun({ totalSteps: 10 });
    await queue.close();
    openQueue();
    expect(getRun(project.db, third).state).toBe('queued');
    const done = atRest(third);
    queue.startAll();
    expect((await done).state).toBe('finished');
  });

  it('closes in the middle of a run, keeping it', async () => {
    const runId = await addTinyRun({ totalSteps: 5_000, checkpoints: 'every:1000' });
    const begun = seen((run) => run.step > 20);
    queue.enqueue(runId);
    await begun;
    await queue.close();
    const { state, step } = getRun(project.db, runId);
    expect(state).toBe('interrupted');
    expect(fs.readdirSync(path.join(project.folder, 'checkpoints', String(runId)))).toContain(`paused-${step}`); // prettier-ignore
  });

  it('marks a run interrupted when the trainer thread dies, and can go on', async () => {
    const runId = await addTinyRun({ totalSteps: 200, checkpoints: 'every:20' });
    const begun = seen((run) => run.checkpoints > 1);
    const ended = atRest(runId);
    queue.enqueue(runId);
    await begun;
    await thread.end();
    expect(await ended).toMatchObject({ state: 'interrupted', error: expect.stringMatching(/Resume/) as string }); // prettier-ignore
    expect(await finish(runId)).toMatchObject({ state: 'finished', step: 200, error: null });
  });
});

describe('what a dead process left', () => {
  it('is put in order: half-made folders go, lost files are noted, runs at work are interrupted', async () => {
    const runId = await addTinyRun({ totalSteps: 20 });
    await finish(runId);
    await queue.close();
    const runFolder = path.dirname(checkpointFolder(project, runId, 0));
    fs.mkdirSync(path.join(runFolder, 'step-30.unfinished'));
    fs.mkdirSync(path.join(runFolder, 'step-30'));
    fs.mkdirSync(path.join(project.folder, 'checkpoints', '99'));
    fs.rmSync(path.join(runFolder, 'step-10'), { recursive: true });
    project.db.prepare("UPDATE runs SET state = 'scoring'").run();
    openQueue();
    expect(fs.readdirSync(runFolder).sort()).toEqual(['step-0', 'step-20']);
    expect(fs.readdirSync(path.join(project.folder, 'checkpoints'))).toEqual([String(runId)]);
    expect(listCheckpoints(project.db, runId).map((c) => c.hasWeights)).toEqual([
      true,
      false,
      true,
    ]);
    expect(getRun(project.db, runId).state).toBe('interrupted');
  });
});
