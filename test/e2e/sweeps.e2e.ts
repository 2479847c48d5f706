// Sweeps by keyboard: the list, the grid of runs, why one failed, and what the gathered runs show together.
import { expect } from '@playwright/test';
import type { SweepFindings } from '../../src/shared/sweep-findings.ts';
import type { SweepDetail } from '../../src/shared/sweeps.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { makeSweep } from '../fixtures/make-sweep.ts';
import { test } from './app.ts';
import { violations } from './axe.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

test('a sweep’s runs and findings', async ({ start }, info) => {
  test.setTimeout(300_000);
  const folder = info.outputPath('Sweeps');
  const project = makeProject(folder, { classes: 24, pairs: 40, checkpoints: 12, runs: 12 });
  const { id } = makeSweep(project, { corpora: ['child-directed.train', 'wikipedia.train'], seeds: 6, failing: 1 }); // prettier-ignore
  project.close();
  const gardenpath = await start([folder]);
  const { page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();

  // ---- the list, and from it the grid
  await page.keyboard.press('Control+8');
  const list = page.getByRole('grid', { name: 'Sweeps' });
  await expect(list.getByRole('row', { name: /text and seed/ })).toContainText('11 of 12 runs finished, 1 failed'); // prettier-ignore
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const grid = page.getByRole('grid', { name: 'Runs of the sweep' });
  await expect(grid.getByRole('gridcell')).toHaveCount(12);
  const { runList } = await value<SweepDetail>(page, 'sweeps.get', { id });
  expect(runList.filter(({ state }) => state === 'finished')).toHaveLength(11);

  // ---- arrows lead to the run that failed, and to the last lines of its log
  await grid.press('ArrowDown');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  const run = page.getByRole('region', { name: 'The run' });
  await expect(run.getByRole('heading', { name: 'corpus wikipedia.train, seed 6' })).toBeVisible();
  await expect(run).toContainText('Training diverged at step 1,201.');
  await expect(run.getByRole('region', { name: 'Last lines of its log' })).toContainText('loss 9.813'); // prettier-ignore
  await expect(run.getByRole('button', { name: 'Retry' })).toBeEnabled();
  expect(await violations(page)).toEqual([]);
  await takePictures(gardenpath, 'sweep-runs');

  // ---- a gathered run opens, and the way back keeps the cursor
  await grid.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(grid).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(run.getByRole('heading', { name: 'corpus wikipedia.train, seed 5' })).toBeVisible();

  // ---- what they show together
  await page.keyboard.press('v');
  const table = page.getByRole('grid', { name: 'Classes over all runs' });
  await expect(table).toBeVisible();
  const found = await value<SweepFindings>(page, 'sweeps.findings', { id });
  expect(found).toMatchObject({ runs: 11, missing: 1, axes: ['corpus', 'seed'] });
  const widest = found.classes.toSorted((a, b) => (b.seedSd ?? 0) - (a.seedSd ?? 0) || a.uid.localeCompare(b.uid))[0]; // prettier-ignore
  const first = table.getByRole('row').nth(1);
  await expect(first).toContainText(widest?.uid ?? 'no such class');
  await expect(first).toContainText(String(widest?.seedsNeeded));
  await expect(page.getByRole('list', { name: 'Conditions' }).getByRole('button')).toHaveCount(2);
  await table.focus();
  await page.keyboard.press('j');
  await expect(page.getByRole('img', { name: new RegExp(`^${widest?.uid}, corpus child-directed.train, mean of 6 runs`) })).toBeVisible(); // prettier-ignore
  expect(await violations(page)).toEqual([]);
  await takePictures(gardenpath, 'sweep-findings');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: widest?.uid ?? '' }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(table).toBeVisible();

  // ---- found by name from anywhere
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('text and seed');
  await page.keyboard.press('Enter');
  await expect(table).toBeVisible();

  // ---- the failed run once more: a process of its own takes it, and says why it cannot (its text is made up)
  await page.keyboard.press('v');
  await expect(grid).toBeVisible();
  await grid.press('ArrowRight');
  await expect(run.getByRole('heading', { name: 'corpus wikipedia.train, seed 6' })).toBeVisible();
  await page.keyboard.press('r');
  await expect(run.getByRole('definition').nth(7)).toHaveText('2', { timeout: 120_000 });
  await expect(run).toContainText(/Why it failed(?!Training diverged).*(corpus|text)/i, {
    timeout: 60_000,
  });
  await expect(run).not.toContainText('unknown command');
});

test('without a sweep the page says how to plan one', async ({ start }, info) => {
  const folder = info.outputPath('None');
  makeProject(folder, { classes: 2, pairs: 5, checkpoints: 2, runs: 1 }).close();
  const { page } = await start([folder]);
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+8');
  await expect(page.getByRole('heading', { name: 'No sweep yet' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Its commands' })).toContainText('sweep run PROJECT plan.yaml'); // prettier-ignore
  expect(await violations(page)).toEqual([]);
});
