// Training goes on bit for bit, whatever stopped it, in flat memory, and stops before it goes wrong.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ModelConfig, TrainingConfig } from '../../src/shared/domain.ts';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { Trainer, WindowData, type TokenFiles } from '../../src/main/lab/training/index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'gardenpath-resume-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const model: ModelConfig = { vocabSize: 300, layers: 2, hiddenSize: 32, heads: 4, ffnSize: 64, maxPositions: 16, dropout: 0.1, preLayerNorm: true, wordEmbedSize: 32 }; // prettier-ignore
const training: TrainingConfig = {
  totalSteps: 400,
  batchWindows: 4,
  windowTokens: 12,
  learningRate: 1e-3,
  warmupSteps: 4,
  schedule: 'linear',
  weightDecay: 0.1,
  weightDecayOn: 'everything',
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipNorm: 1,
  precision: 'fp32',
  seed: 3,
  checkpoints: 'log',
  lineEnd: 'eos',
  keepOptimizer: 'last-two',
};
/** 25 windows of 12 tokens, so that six and a quarter batches are an epoch. */
const tokens = Uint16Array.from({ length: 310 }, (_, i) => 2 + ((i * 7919 + ((i * i) % 31)) % 298));
const files: TokenFiles = { trainPath: join(scratch, 'train'), heldOutPath: join(scratch, 'train'), dtype: 'uint16', trainTokens: 310, heldOutTokens: 310 }; // prettier-ignore
writeFileSync(files.trainPath, tokens);
const data = () =>
  new WindowData(files, training.windowTokens, training.seed, (ids) => ids.length / 2);

/** Every file of a checkpoint, by name. */
const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')])); // prettier-ignore
const steps = (trainer: Trainer, count: number) => Array.from({ length: count }, () => trainer.trainStep()); // prettier-ignore

describe('resuming', () => {
  it('2N steps equal N, save, resume and N more, bit for bit, over an epoch and with dropout', () => {
    const through = Trainer.create(model, training, data());
    const wholeReports = steps(through, 20);
    through.save(join(scratch, 'whole'), undefined);
    const first = Trainer.create(model, training, data());
    const halfReports = steps(first, 10);
    first.save(join(scratch, 'half'), undefined);
    first.dispose();
    const second = Trainer.resume(join(scratch, 'half'), data());
    halfReports.push(...steps(second, 10));
    second.save(join(scratch, 'halves'), undefined);
    expect(halfReports).toEqual(wholeReports);
    expect(contents(join(scratch, 'halves'))).toEqual(contents(join(scratch, 'whole')));
    expect(second.heldOutNatsPerToken()).toBe(through.heldOutNatsPerToken());
    for (const trainer of [through, second]) trainer.dispose();
  });

  it('saving, scoring and held-out evaluation leave training as it was', () => {
    const plain = Trainer.create(model, training, data());
    const watched = Trainer.create(model, training, data());
    const expected = steps(plain, 6);
    const seen = expected.map((_, n) => {
      watched.heldOutNatsPerToken();
      watched.save(join(scratch, `step-${n}`), undefined);
      return watched.trainStep();
    });
    expect(seen).toEqual(expected);
    for (const trainer of [plain, watched]) trainer.dispose();
  });

  it('keeps the optimiser of the last two checkpoints and says so of others', () => {
    const trainer = Trainer.create(model, training, data());
    const parent = join(scratch, 'pruned');
    for (const step of [0, 9, 10]) trainer.save(join(parent, `step-${step}`), undefined);
    trainer.dispose();
    const kept = [0, 9, 10].map((step) =>
      existsSync(join(parent, `step-${step}`, 'optimizer.safetensors')),
    );
    expect(kept).toEqual([false, true, true]);
    expect(() => Trainer.resume(join(parent, 'step-0'), data())).toThrow(
      /step-0 has no optimiser state/,
    );
  });

  it('a save cut short leaves the earlier checkpoints, and its remains are removed by the next', () => {
    const parent = join(scratch, 'cut');
    const trainer = Trainer.create(model, training, data());
    trainer.save(join(parent, 'step-0'), undefined);
    mkdirSync(join(parent, 'step-1.unfinished'));
    writeFileSync(join(parent, 'step-1.unfinished', 'model.safetensors'), 'half');
    trainer.trainStep();
    trainer.save(join(parent, 'step-1'), undefined);
    trainer.save(join(parent, 'step-1'), undefined); // again, in its own place
    expect(readdirSync(parent).sort()).toEqual(['step-0', 'step-1']);
    trainer.dispose();
  });

  it('survives being killed at any moment of saving', async () => {
    const parent = join(scratch, 'killed');
    mkdirSync(parent);
    for (const afterMs of [5, 40, 80]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'save-for-ever.ts'), parent, JSON.stringify({ model, training, files })]); // prettier-ignore
      await new Promise((begun) => child.stdout.once('data', begun));
      await new Promise((passed) => setTimeout(passed, afterMs));
      child.kill('SIGKILL');
      await new Promise((gone) => child.once('close', gone));
      const names = readdirSync(parent).filter((name) => /^step-\d+$/.test(name));
      const last = `step-${Math.max(...names.map((name) => Number(name.slice(5))))}`;
      const trainer = Trainer.resume(join(parent, last), data());
      expect(trainer.step).toBe(Number(last.slice(5)));
      expect(Number.isFinite(trainer.trainStep().lossNats)).toBe(true);
      trainer.dispose();
    }
  });
});

