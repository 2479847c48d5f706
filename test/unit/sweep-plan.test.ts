// What a plan unfolds to, and what a run's key is made of.
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planText, readPlan } from '../../src/main/lab/sweep/plan-text.ts';
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

describe('a plan’s text', () => {
  it.each([
    ['name: a\n\n# a note\nset:\n  warmup: 3\n', 5, 'set.warmup', /Did you mean warmupSteps/],
    ['name: a\naxes: { seed: [1, 2], corpus: [] }', 2, 'axes.corpus', /1/],
    ['name: a\naxes:\n  seed:\n    - 1\n    - two', 5, 'axes.seed, value 2', /number/],
    ['{"name": "a",\n "resources": {\n  "time": "soon" }}', 3, 'resources.time', /2-00:00:00/],
    ['name: preset\ncorpus:\npreset: 3', 3, 'preset', /string/],
    ['preset: nano', null, 'name', /missing/],
    ['name: a\nname: b', 2, 'the plan', /no YAML.*duplicated/],
    ['- 1', null, 'the plan', /object/],
  ])('%j is wrong in a line and a field', (text, line, field, message) => {
    const { plan, problems } = readPlan(text);
    expect(plan).toBeNull();
    expect(problems).toContainEqual({ line, field, message: expect.stringMatching(message) as string }); // prettier-ignore
  });

  it('is written as it was read, without what is left to the defaults', () => {
    const plan = tinyPlan({ name: 'a: b', axes: { seed: [1, 2], corpus: ['x y'] }, resources: { warnSeconds: 60, before: ['module load x'], options: [] } }); // prettier-ignore
    expect(readPlan(planText(plan)).plan).toEqual(plan);
    expect(planText(plan)).not.toMatch(/keepWeights|options|profile/);
  });

  it('is checked against the project, with the line of what the project does not have', async () => {
    const text = planText(tinyPlan({ name: 'a', axes: { seed: [1, 2] } }));
    const { preview, problems } = await lab.call('sweeps.check', { text });
    expect(problems).toEqual([]);
    expect(preview).toMatchObject({ toDo: 2, runList: [{ state: 'new' }, { state: 'new' }] });
    const lacking = text.replace('tiny-suite', 'BLiMP');
    const line = 1 + lacking.split('\n').findIndex((one) => one.includes('BLiMP'));
    expect(await lab.call('sweeps.check', { text: lacking })).toMatchObject({ plan: null, problems: [{ line, field: 'suites, value 1', message: expect.stringMatching(/has: tiny-suite/) as string }] }); // prettier-ignore
    const paths = `name: a\ncorpus: ${lab.folder}/tiny-corpus`; // there, but the window names no paths
    expect(await lab.call('sweeps.check', { text: paths })).toMatchObject({ plan: null, problems: [{ line: 2, field: 'corpus' }] }); // prettier-ignore
  });

  it('is kept without being started, and goes on from there; what runs where it is kept is what was agreed to', async () => {
    const text = planText(tinyPlan({ name: 'kept', axes: { seed: [1, 2, 3] } }));
    const kept = await lab.call('sweeps.save', { text });
    expect(kept).toMatchObject({ name: 'kept', place: 'local', state: 'stopped', runs: 3, runsFinished: 0 }); // prettier-ignore
    expect(await lab.call('sweeps.planText', { id: kept.id })).toBe(text);
    const elsewhere = `${text}resources: { ssh: { host: there, folder: /x, gardenpath: gardenpath } }\n`; // prettier-ignore
    expect(await lab.call('sweeps.save', { text: elsewhere })).toMatchObject({ id: kept.id, place: 'local' }); // prettier-ignore
    expect(await lab.call('sweeps.gather', { id: kept.id })).toMatchObject({
      added: 0,
      unfinished: 3,
    }); // nobody was asked
    await expect(lab.call('sweeps.save', { text: 'name: kept\nseed: 1' })).rejects.toThrow(/line 2, seed/); // prettier-ignore
    await lab.call('sweeps.delete', { id: kept.id });
  });

  it('begins with an example of what the project has', async () => {
    const { plan } = readPlan(await lab.call('sweeps.planText', {}));
    expect(plan).toMatchObject({ axes: { corpus: ['tiny-corpus'] }, suites: ['tiny-suite'] });
  });
});

it('a command that goes by way of npm is refused, since npm keeps from a run the signal to save itself', () => {
  const planWith = (command: string) => `name: a\ncorpus: embedded\nresources: { ssh: { host: there, folder: /x, gardenpath: ${command} } }\n`; // prettier-ignore
  const { plan, problems } = readPlan(planWith('npm --prefix /g run -s gardenpath --'));
  expect(plan).toBeNull();
  expect(problems).toEqual([{ line: 3, field: 'resources.ssh.gardenpath', message: expect.stringMatching(/^npm keeps .*cli\.ts/) as string }]); // prettier-ignore
  expect(readPlan(planWith('/g/npm/node /g/cli.ts')).problems).toEqual([]);
});

it('the schema for editors is the one in docs', () => {
  const file = new URL('../../docs/sweep-plan.schema.json', import.meta.url);
  expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toEqual(sweepPlanSchema());
});
