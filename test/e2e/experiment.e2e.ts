// An experiment by keyboard, carried through: from the choice of a class to the result of its runs.
import { expect } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentDetail, ExperimentRow } from '../../src/shared/experiment.ts';
import { tinyPairs, writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { root } from './electron.ts';
import { takePictures } from './look.ts';

/** A project with one short run on a text in which many a verb is wrong, as the suite's bad sentences are. */
function trainBaseRun(folder: string, within: string): void {
  const corpus = writeTinyCorpus(within, 1_000);
  const wrong = tinyPairs(8).map(({ bad }) => `${bad}\n`.repeat(20));
  writeFileSync(join(corpus, 'wrong.train'), wrong.join(''));
  const settings = ['vocabSize=320', 'layers=1', 'hiddenSize=16', 'heads=2', 'ffnSize=32', 'wordEmbedSize=16', 'windowTokens=16', 'batchWindows=4']; // prettier-ignore
  const options = ['--corpus', corpus, '--suite', writeTinySuite(within), '--steps', '12', '--checkpoints', 'every:4']; // prettier-ignore
  execFileSync(process.execPath, [join(root, 'src/main/lab/cli.ts'), 'train', folder, ...options, '--set', ...settings], { stdio: 'pipe' }); // prettier-ignore
}

test('an experiment is planned, edited, trained and compared', async ({ start }, info) => {
  test.setTimeout(400_000);
  const folder = info.outputPath('Experiment');
  trainBaseRun(folder, info.outputPath());
  const gardenpath = await start([folder]);
  const { page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();

  // ---- planned by keyboard: a class, no controls, one seed
  await page.keyboard.press('Control+7');
  await page.getByRole('radio', { name: 'experiments' }).press('Space');
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'New experiment' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Without wrong verbs');
  await dialog.getByRole('checkbox', { name: 'agreement_near' }).press('Space');
  await dialog.getByRole('checkbox', { name: 'with controls' }).press('Space');
  await dialog.getByRole('textbox', { name: 'seeds' }).fill('1');
  await expect(dialog.getByRole('status')).toContainText('2 runs will be queued');
  await dialog.getByRole('textbox', { name: 'seeds' }).press('Enter');
  await expect(dialog).toBeHidden();

  // ---- its page shows how far it is, and at last what it found
  const list = page.getByRole('grid', { name: 'Experiments' });
  await expect(list.getByRole('row', { name: /Without wrong verbs/ })).toBeVisible();
  await list.focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const result = page.getByRole('region', { name: 'Experiment' });
  await expect(result).toContainText('agreement_near');
  const row = async (): Promise<ExperimentRow | undefined> =>
    (await value<ExperimentRow[]>(page, 'experiments.list'))[0];
  await expect.poll(async () => (await row())?.state, { timeout: 300_000 }).toBe('finished');
  const { bigrams, conditions, contrasts } = await value<ExperimentDetail>(page, 'experiments.get', { id: 1 }); // prettier-ignore
  expect(bigrams.length).toBeGreaterThan(0);
  expect(conditions.map(({ condition }) => condition)).toEqual(['drop']);
  expect(conditions[0]?.removedLines).toBeGreaterThan(0);
  expect(conditions[0]?.carryingAfter).toBe(0);
  expect(contrasts).toHaveLength(1);
  await expect(result).toContainText(contrasts[0]?.sentence ?? 'no such sentence');
  await expect(result.getByRole('row', { name: /^agreement_near/ })).toContainText('edited');
  await expect(result.getByRole('row', { name: /^agreement_far/ })).not.toContainText('edited');
  await takePictures(gardenpath, 'experiment-result');
});
