// One class and one pair, by keyboard: overlaid runs, the brushed scatter, the pair list, words, copying.
import { expect, type Locator } from '@playwright/test';
import type { PairRow } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

test('from a class to a pair that goes into a paper', async ({ start }, info) => {
  test.setTimeout(180_000);
  const folder = info.outputPath('Made up');
  makeProject(folder, { classes: 9, pairs: 300, checkpoints: 12, runs: 2 }).close();
  const gardenpath = await start([folder]);
  const { app, page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  // A double click opens a class as a click does, and selects nothing there.
  await page.getByRole('grid', { name: 'Classes' }).getByRole('row').nth(2).dblclick();
  await expect(page.getByRole('grid', { name: 'Pairs' })).toBeVisible();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Enter');

  // ---- class: training counted in words, linear or logarithmic
  const accuracyChart = page.getByRole('figure', { name: /^Accuracy/ });
  const ticks = async (): Promise<string> => (await accuracyChart.locator('..').innerText()).replaceAll('\n', ' '); // prettier-ignore
  await expect.poll(ticks).toContain('warm-up ends');
  const inSteps = await ticks();
  await page.getByRole('radio', { name: 'words', exact: true }).press('Space');
  await expect.poll(ticks).not.toBe(inSteps);
  const logarithmic = await ticks();
  await page.getByRole('button', { name: 'log', exact: true }).press('Enter');
  await expect.poll(ticks).not.toBe(logarithmic);
  await page.getByRole('button', { name: 'log', exact: true }).press('Enter');
  await page.getByRole('radio', { name: 'steps', exact: true }).press('Space');
  await expect.poll(ticks).toBe(inSteps);

  // ---- class: evidence, another run over it
  const pairs = page.getByRole('grid', { name: 'Pairs' });
  const rows = pairs.getByRole('row');
  await expect(rows.nth(1)).toBeVisible();
  await expect(page.getByText('warm-up ends')).toBeVisible();
  await page.getByRole('button', { name: /^Overlay/ }).press('Enter');
  await page.getByRole('menuitemcheckbox').first().press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('list', { name: 'Runs' }).getByRole('listitem')).toHaveCount(2);

  // ---- the brush chooses pairs by keyboard, and lets them go
  const heading = page.getByRole('heading', { name: /^\d+ pairs?$/ });
  await expect(heading).toHaveText('300 pairs');
  const scatter = page.getByRole('group', { name: /^Scatter of 300 pairs/ });
  await scatter.press('ArrowRight');
  await expect(page.getByRole('button', { name: /in the rectangle/ })).toBeVisible();
  await expect(heading).not.toHaveText('300 pairs');
  const few = Number((await heading.textContent())?.split(' ')[0]);
  expect(few).toBeGreaterThan(0);
  await takePictures(gardenpath, 'class-brushed');
  await scatter.press('Escape');
  await expect(heading).toHaveText('300 pairs');

  // ---- most flips first
  const classId = (await value<{ classes: { classId: number }[] }>(page, 'classes.list', { runId: 2 })).classes[0]?.classId; // prettier-ignore
  const question = { runId: 2, classId, sort: '-flips', limit: 1 };
  const [most] = (await value<{ rows: PairRow[] }>(page, 'pairs.page', question)).rows;
  await page.getByRole('button', { name: /^flips/ }).press('Enter');
  await expect(rows.nth(1).getByRole('gridcell').first()).toHaveText(most?.pairId ?? '');
  await expect(rows.nth(1).getByRole('gridcell').nth(5)).toHaveText(String(most?.flips));
  await page.getByText('same', { exact: true }).click(); // made-up pairs never have the same words
  await expect(page.getByText(/^No such pair/)).toBeVisible();
  await page.getByText('any words', { exact: true }).click();

  // ---- pair: words add up to what tokens do, and Δ to the pair's
  await expect(rows.nth(1)).toBeVisible();
  await pairs.focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: `Pair ${most?.pairId}` })).toBeVisible();
  const bars = page.getByRole('region', { name: /^Surprisal of each/ });
  const total = async (list: Locator): Promise<number> =>
    (await list.locator('.value').allTextContents()).reduce((sum, text) => sum + Number(text), 0);
  const tokens = await total(bars.getByRole('list').first());
  expect(tokens).toBeGreaterThan(1);
  await bars.getByRole('radio', { name: 'words', exact: true }).press(' ');
  await expect(page.getByRole('region', { name: /^Surprisal of each word/ })).toBeVisible();
  expect(Math.abs((await total(bars.getByRole('list').first())) - tokens)).toBeLessThan(1);
  const delta = (await page.locator('.delta b').first().textContent()) ?? '';
  const arisen = await bars.getByRole('list', { name: /^Δ so far/ }).locator('.value').last().textContent(); // prettier-ignore
  expect(Math.abs(signed(arisen) - signed(delta))).toBeLessThan(0.06);
  await takePictures(gardenpath, 'pair-words');

  // ---- copied as numbered examples, the number going on
  const copied = (): Promise<string> => app.evaluate(({ clipboard }) => clipboard.readText());
  await page.getByRole('spinbutton', { name: 'number' }).fill('12');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Pair', exact: true }).focus();
  await page.keyboard.press('y');
  await expect.poll(copied).toBe(`(12) a. ${most?.good}\n     b. *${most?.bad}`);
  await page.keyboard.press('j');
  await expect(page.getByRole('spinbutton', { name: 'number' })).toHaveValue('13');
  await page.getByRole('button', { name: /^Copy as/ }).press('Enter');
  await page.getByRole('menuitemradio', { name: /gb4e/ }).press('Enter');
  await page.getByRole('checkbox', { name: 'surprisals' }).press(' ');
  await page.getByRole('button', { name: 'Copy', exact: true }).press('Enter');
  await expect.poll(copied).toContain('\\setcounter{exx}{12}');
  expect(await copied()).toMatch(/\\ex\[\*\]\{\\gll The .*\\\\\n\s+\d+\.\d /);

  // ---- a model without weights says so, and where there are some
  await bars.getByTitle('What else could stand here').first().press('Enter');
  await expect(page.getByRole('dialog').getByText(/weights .* are not kept/)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await expect(
    page.getByRole('dialog').getByText('This run has no weights any more'),
  ).toBeVisible();
  await page.keyboard.press('Escape');
});

/** "−2.31" as a number. */
const signed = (text: string | null): number => Number((text ?? '').replace('\u2212', '-'));
