// Where a model gets stuck, by keyboard: the claim in a sentence, the definition changed, a shape overruled,
// the table taken out, the class opened; the report written.
import { expect, type Page } from '@playwright/test';
import { csvParse } from 'd3';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EntrenchmentReport, Headline } from '../../src/shared/trajectories.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { answerDialogs } from './dialogs.ts';
import { takePictures } from './look.ts';

/** Takes an action by the palette. */
async function act(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(text);
  const first = page.getByRole('dialog', { name: 'Command palette' }).getByRole('option').first();
  await expect(first).toContainText(text);
  await page.keyboard.press('Enter');
}

test('entrenched classes are found, redefined, overruled and taken out', async ({
  start,
}, info) => {
  test.setTimeout(120_000);
  const folder = info.outputPath('Stuck');
  makeProject(folder, { classes: 16, pairs: 40, checkpoints: 14, runs: 1 }).close();
  const gardenpath = await start([folder]);
  const { app, page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+5');

  // ---- the claim and the table say what the lab found
  const table = page.getByRole('grid', { name: 'Classes by what became of their errors' });
  const claim = page.getByRole('region', { name: 'The claim on this run' });
  await expect(table.getByRole('row')).toHaveCount(17);
  const shown = async (): Promise<string[]> =>
    (await table.getByRole('row').filter({ hasText: 'entrenched' }).getByRole('rowheader').allInnerTexts()).map((name) => name.trim()); // prettier-ignore
  const found = await value<EntrenchmentReport>(page, 'entrenchment.get');
  const entrenched = (report: EntrenchmentReport): string[] => report.classes.filter((row) => row.entrenched).map(({ uid }) => uid).sort(); // prettier-ignore
  expect(entrenched(found).length).toBeGreaterThan(0);
  await expect(claim).toContainText((await value<Headline>(page, 'headline.get')).all.sentence);
  await expect.poll(async () => (await shown()).sort()).toEqual(entrenched(found));
  await takePictures(gardenpath, 'stuck');

  // ---- a definition that makes no sense changes nothing and says why; one that does changes all at once
  const early = page.getByLabel('early: the first');
  await early.fill('0');
  await expect(page.getByText('more than 0')).toBeVisible();
  await expect.poll(async () => (await shown()).sort()).toEqual(entrenched(found));
  await early.fill('0.0001');
  const rule = { early: { unit: 'share', value: 0.0001 } };
  const narrow = await value<Headline>(page, 'headline.get', { rule });
  expect(narrow.all.entrenched.count).toBeLessThan(found.classes.filter((row) => row.entrenched).length); // prettier-ignore
  await expect(claim).toContainText(narrow.all.sentence);
  await page.getByRole('button', { name: 'Defaults' }).press('Enter');
  await expect.poll(async () => (await shown()).sort()).toEqual(entrenched(found));
  // The same window in another unit finds the same.
  await page.getByLabel('Unit of the early window').selectOption('steps');
  await expect(early).toHaveValue('300');
  await expect.poll(async () => (await shown()).sort()).toEqual(entrenched(found));
  await page.getByRole('button', { name: 'Defaults' }).press('Enter');

  // ---- what each column says is one key away; a shape is overruled and both are kept
  await table.focus();
  await page.keyboard.press('d');
  const sheet = page.getByRole('dialog', { name: 'What the columns say' });
  await expect(sheet.getByText('Changes between right and wrong')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Home');
  const first = table.getByRole('row', { selected: true });
  const name = (await first.getByRole('rowheader').innerText()).trim();
  await page.keyboard.press('o');
  const dialog = page.getByRole('dialog', { name: `Shape of ${name}` });
  await dialog.getByRole('radio', { name: /^unstable/ }).check();
  await page.getByRole('button', { name: 'Done' }).press('Enter');
  await expect(first.getByRole('button', { name: 'unstable' })).toBeVisible();
  await expect(first.locator('s')).toHaveText('entrenched wrong');

  // ---- as CSV: the rows as shown, the user's shape beside the rules'
  const file = info.outputPath('entrenchment.csv');
  await answerDialogs(app, file);
  await act(page, 'Save the entrenchment as CSV');
  await expect(page.getByText('Saved the entrenchment as CSV')).toBeVisible();
  const rows = csvParse(readFileSync(file, 'utf8'));
  expect(rows).toHaveLength(16);
  expect(rows[0]).toMatchObject({ uid: name, entrenched: 'true', shape: 'unstable', shape_by_rules: 'entrenched wrong' }); // prettier-ignore

  // ---- the class opens, with its separation
  await table.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await page.getByText('Separation', { exact: true }).click();
  await expect(page.getByRole('table', { name: /^Separation/ }).getByRole('row', { name: /^all pairs/ })).toContainText('wrong'); // prettier-ignore
  await takePictures(gardenpath, 'class-separation');
  await page.keyboard.press('Escape');
  await expect(table).toBeVisible();

  // ---- the report lies where one said
  const report = info.outputPath('report');
  await answerDialogs(app, report);
  await act(page, 'Report…');
  await expect(page.getByText(/^The report lies in .*report/)).toBeVisible();
  const html = readFileSync(join(report, 'index.html'), 'utf8');
  expect(html).toContain(name);
  expect(existsSync(join(report, 'entrenchment.csv'))).toBe(true);
});
