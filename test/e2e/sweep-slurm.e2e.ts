// A sweep handed from the window to a real Slurm: its jobs are started by the program that the window runs in.
import { expect } from '@playwright/test';
import type { SweepDetail, SweepRow } from '../../src/shared/sweeps.ts';
import { inspectCorpus } from '../../src/main/lab/corpus/index.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { writeTinyCorpus } from '../fixtures/tiny.ts';
import { beginCluster, endCluster, type Cluster } from '../slurm/begin-cluster.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';

let cluster: Cluster;
test.beforeAll(async () => {
  test.setTimeout(300_000);
  cluster = await beginCluster({ port: 20_100 });
});
test.afterAll(() => endCluster(cluster));

test('a sweep is handed to Slurm, followed and gathered in the window', async ({ start }, info) => {
  test.skip(cluster.why !== null, cluster.why ?? '');
  test.setTimeout(300_000);
  const folder = info.outputPath('Plan');
  const corpus = await inspectCorpus(writeTinyCorpus(info.outputPath(), 600));
  makeProject(folder, { classes: 2, pairs: 5, checkpoints: 2, runs: 1, corpus }).close();
  const { app, page } = await start([folder]);
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+8');
  await expect(page.getByRole('heading', { name: 'No sweep yet' })).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'Plan' })).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(`name: tiny
corpus: tiny-corpus
suites: [made-up suite]
set: { vocabSize: 320, layers: 1, hiddenSize: 16, heads: 2, ffnSize: 32, windowTokens: 16, batchWindows: 4, warmupSteps: 5, totalSteps: 20, checkpoints: every:10 }
axes:
  seed: [1, 2]
resources: { cpus: 1, memory: 900M }
`);
  await expect(page.getByRole('region', { name: 'What it would do' })).toContainText(/2 runs.*to do/, { timeout: 60_000 }); // prettier-ignore
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false }); // yes
  });
  await page.keyboard.press('Control+Shift+Enter');
  await expect(page.getByRole('grid', { name: 'Runs of the sweep' }).getByRole('gridcell')).toHaveCount(2); // prettier-ignore
  const [{ id } = { id: 0 }] = await value<SweepRow[]>(page, 'sweeps.list');
  const runs = async () => (await value<SweepDetail>(page, 'sweeps.get', { id })).runList.map(({ values, state, runId, failure }) => ({ seed: values["seed"], state, gathered: runId !== null, failure })); // prettier-ignore
  const ended = async (): Promise<boolean> => (await runs()).every(({ state }) => ['finished', 'failed', 'cancelled'].includes(state)); // prettier-ignore
  await expect.poll(ended, { timeout: 240_000 }).toBe(true);
  expect(await runs()).toMatchObject([1, 2].map((seed) => ({ seed, state: 'finished', failure: null }))); // prettier-ignore

  if (!(await runs()).every(({ gathered }) => gathered)) await page.getByRole('button', { name: 'Gather' }).click(); // prettier-ignore
  await expect.poll(async () => (await runs()).map(({ gathered }) => gathered), { timeout: 60_000 }).toEqual([true, true]); // prettier-ignore
  // They are runs of the project like any other, at once.
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('grid', { name: 'Runs' }).getByText(/^tiny: seed [12]/)).toHaveCount(2); // prettier-ignore
});
