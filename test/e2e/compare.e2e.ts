// Comparing two runs by keyboard: the answer, the table, the scatter, one class opened; sides swapped and
// changed to two checkpoints of one run. Runs: the queue reordered, settings and losses side by side, a clone.
import { expect } from '@playwright/test';
import type { Selected } from '../../src/shared/api.ts';
import type { ClassComparison } from '../../src/shared/workbench.ts';
import type { CorpusInfo, RunDetail, RunRow } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

test('two sides are compared class by class, and a class is opened from there', async ({
  start,
}, info) => {
  test.setTimeout(120_000);
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
  test.setTimeout(180_000); // a run is started
  const folder = info.outputPath('Queued');
  makeProject(folder, { classes: 2, pairs: 10, checkpoints: 4, runs: 2 }).close();
  const app = await start([folder]);
  const { page } = app;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+2');

  // ---- four runs are started: one works, three wait; a key and a drag change their order
  const { config } = await value<RunDetail>(page, 'runs.get', { runId: 1 });
  const { id: corpusId } = await value<CorpusInfo>(page, 'corpora.addEmbedded');
  const started = { ...config, corpusId, tokenizerId: null, scoring: { ...config.scoring, suiteIds: [] } }; // prettier-ignore
  for (let i = 0; i < 4; i++) await value(page, 'runs.start', { config: started });
  const names = page.getByRole('grid', { name: 'Runs' }).getByRole('rowheader').locator('.name');
  const order = (...ids: number[]) => expect(names).toHaveText(ids.map((id) => `nano ${id}`));
  await order(3, 4, 5, 6, 2, 1);
  for (let i = 0; i < 4; i++) await page.keyboard.press('j');
  await page.keyboard.press('Alt+ArrowUp');
  await order(3, 4, 6, 5, 2, 1);
  await page.keyboard.press('Alt+ArrowUp');
  await order(3, 6, 4, 5, 2, 1);
  await page.locator('[data-queued="6"]').dragTo(page.locator('[data-queued="5"]'));
  await order(3, 4, 5, 6, 2, 1);
  await takePictures(app, 'runs-queue');
  const queued = (await value<RunRow[]>(page, 'runs.list')).map((run) => [run.id, run.queuePosition]); // prettier-ignore
  expect(queued).toEqual([[6, 3], [5, 2], [4, 1], [3, null], [2, null], [1, null]]); // prettier-ignore
  for (const runId of [4, 5, 6, 3]) await value(page, 'runs.cancel', { runId });

  // ---- two runs marked and compared: their losses in one chart, the one setting that differs, a note
  await page.keyboard.press('End');
  await page.keyboard.press('x');
  await page.keyboard.press('k');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+C');
  const compared = page.getByRole('region', { name: 'Runs compared' });
  await expect(compared.getByRole('img', { name: /nano 1, training loss.*nano 2, training loss/ })).toBeVisible(); // prettier-ignore
  const settings = compared
    .getByRole('table', { name: 'Settings' })
    .locator('tbody')
    .first()
    .getByRole('rowheader');
  await expect(settings).toHaveText(['seed']);
  await takePictures(app, 'runs-compared');
  await compared.getByRole('button', { name: 'all settings' }).press('Enter');
  await expect(compared.getByRole('row', { name: /^learning rate/ })).toBeVisible();
  await compared.getByLabel('Note of nano 1').fill('the first one');
  await compared.getByLabel('Note of nano 1').blur();
  await expect.poll(async () => (await value<RunRow[]>(page, 'runs.list')).at(-1)?.note).toBe('the first one'); // prettier-ignore

  // ---- a clone says in what it differs
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { name: 'New run like nano 2' })).toBeVisible();
  const changes = page.getByRole('region', { name: 'Changes' });
  await expect(changes).toContainText('would become the same model');
  await page.getByLabel('Steps', { exact: true }).fill('500');
  await expect(changes.getByRole('listitem')).toHaveText(['steps 3,000 → 500']);
});
