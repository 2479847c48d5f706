// Comparing two runs by keyboard: the answer, the table, the scatter, one class opened; sides swapped and
// changed to two checkpoints of one run; runs side by side.
import { expect } from '@playwright/test';
import type { Selected } from '../../src/shared/api.ts';
import type { ClassComparison } from '../../src/shared/workbench.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

test('two sides are compared class by class, and a class is opened from there', async ({
  start,
}, info) => {
  const folder = info.outputPath('Compared');
  makeProject(folder, { classes: 24, pairs: 60, checkpoints: 10, runs: 2 }).close();
  const app = await start([folder]);
  const { page } = app;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+4');

  // ---- the two runs at their ends are proposed
  const a = page.getByRole('group', { name: 'Side A' });
  const b = page.getByRole('group', { name: 'Side B' });
  const answer = page.getByRole('region', { name: 'Is the difference real?' });
  const table = page.getByRole('grid', { name: 'Classes compared' });
  await expect(a.getByRole('button', { name: /^Run/ })).toHaveText(/nano 1/);
  await expect(b.getByRole('button', { name: /^Run/ })).toHaveText(/nano 2/);
  await expect(answer.getByText(/of 24 classes|none of 24/)).toBeVisible();
  const runA = { runId: 1, suiteId: 1, profile: 'gardenpath' };
  const runB = { ...runA, runId: 2 };
  const between = await value<{ a: Selected; classes: ClassComparison[] }>(page, 'compare.classes', { a: runA, b: runB }); // prettier-ignore
  expect(between.classes).toHaveLength(24);
  await takePictures(app, 'compare-runs');

  // ---- A at a middle checkpoint of B's run: there is a difference
  await a.getByRole('button', { name: /^Run/ }).press('Enter');
  await page.getByRole('menuitemradio', { name: /nano 2/ }).click();
  await a.getByRole('button', { name: /^Checkpoint/ }).press('Enter');
  await page.getByRole('menuitemradio', { name: 'step 35' }).click();
  await expect(answer.getByText(/^Yes, in \d+ of 24 classes/)).toBeVisible();
  const { classes } = await value<{ classes: ClassComparison[] }>(page, 'compare.classes', { a: { ...runB, step: 35 }, b: runB }); // prettier-ignore
  const differing = classes.filter((row) => row.pHolm < 0.05).length;
  await expect(answer.getByText(`in ${differing} of 24 classes`)).toBeVisible();
  const most = classes.toSorted((x, y) => x.p - y.p || x.uid.localeCompare(y.uid))[0];

  // ---- the first row is the class of the least p; it is named in the scatter; Enter opens it at B
  await table.focus();
  await page.keyboard.press('j');
  await expect(table.getByRole('row', { selected: true })).toContainText(most?.uid ?? '');
  await expect(answer.getByText(`${most?.uid}: A`)).toBeVisible();
  await takePictures(app, 'compare-checkpoints');
  await page.keyboard.press('x');
  await expect(b.getByRole('button', { name: /^Checkpoint/ })).toHaveText(/step 35/);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: most?.uid ?? '' })).toBeVisible();
  await expect(page.getByRole('group', { name: 'Checkpoint' })).toContainText('step 35');

  // ---- back, the sides are as one left them; the marks of the scatter answer to the arrows
  await page.keyboard.press('Escape');
  await expect(b.getByRole('button', { name: /^Checkpoint/ })).toHaveText(/step 35/);
  await answer.getByRole('button', { name: new RegExp(`^${most?.uid}:`) }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(table.getByRole('row', { selected: true })).not.toContainText(most?.uid ?? '');
  await page.keyboard.press('/');
  await page.keyboard.type('island');
  await expect(table.getByRole('row')).toHaveCount(3);
});
