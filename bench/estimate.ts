// What a run is said to take before it starts, against what it takes: their ratio, part by part.
//
//   npm run bench -- estimate [--blimp BLiMP.zip]
//
// Target: a factor of 1.5, either way.
import fs from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createLab } from '../src/main/lab/index.ts';
import { profiles, type Profile, type RunConfig, type RunRow } from '../src/shared/domain.ts';
import type { TrainingConfig } from '../src/shared/domain.ts';
import { caller } from '../test/fixtures/sweep.ts';
import { tinyConfig, writeTinyCorpus, writeTinySuite } from '../test/fixtures/tiny.ts';

const { values: asked } = parseArgs({ options: { blimp: { type: 'string' } } });
const folder = fs.mkdtempSync(path.join(tmpdir(), 'gardenpath-estimate-'));
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

let heard: (run: RunRow) => void = () => {};
const lab = createLab({
  stateDir: path.join(folder, 'state'),
  startQueued: false,
  emit: (event, payload) => {
    if (event === 'run.progressed') heard(payload as RunRow);
  },
});
const call = caller(lab);

/** Runs it, and how long each part took, ms. */
async function taken(config: RunConfig): Promise<Map<string, number>> {
  const parts = new Map<string, number>();
  let [since, part] = [performance.now(), 'preparing'];
  const ended = new Promise<RunRow>((resolve) => {
    heard = (run) => {
      const now = performance.now();
      parts.set(part, (parts.get(part) ?? 0) + now - since);
      since = now;
      if (run.state === 'training' || run.state === 'scoring') part = run.state;
      if (['finished', 'failed', 'interrupted'].includes(run.state)) resolve(run);
    };
  });
  await call('runs.start', { name: '', config });
  const run = await ended;
  if (run.state !== 'finished') throw new Error(run.error ?? run.state);
  return parts;
}

async function compare(name: string, config: RunConfig): Promise<void> {
  const said = await call('runs.estimate', { config });
  const took = await taken(config);
  const rows = [
    ['preparing', said.prepareMs, took.get('preparing') ?? 0],
    ['training', said.trainMs, took.get('training') ?? 0],
    ['scoring', said.scoreMs, took.get('scoring') ?? 0],
  ] as const;
  const total = (i: 1 | 2): number => rows.reduce((sum, row) => sum + row[i], 0);
  const parts = rows.map(
    ([part, saidMs, tookMs]) => `${part} ${seconds(saidMs)}/${seconds(tookMs)}`,
  );
  console.log(`${name.padEnd(34)} said ${seconds(total(1)).padStart(6)} s  took ${seconds(total(2)).padStart(6)} s  ratio ${(total(1) / total(2)).toFixed(2)}  (${parts.join(', ')})`); // prettier-ignore
}

try {
  await call('project.create', { path: path.join(folder, 'project') });
  const tinyCorpus = await call('corpora.add', { path: writeTinyCorpus(folder) });
  const tinySuite = await call('suites.add', { path: writeTinySuite(folder, 100) });
  const corpus = await call('corpora.addEmbedded', {});
  const starter = await call('suites.addStarter', {});
  const blimp = asked.blimp ? await call('suites.add', { path: asked.blimp }) : null;
  const presets = await call('presets.list', {});
  const configOf = (
    name: string,
    suiteId: number,
    training: Partial<TrainingConfig>,
    pairsPerClass: number | null,
  ): RunConfig => {
    // prettier-ignore
    const preset = presets.find((one) => one.name === name);
    if (!preset) throw new Error(`no preset ${name}`);
    return { preset: name, corpusId: corpus.id, tokenizerId: null, model: preset.model, training: { ...preset.training, ...training }, scoring: { suiteIds: [suiteId], profile: profiles['gardenpath'] as Profile, pairsPerClass } }; // prettier-ignore
  };
  console.log(
    `load ${loadavg()
      .map((n) => n.toFixed(1))
      .join(' ')}`,
  );
  await compare('tiny, 400 steps', tinyConfig(tinyCorpus.id, [tinySuite.id], { totalSteps: 400, checkpoints: 'every:100' })); // prettier-ignore
  await compare('nano (the demo), 800 steps', configOf('nano', starter.id, {}, null));
  if (blimp) {
    await compare('nano, 100 steps, BLiMP 50 a class', configOf('nano', blimp.id, { totalSteps: 100 }, 50)); // prettier-ignore
    await compare('mini bf16, 20 steps, BLiMP 50', configOf('mini', blimp.id, { totalSteps: 20, warmupSteps: 5, precision: 'bf16' }, 50)); // prettier-ignore
  } else console.log('BLiMP is left out: --blimp BLiMP.zip');
  console.log(
    `load ${loadavg()
      .map((n) => n.toFixed(1))
      .join(' ')}`,
  );
} finally {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
}
