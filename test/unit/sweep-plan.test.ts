// What a plan unfolds to, and what a run's key is made of.
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SweepPlan, sweepPlanSchema } from '../../src/shared/sweeps.ts';
import { openSweepLab, tinyPlan, type SweepLab } from '../fixtures/sweep.ts';

let lab: SweepLab;
beforeAll(async () => {
  lab = await openSweepLab();
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(lab.folder, { recursive: true, force: true });
});

const keys = async (plan: SweepPlan): Promise<string[]> =>
  (await lab.call('sweeps.preview', { plan })).runList.map(({ key }) => key);

describe('runs of a plan', () => {
  it('are all combinations, each once', async () => {
    const plan = tinyPlan({ name: 'a', axes: { seed: [1, 2, 3], warmupSteps: [5, 10], learningRate: [1e-3] } }); // prettier-ignore
    const { runList, toDo, axes } = await lab.call('sweeps.preview', { plan });
    expect(runList).toHaveLength(6);
    expect(toDo).toBe(6);
    expect(new Set(runList.map(({ key }) => key)).size).toBe(6);
    expect(new Set(runList.map(({ values }) => JSON.stringify(values))).size).toBe(6);
    expect(axes.at(-1)).toEqual({ name: 'learningRate', values: [1e-3] }); // one value tells runs apart the least
    expect(runList.every(({ state, checkpoints }) => state === 'new' && checkpoints === 3)).toBe(true); // prettier-ignore
    expect(await keys({ ...plan, axes: { ...plan.axes, seed: [1, 1, 2, 3] } })).toHaveLength(6);
  });

  it('have the same key wherever the value comes from, and another for whatever determines the model', async () => {
    const base = tinyPlan({ name: 'a', axes: { seed: [7] } });
    const [key] = await keys(base);
    expect(await keys(tinyPlan({ name: 'other name', set: { seed: 7 } }))).toEqual([key]);
    expect(await keys({ ...base, suites: [], profile: 'minicons', keepWeights: 'all' })).toEqual([key]); // prettier-ignore
    for (const set of [
      { totalSteps: 21 },
      { layers: 2 },
      { schedule: 'constant' as const },
      { checkpoints: 'log' as const },
    ])
      // prettier-ignore
      expect(await keys(tinyPlan({ name: 'a', axes: { seed: [7] }, set }))).not.toEqual([key]);
  });

  it('keep embeddings as wide as the model where the preset does', async () => {
    const [narrow] = (await lab.call('sweeps.preview', { plan: tinyPlan({ name: 'a', axes: { hiddenSize: [16] } }) })).runList; // prettier-ignore
    const [wide] = (await lab.call('sweeps.preview', { plan: tinyPlan({ name: 'a', axes: { hiddenSize: [32] } }) })).runList; // prettier-ignore
    expect(wide?.parameters).toBeGreaterThan(1.9 * (narrow?.parameters ?? Infinity));
  });
});

describe('what a plan may not say', () => {
  it.each([
    [{ corpus: 'nowhere' }, /corpus “nowhere”.*It has: tiny-corpus/],
    [{ suites: ['BLiMP'] }, /suite “BLiMP”.*It has: tiny-suite/],
    [{ preset: 'huge' }, /no preset “huge”.*nano/],
    [{ profile: 'none' }, /no profile “none”.*gardenpath/],
    [{ axes: { heads: [3] } }, /not a multiple of 3 heads/],
    [{ axes: { seed: Array.from({ length: 500 }, (_, i) => i), warmupSteps: Array.from({ length: 30 }, (_, i) => i) } }, /15,000 runs/], // prettier-ignore
  ])('%j', async (part, message) => {
    await expect(keys(tinyPlan({ name: 'a', ...part }))).rejects.toThrow(message);
  });

  it('an axis or a setting that there is not', () => {
    expect(() => SweepPlan.parse({ name: 'a', axes: { seeds: [1] } })).toThrow(/seeds/);
    expect(() => SweepPlan.parse({ name: 'a', set: { warmup: 1 } })).toThrow(/warmup/);
    expect(() => SweepPlan.parse({ name: 'a', axes: { seed: ['one'] } })).toThrow(/seed/);
    expect(() => SweepPlan.parse({ name: 'a', resources: { time: 'soon' } })).toThrow(/2-00:00:00/);
  });
});

it('the schema for editors is the one in docs', () => {
  const file = new URL('../../docs/sweep-plan.schema.json', import.meta.url);
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(sweepPlanSchema());
});