describe('memory', () => {
  it('holds as many tensors after 200 steps as after two', () => {
    const { tf, binding } = loadEngine();
    const trainer = Trainer.create(model, training, data());
    const cycle = () => {
      trainer.trainStep();
      trainer.heldOutNatsPerToken();
    };
    const count = () => [binding.getNumOfTensors(), tf.memory().numTensors, tf.memory().numBytes];
    for (let n = 0; n < 2; n++) cycle();
    const before = count();
    for (let n = 0; n < 198; n++) cycle();
    expect(count()).toEqual(before);
    trainer.dispose();
  });

  it('gives back all that it took', () => {
    const { binding } = loadEngine();
    const before = binding.getNumOfTensors();
    const trainer = Trainer.create(model, training, data());
    trainer.trainStep();
    trainer.dispose();
    expect(binding.getNumOfTensors()).toBe(before);
    expect(binding.getNumOfSavedModels()).toBe(0);
  });
});

describe('divergence', () => {
  it('stops with what to try, and the model as it was', () => {
    const wild = { ...training, learningRate: 1, warmupSteps: 0, schedule: 'constant', clipNorm: 0, weightDecay: 0 } as const; // prettier-ignore
    const trainer = Trainer.create({ ...model, dropout: 0 }, { ...wild, beta1: 0, beta2: 0, epsilon: 1e-30 }, data()); // prettier-ignore
    let message = '';
    let before = NaN;
    for (let n = 0; n < 300 && !message; n++) {
      before = trainer.heldOutNatsPerToken() ?? NaN;
      try {
        trainer.trainStep();
      } catch (error) {
        message = String(error);
      }
    }
    expect(message).toMatch(/diverged at step \d+.*Try a learning rate below 1/s);
    expect(trainer.heldOutNatsPerToken()).toBe(before);
    trainer.dispose();
  });
});

describe('dropout', () => {
  it('differs from step to step, and is the same under the same seed', () => {
    // Seen through the loss: with p > 0 the same batch and parameters give another loss each step.
    const still = { ...training, learningRate: 1e-30, weightDecay: 0 };
    const once = { windowTokens: 12, batch: () => ({ ids: Int32Array.from(tokens.subarray(0, 48)), words: 0 }), heldOut: () => [] }; // prettier-ignore
    const losses = (p: number, seed: number) => {
      const trainer = Trainer.create({ ...model, dropout: p }, { ...still, seed }, once);
      const seen = steps(trainer, 40).map(({ lossNats }) => lossNats);
      trainer.dispose();
      return seen;
    };
    expect(new Set(losses(0, 3)).size).toBe(1);
    const dropped = losses(0.4, 3);
    expect(new Set(dropped).size).toBe(40);
    expect(losses(0.4, 3)).toEqual(dropped);
  });
});
