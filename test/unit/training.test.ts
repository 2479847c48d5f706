// Windows, order, schedules, grids and presets.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ModelConfig, TrainingConfig } from '../../src/shared/domain.ts';
import { contextTokens } from '../../src/main/lab/tokenizer/index.ts';
import { babyLmWords, checkpointSteps, isCheckpoint, learningRateAfter, presets, WindowData, type TokenFiles } from '../../src/main/lab/training/index.ts'; // prettier-ignore

const scratch = mkdtempSync(join(tmpdir(), 'gardenpath-data-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function filesOf(
  name: string,
  train: number[],
  heldOut: number[],
  dtype: 'uint16' | 'uint32',
): TokenFiles {
  // prettier-ignore
  const paths = { trainPath: join(scratch, `${name}.train`), heldOutPath: join(scratch, `${name}.held-out`) }; // prettier-ignore
  const write = (path: string, ids: number[]) =>
    writeFileSync(path, dtype === 'uint16' ? Uint16Array.from(ids) : Uint32Array.from(ids));
  write(paths.trainPath, train);
  write(paths.heldOutPath, heldOut);
  return { ...paths, dtype, trainTokens: train.length, heldOutTokens: heldOut.length };
}
const upTo = (n: number, from = 0) => Array.from({ length: n }, (_, i) => i + from);

describe('windows', () => {
  const files = filesOf('small', upTo(107), upTo(33, 1_000), 'uint16'); // 10 windows of 10, 7 tokens over
  const none = () => 0;
  const firsts = (data: WindowData, step: number, rows: number) => {
    const { ids } = data.batch(step, rows);
    return upTo(rows).map((row) => ids[row * 10]!);
  };

  it('are consecutive tokens, each once an epoch, in another order each epoch', () => {
    const data = new WindowData(files, 10, 1, none);
    const { ids } = data.batch(0, 10);
    for (const row of upTo(10)) expect([...ids.subarray(row * 10, row * 10 + 10)]).toEqual(upTo(10, ids[row * 10])); // prettier-ignore
    const epochs = upTo(20).map((epoch) => firsts(data, epoch, 10));
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual(upTo(10).map((n) => n * 10)); // prettier-ignore
    expect(new Set(epochs.map(String)).size).toBe(20);
    data.close();
  });

  it('come in an order of the seed alone, whatever was read before, across epochs', () => {
    const [whole, jumping] = [1, 1].map((seed) => new WindowData(files, 10, seed, none));
    const inOrder = upTo(9).map((step) => firsts(whole!, step, 4));
    for (const step of [8, 0, 5, 2, 2, 7]) expect(firsts(jumping!, step, 4)).toEqual(inOrder[step]);
    expect(inOrder.flat()).toEqual(upTo(3).flatMap((epoch) => firsts(whole!, epoch, 10)).concat(inOrder.flat().slice(30))); // prettier-ignore
    const other = new WindowData(files, 10, 2, none);
    expect(upTo(9).map((step) => firsts(other, step, 4))).not.toEqual(inOrder);
    for (const data of [whole!, jumping!, other]) data.close();
  });

  it('spread first places evenly: no window is favoured', () => {
    const data = new WindowData(files, 10, 7, none);
    const counts = new Array<number>(10).fill(0);
    for (const epoch of upTo(2_000)) counts[firsts(data, epoch * 10, 1)[0]! / 10]!++;
    // Chi square with 9 degrees of freedom: 27.9 is its 99.9th percentile.
    expect(counts.reduce((sum, n) => sum + (n - 200) ** 2 / 200, 0)).toBeLessThan(27.9);
    data.close();
  });

  it('tell the counter of words what stands before them', () => {
    const contexts: number[] = [];
    const data = new WindowData(files, 10, 1, (ids, from) => {
      contexts.push(from);
      expect(ids).toHaveLength(from + 10);
      for (let i = 1; i < ids.length; i++) expect(ids[i]! - ids[i - 1]!).toBe(1);
      return from === 0 ? 100 : 1;
    });
    expect(data.batch(0, 10).words).toBe(100 + 9);
    expect(contexts.filter((from) => from === 0)).toHaveLength(1);
    expect(new Set(contexts)).toEqual(new Set([0, contextTokens]));
    data.close();
  });

  it('read 32-bit ids, and held-out text as it stands, evenly spread where there is much', () => {
    const long = filesOf('long', upTo(100, 70_000), upTo(3_000, 80_000), 'uint32');
    const data = new WindowData(long, 10, 1, none);
    expect(Math.min(...data.batch(0, 10).ids)).toBe(70_000);
    const held = [...data.heldOut(100)].flatMap((ids) => [...ids]);
    expect(held).toHaveLength(2_560);
    expect(held.slice(0, 10)).toEqual(upTo(10, 80_000));
    expect(held.at(-1)).toBeGreaterThan(82_900);
    expect([...new WindowData(files, 10, 1, none).heldOut(2)].map((ids) => ids.length)).toEqual([
      20, 10,
    ]);
    data.close();
  });

  it('refuse a corpus shorter than one, and a file that became shorter', () => {
    expect(() => new WindowData(files, 108, 1, none)).toThrow(
      /107 tokens, fewer than one window of 108/,
    );
    const data = new WindowData({ ...files, trainTokens: 200 }, 10, 1, none);
    expect(() => data.batch(0, 20)).toThrow(/shorter than when it was made/);
    data.close();
  });
});

describe('the learning rate', () => {
  const config = { learningRate: 0.5, warmupSteps: 4, totalSteps: 14 };
  const rates = (schedule: 'linear' | 'constant') =>
    [0, 1, 3, 4, 9, 14, 20].map((step) => learningRateAfter(step, { ...config, schedule }));
  it('warms up, then falls to 0 or stays', () => {
    expect(rates('linear')).toEqual([0, 0.125, 0.375, 0.5, 0.25, 0, 0]);
    expect(rates('constant')).toEqual([0, 0.125, 0.375, 0.5, 0.5, 0.5, 0.5]);
    expect(learningRateAfter(0, { ...config, warmupSteps: 0, schedule: 'linear' })).toBe(0.5);
  });
});

describe('checkpoint grids', () => {
  it('log: step 0 and each distinct round(1.5^k) up to and with the last step', () => {
    expect(checkpointSteps('log', 100, 1)).toEqual([0, 1, 2, 3, 5, 8, 11, 17, 26, 38, 58, 86, 100]);
    expect(checkpointSteps('log', 86, 1).at(-1)).toBe(86);
  });
  it('every:N, with 0 and the last step', () => {
    expect(checkpointSteps('every:40', 100, 1)).toEqual([0, 40, 80, 100]);
    expect(checkpointSteps('every:400', 100, 1)).toEqual([0, 100]);
  });
  it('words: 28 marks from 1M to 1000M', () => {
    expect(babyLmWords).toHaveLength(28);
    expect([0, 9, 10, 18, 19, 27].map((n) => babyLmWords[n]! / 1e6)).toEqual([1, 10, 20, 100, 200, 1_000]); // prettier-ignore
    expect(checkpointSteps('words', 10, 450_000)).toEqual([0, 3, 5, 7, 9, 10]);
  });
  it.each(['log', 'every:7', 'every:100', 'words'])(
    '%s is the same counted along the way',
    (grid) => {
      const wordsPerStep = 300_000;
      const along = upTo(101).filter(
        (step) =>
      isCheckpoint(grid, 100, { step, wordsBefore: (step - 1) * wordsPerStep, wordsSeen: step * wordsPerStep }), // prettier-ignore
      );
      expect(along).toEqual(checkpointSteps(grid, 100, wordsPerStep));
    },
  );
});

describe('presets', () => {
  it('are valid, distinct, and say what they are', () => {
    for (const { model, training, note } of presets) {
      ModelConfig.parse(model);
      TrainingConfig.parse(training);
      expect(training.windowTokens).toBeLessThanOrEqual(model.maxPositions);
      expect(training.warmupSteps).toBeLessThan(training.totalSteps);
      expect(note.includes('vocab.json')).toBe(model.vocabSize > 30_000);
    }
    const byName = Object.fromEntries(presets.map((preset) => [preset.name, preset]));
    expect(Object.keys(byName)).toEqual(['nano', 'mini', 'babylm-2023', 'aann']);
    for (const name of ['babylm-2023', 'aann'])
      expect(byName[name]!.title).toMatch(/reconstruction/);
    expect(byName['babylm-2023']!.note).toMatch(/125\.2 M/);
    expect(byName['aann']!.note).toMatch(/97\.8 M/);
  });
});
