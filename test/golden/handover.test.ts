// A run handed over trains in `transformers` and `accelerate` as it does here: the same batches, schedule and updates.
// GARDENPATH_PYTHON names a Python with torch, transformers and accelerate; without it the training is skipped.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { presets, WindowData, windowOrder } from '../../src/main/lab/training/index.ts';
import { caller, sleep, type SweepLab } from '../fixtures/sweep.ts';
import { writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';
import { profiles, type RunConfig } from '../../src/shared/domain.ts';

const python = process.env['GARDENPATH_PYTHON'];
if (!python) console.warn('SKIPPED: no GARDENPATH_PYTHON, so no run was trained by accelerate.');

/** Nats that two trainings in float32 may differ by over the steps of this test. */
const tolerance = 1e-4;
const steps = 40;

describe('a run handed over', { timeout: 600_000 }, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-handover-'));
  const out = path.join(folder, 'handover');
  let lab: RunningLab;
  let call: SweepLab['call'];
  let runId: number;
  beforeAll(async () => {
    lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: true, emit: () => undefined }); // prettier-ignore
    call = caller(lab);
    await call('project.create', { path: path.join(folder, 'project') });
    const { id: corpusId } = await call('corpora.add', { path: writeTinyCorpus(folder, 400) });
    const nano = presets.find(({ name }) => name === 'nano')!;
    const config: RunConfig = {
      preset: 'nano',
      corpusId,
      tokenizerId: null,
      model: { ...nano.model, vocabSize: 320, layers: 2, hiddenSize: 32, heads: 2, ffnSize: 64, wordEmbedSize: 32 }, // prettier-ignore
      training: { ...nano.training, totalSteps: steps, batchWindows: 8, windowTokens: 16, warmupSteps: 10, checkpoints: 'every:20' }, // prettier-ignore
      scoring: { suiteIds: [], profile: profiles['gardenpath']!, pairsPerClass: null },
    };
    ({ id: runId } = await call('runs.start', { name: 'to be handed over', config }));
    for (;;) {
      const { state, error } = await call('runs.get', { runId });
      if (state === 'finished') break;
      expect(state, error ?? '').not.toBe('failed');
      await sleep(300);
    }
    await call('handover.write', { runId, to: 'accelerate', path: out });
  }, 300_000);
  afterAll(async () => {
    await lab.close();
    fs.rmSync(folder, { recursive: true });
  });

  it('has all that training needs, and refuses a folder in use', async () => {
    const run = JSON.parse(fs.readFileSync(path.join(out, 'run.json'), 'utf8')) as Record<string, unknown>; // prettier-ignore
    expect(run).toMatchObject({
      checkpointSteps: [0, 20, 40],
      firstWeights: true,
      dtype: 'uint16',
    });
    await expect(call('handover.write', { runId, to: 'accelerate', path: out })).rejects.toThrow(/is not empty/); // prettier-ignore
    await expect(call('handover.write', { runId, to: 'accelerate', path: path.join(out, 'run.json') })).rejects.toThrow(/cannot be written/); // prettier-ignore
  });

  it('has the order in which our batches read the text', () => {
    const [windowTokens, rows, seed] = [16, 8, 1];
    const trainPath = path.join(out, 'train.bin');
    const tokens = new Uint16Array(new Uint8Array(fs.readFileSync(trainPath)).buffer);
    const files = { trainPath, heldOutPath: trainPath, dtype: 'uint16' as const, trainTokens: tokens.length, heldOutTokens: 0 }; // prettier-ignore
    const data = new WindowData(files, windowTokens, seed, () => 0);
    const order = new Uint32Array(new Uint8Array(fs.readFileSync(path.join(out, 'order.bin'))).buffer); // prettier-ignore
    expect(order).toHaveLength(steps * rows);
    for (let step = 0; step < steps; step++) {
      const windows = [...order.subarray(step * rows, (step + 1) * rows)];
      const read = windows.flatMap((w) => [...tokens.subarray(w * windowTokens, (w + 1) * windowTokens)]); // prettier-ignore
      expect([...data.batch(step, rows).ids]).toEqual(read);
    }
    data.close();
    // More than one epoch, the last one cut.
    expect([...windowOrder(5, 3, 12)].map((epoch) => epoch.length)).toEqual([5, 5, 2]);
  });

  describe.skipIf(!python)('trained by accelerate', () => {
    const train = (processes: number, ...args: string[]): void => {
      const done = spawnSync(python!, ['-m', 'accelerate.commands.launch', '--cpu', '--num_processes', String(processes), '--num_machines', '1', '--mixed_precision', 'no', '--dynamo_backend', 'no', 'train.py', ...args], { cwd: out, encoding: 'utf8', env: { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' } }); // prettier-ignore
      expect(done.status, done.stderr).toBe(0);
    };

    it('has our losses, step by step, also after a stop', async () => {
      train(1, '--until', '25', '--rows-at-once', '3'); // pieces of 3, 3 and 2 windows
      train(1);
      const theirs = fs.readFileSync(path.join(out, 'checkpoints/losses.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { step: number; lossNats: number; learningRate: number; gradientNorm: number }); // prettier-ignore
      const ours = await call('runs.metrics', { runId });
      expect(theirs.map(({ step }) => step)).toEqual(ours.map(({ step }) => step));
      const differences = ours.map(({ lossNats }, i) => Math.abs(lossNats - theirs[i]!.lossNats));
      expect(Math.max(...differences)).toBeLessThan(tolerance);
      ours.forEach(({ learningRate, gradientNorm }, i) => {
        expect(theirs[i]!.learningRate).toBeCloseTo(learningRate, 9);
        expect(theirs[i]!.gradientNorm).toBeCloseTo(gradientNorm, 3);
      });
      expect(ours[0]!.lossNats - ours.at(-1)!.lossNats).toBeGreaterThan(0.5); // it learnt something
    });

    it('has them with the batch shared by two processes too', async () => {
      train(2, '--out', 'two', '--until', '15');
      const theirs = fs.readFileSync(path.join(out, 'two/losses.jsonl'), 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { lossNats: number }).lossNats); // prettier-ignore
      expect(theirs).toHaveLength(15);
      const ours = await call('runs.metrics', { runId });
      theirs.forEach((lossNats, i) => expect(Math.abs(lossNats - ours[i]!.lossNats)).toBeLessThan(tolerance)); // prettier-ignore
    });

    it('comes back as a run whose scores are ours', async () => {
      const { id: suiteId } = await call('suites.add', { path: writeTinySuite(folder, 8) });
      const profile = profiles['gardenpath']!;
      const scored = async (id: number): Promise<void> => {
        while ((await call('runs.get', { runId: id })).state !== 'finished') await sleep(300);
      };
      const back = await call('runs.import', { paths: [path.join(out, 'checkpoints')], suiteId, profile, pairsPerClass: null, name: 'back' }); // prettier-ignore
      await scored(back.id);
      await call('scores.start', { runId, suiteId, profile, pairsPerClass: null });
      await scored(runId);
      const [theirs, ours] = [await call('classes.list', { runId: back.id }), await call('classes.list', { runId })]; // prettier-ignore
      expect(theirs.selected.step).toBe(steps);
      ours.classes.forEach(({ meanDelta }, i) => expect(theirs.classes[i]!.meanDelta).toBeCloseTo(meanDelta, 3)); // prettier-ignore
    });
  });
});
