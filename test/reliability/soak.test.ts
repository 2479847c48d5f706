// Minutes of training, scoring and looking, over and over: the lab's memory, threads with it, stays flat. As long as
// GARDENPATH_SOAK_MINUTES says; in full only.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createLab } from '../../src/main/lab/index.ts';
import { profiles, type CorpusInfo, type RunRow, type SuiteInfo } from '../../src/shared/domain.ts';
import { tinyConfig, writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';
import { isFull, seed, tried } from './budget.ts';
import { seededUint32 } from '../../src/main/lab/analysis/random.ts';

const minutes = Number(process.env['GARDENPATH_SOAK_MINUTES'] ?? 60);

it('the lab’s memory stays flat over training, scoring and looking', async (context) => {
  if (!isFull) return context.skip('takes minutes: npm run reliability -- soak');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-soak-'));
  let atRest: ((run: RunRow) => void) | null = null;
  const lab = createLab({
    stateDir: path.join(folder, 'state'),
    startQueued: false,
    emit: (event, payload) => {
      const run = payload as RunRow;
      if (event === 'run.progressed' && !['queued', 'preparing', 'training', 'scoring'].includes(run.state)) atRest?.(run); // prettier-ignore
    },
  });
  const call = async <T>(name: string, params: object = {}): Promise<T> => {
    const reply = await lab.call(name, params);
    if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
    return reply.value as T;
  };
  const ended = async (name: string, params: object): Promise<RunRow> => {
    const rest = new Promise<RunRow>((resolve) => (atRest = resolve));
    await call(name, params);
    return rest;
  };
  try {
    await call('project.create', { path: path.join(folder, 'project') });
    const corpus = await call<CorpusInfo>('corpora.add', { path: writeTinyCorpus(folder, 1_500) });
    const suite = await call<SuiteInfo>('suites.add', { path: writeTinySuite(folder, 100) });
    const config = tinyConfig(corpus.id, [suite.id], { totalSteps: 200, checkpoints: 'every:50' });
    const megabytes: number[] = [];
    const next = seededUint32(seed);
    const counts = { runs: 0, scorings: 0, looks: 0 };
    const until = Date.now() + minutes * 60_000;
    while (Date.now() < until) {
      const done = ended('runs.start', { config: { ...config, training: { ...config.training, seed: next() } } }); // prettier-ignore
      let working = true;
      void done.finally(() => (working = false));
      for (; working; counts.looks++) {
        const views: [string, object][] = [['runs.list', {}], ['suites.list', {}], ['search.sentences', { text: 'dog' }], ['annotations.history', {}]]; // prettier-ignore
        if (counts.runs > 0) views.push(['classes.list', {}], ['classes.trajectories', {}], ['pairs.page', { classId: 1 + (next() % 2) }], ['entrenchment.get', {}], ['separation.get', {}], ['pairs.get', { pairRowId: 1 + (next() % 200) }]); // prettier-ignore
        const [name, params] = views[next() % views.length] ?? ['runs.list', {}];
        await lab.call(name, params); // a run that has no scores yet is a reason, too
        if (counts.looks % 50 === 0) await call('judgements.set', { classId: 1, verdict: 'unsure', reason: String(counts.looks), annotator: 'ann' }); // prettier-ignore
        await sleep(20);
      }
      const run = await done;
      expect(run).toMatchObject({ state: 'finished', error: null });
      counts.runs++;
      await ended('scores.start', { runId: run.id, suiteId: suite.id, profile: profiles['lm-eval'], pairsPerClass: null }); // prettier-ignore
      counts.scorings++;
      await call('runs.delete', { runId: run.id, what: counts.runs > 1 ? 'run' : 'weights' });
      megabytes.push(process.memoryUsage.rss() / 1e6);
    }
    // Caches fill and the heap finds its size in the first third.
    const settled = megabytes.slice(Math.floor(megabytes.length / 3));
    const mean = (of: number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;
    const half = Math.ceil(settled.length / 2);
    const [early, late] = [mean(settled.slice(0, half)), mean(settled.slice(half))];
    tried(context, `${minutes} minutes: ${counts.runs} runs, ${counts.scorings} scorings, ${counts.looks.toLocaleString('en')} views; ${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`); // prettier-ignore
    expect(late).toBeLessThan(1.1 * early);
  } finally {
    await lab.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
