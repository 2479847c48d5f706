// Jobs that count n-grams, in real threads: progress, cancelling, counting again, what is stored.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inspectCorpus } from '../../src/main/lab/corpus/index.ts';
import { NgramJobs } from '../../src/main/lab/jobs/ngrams.ts';
import { listClasses } from '../../src/main/lab/store/classes.ts';
import { addCorpus } from '../../src/main/lab/store/library.ts';
import { findNgramModel, findNgramScoring, ngramClassNats, ngramPairTokens } from '../../src/main/lab/store/ngrams.ts'; // prettier-ignore
import type { Project } from '../../src/main/lab/store/project.ts';
import { profiles, type Profile } from '../../src/shared/domain.ts';
import type { NgramRow } from '../../src/shared/ngram.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { writeTinyCorpus } from '../fixtures/tiny.ts';

let folder: string;
let project: Project;
let jobs: NgramJobs;
let told: NgramRow[];
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-ngram-jobs-'));
  project = makeProject(path.join(folder, 'project'), { classes: 2, pairs: 4, checkpoints: 2, runs: 1 }); // prettier-ignore
  told = [];
  jobs = new NgramJobs({ project, cacheDir: path.join(folder, 'cache'), emit: (event, payload) => void (event === 'ngrams.progressed' && told.push(payload as NgramRow)) }); // prettier-ignore
});
afterEach(async () => {
  await jobs.close();
  project.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const profile = profiles['gardenpath'] as Profile;
async function request(tokenizerId: number | null = null, order = 2) {
  const corpus = addCorpus(project.db, await inspectCorpus(writeTinyCorpus(folder, 300)));
  return { source: { corpusId: corpus.id, tokenizerId, lineEnd: 'eos' as const }, order, suiteId: 1, profile }; // prettier-ignore
}

it('count, score every pair at every order, and are not done twice', async () => {
  const asked = await request(1, 3);
  const { key, state } = jobs.start(asked);
  expect(state).toBe('queued');
  expect(jobs.start(asked).key).toBe(key); // joins the one that waits
  await jobs.finished(key);
  expect(told.at(-1)).toMatchObject({ key, state: 'ready', unit: 'tokens', order: 3, scored: [{ suiteId: 1, profile: 'gardenpath' }] }); // prettier-ignore
  // How long a stage still takes is told from its own pace: nothing before it has one, nothing to do at its end.
  const left = (stage: string): unknown => told.find((row) => row.stage === stage)?.remainingMs;
  expect([left('counting, 0 %'), left('counting, 33 %'), left('counting, 100 %'), told.at(-1)?.remainingMs]).toEqual([null, expect.any(Number), 0, null]); // prettier-ignore
  const model = findNgramModel(project.db, key);
  expect(model?.distinct).toHaveLength(3);
  const scoring = findNgramScoring(project.db, model?.id ?? 0, 1, 1) as number;
  for (const { classId, firstPairRowId } of listClasses(project.db, 1))
    for (const order of [1, 2, 3]) {
      const sums = ngramClassNats(project.db, scoring, order, 3).get(classId);
      const tokens = ngramPairTokens(project.db, scoring, firstPairRowId + 1, order);
      const good = tokens?.nats.slice(0, sums?.goodTokens[1]).reduce((sum, n) => sum + n, 0);
      expect(good).toBeCloseTo(sums?.good[1] ?? NaN, 3);
      expect(Math.max(...(tokens?.matched ?? []))).toBeLessThanOrEqual(order);
    }
  told = [];
  expect(jobs.start(asked)).toMatchObject({ state: 'ready' });
  expect(told).toEqual([]);
  // A higher order is counted anew; what was scored before goes with the old counts.
  await jobs.finished(jobs.start({ ...asked, order: 4 }).key);
  expect(jobs.list()).toMatchObject([{ key, order: 4, state: 'ready', scored: [{ suiteId: 1 }] }]);
});

it('leave nothing behind when they are cancelled, and begin again', async () => {
  const asked = await request();
  const { key } = jobs.start(asked);
  expect(jobs.cancel(key)).toMatchObject({ state: 'cancelled' });
  await expect(jobs.finished(key)).rejects.toMatchObject({ code: 'cancelled' });
  const again = jobs.start(asked);
  await new Promise((resolve) => setTimeout(resolve, 50)); // its thread is there
  expect(jobs.cancel(again.key)).toMatchObject({ state: 'cancelled' });
  await expect(jobs.finished(key)).rejects.toMatchObject({ code: 'cancelled' });
  const ngrams = path.join(project.folder, 'ngrams');
  expect(fs.existsSync(ngrams) ? fs.readdirSync(ngrams).filter((name) => name.endsWith('.partial')) : []).toEqual([]); // prettier-ignore
  jobs.start(asked);
  await jobs.finished(key);
  expect(jobs.list()).toMatchObject([{ unit: 'words', state: 'ready' }]);
});

it('say why they failed', async () => {
  const asked = await request();
  fs.rmSync(path.join(folder, 'tiny-corpus'), { recursive: true });
  const { key } = jobs.start(asked);
  await expect(jobs.finished(key)).rejects.toThrow(/tiny/);
  expect(jobs.list().find((row) => row.key === key)).toMatchObject({ state: 'failed', error: expect.stringMatching(/tiny/) as string }); // prettier-ignore
});
