// Comparing two runs by keyboard: the answer, the table, the scatter, one class opened; sides swapped and
// changed to two checkpoints of one run. Runs: the queue reordered, settings and losses side by side, a clone.
import { expect } from '@playwright/test';
import type { Selected } from '../../src/shared/api.ts';
import type { ClassComparison } from '../../src/shared/workbench.ts';
import type { RunRow } from '../../src/shared/domain.ts';
import { setProgress } from '../../src/main/lab/store/runs.ts';
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

test('queued runs are put in order, compared, annotated and cloned with changes', async ({
  start,
}, info) => {
  const folder = info.outputPath('Queued');
  const project = makeProject(folder, { classes: 2, pairs: 10, checkpoints: 4, runs: 5 });
  for (const id of [3, 4, 5]) setProgress(project.db, id, { state: 'queued', stage: 'waiting' });
  project.close();
  const app = await start([folder]);
  const { page } = app;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+2');

  // ---- the queue stands first; a key and a drag change its order
  const list = page.getByRole('grid', { name: 'Runs' });
  const names = list.getByRole('rowheader').locator('.name');
  await expect(names).toHaveText(['nano 3', 'nano 4', 'nano 5', 'nano 2', 'nano 1']);
  for (const key of ['j', 'j', 'j', 'Alt+ArrowUp', 'Alt+ArrowUp']) await page.keyboard.press(key);
  await expect(names).toHaveText(['nano 5', 'nano 3', 'nano 4', 'nano 2', 'nano 1']);
  await list.locator('[data-queued="5"]').dragTo(list.locator('[data-queued="4"]'));
  await expect(names).toHaveText(['nano 3', 'nano 4', 'nano 5', 'nano 2', 'nano 1']);
  const queued = (await value<RunRow[]>(page, 'runs.list')).filter((run) => run.queuePosition !== null); // prettier-ignore
  expect(queued.toSorted((x, y) => (x.queuePosition ?? 0) - (y.queuePosition ?? 0)).map((run) => run.id)).toEqual([3, 4, 5]); // prettier-ignore
  await takePictures(app, 'runs-queue');

  // ---- two runs marked and compared: their losses in one chart, the one setting that differs, a note
  await page.keyboard.press('End');
  await page.keyboard.press('x');
  await page.keyboard.press('k');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+C');
  const compared = page.getByRole('region', { name: 'Runs compared' });
  await expect(compared.getByRole('img', { name: /nano 1, training loss.*nano 2, training loss/ })).toBeVisible(); // prettier-ignore
  const settings = compared.getByRole('table').locator('tbody').first().getByRole('rowheader');
  await expect(settings).toHaveText(['seed']);
  await compared.getByRole('button', { name: 'all settings' }).press('Enter');
  await expect(compared.getByRole('row', { name: /^learning rate/ })).toBeVisible();
  await compared.getByLabel('Note of nano 1').fill('the first one');
  await page.keyboard.press('Tab');
  await expect.poll(async () => (await value<RunRow[]>(page, 'runs.list')).at(-1)?.note).toBe('the first one'); // prettier-ignore
  await takePictures(app, 'runs-compared');

  // ---- a clone says in what it differs
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { name: 'New run like nano 2' })).toBeVisible();
  const changes = page.getByRole('region', { name: 'Changes' });
  await expect(changes).toContainText('would become the same model');
  await page.getByLabel('Steps', { exact: true }).fill('500');
  await expect(changes.getByRole('listitem')).toHaveText(['steps 3,000 → 500']);
});
