// The atlas at BLiMP's size, by keyboard: heatmap and small multiples, sorting, pins, the one cursor.
import { expect, type Page } from '@playwright/test';
import type { ClassRow, PairRow } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { frameRate } from './frame-rate.ts';
import { takePictures } from './look.ts';

const classesAt = async (page: Page, step?: number): Promise<ClassRow[]> => {
  const params = step === undefined ? { runId: 1 } : { runId: 1, step };
  return (await value<{ classes: ClassRow[] }>(page, 'classes.list', params)).classes;
};
const shownShare = (share: number): string => share.toFixed(2).replace(/^0/, '');

test('67 classes × 60 checkpoints: sorted, as a grid, pinned, scrubbed and played', async ({
  start,
}, info) => {
  test.setTimeout(240_000);
  const folder = info.outputPath('Made up');
  makeProject(folder, { classes: 67, pairs: 10, checkpoints: 60, runs: 1 }).close();
  const gardenpath = await start([folder]);
  const { page } = gardenpath;
  const list = page.getByRole('grid', { name: 'Classes' });
  await expect(list).toBeVisible();
  const step = page.getByRole('group', { name: 'Checkpoint' }).locator('output b');
  const slider = page.getByRole('slider', { name: 'Checkpoint' });

  // ---- heatmap: the class that is wrong for longest comes first, and stays there when the cursor moves
  const byTimeWrong = page.getByRole('columnheader').getByRole('button', { name: /^wrong/ });
  await byTimeWrong.focus();
  await byTimeWrong.press('Enter');
  await byTimeWrong.press('Enter'); // the other way round
  const classes = await classesAt(page);
  const longest = Math.max(...classes.map((row) => row.timeWrong));
  const first = list.getByRole('row').filter({ has: page.getByRole('gridcell') }).and(page.locator(':not(.heading)')).first(); // prettier-ignore
  await expect(first.getByRole('gridcell').nth(6)).toHaveText(shownShare(longest));
  await takePictures(gardenpath, 'atlas-heatmap');

  // ---- the cursor: figures follow it, and the lab agrees
  await list.focus();
  await page.keyboard.press('j');
  for (let i = 0; i < 30; i++) await page.keyboard.press('[');
  await expect(slider).toHaveValue('29');
  const at = Number((await step.textContent())?.replaceAll(',', ''));
  const uid = await first.getByRole('rowheader').getAttribute('title');
  const there = (await classesAt(page, at)).find((row) => row.uid === uid);
  await expect(first.getByRole('gridcell').nth(1)).toContainText(shownShare(there?.accuracy ?? NaN)); // prettier-ignore

  // ---- a strip reads out under the pointer, and drags the cursor without opening its class
  const strip = await first.getByRole('gridcell').first().boundingBox();
  if (!strip) throw new Error('The first class has no strip.');
  const [left, middle] = [strip.x + 2, strip.y + strip.height / 2];
  await page.mouse.move(left, middle);
  await expect(page.getByRole('columnheader', { name: /at step 0$/ })).toBeVisible();
  await page.mouse.down();
  await page.mouse.move(left + strip.width / 2, middle, { steps: 4 });
  await page.mouse.move(left, middle, { steps: 4 });
  await page.mouse.up();
  await expect(slider).toHaveValue('0');
  await expect(list).toBeVisible();

  // ---- pins: by key and by Shift and click
  await page.keyboard.press('x');
  const second = list.getByRole('row').and(page.locator(':not(.heading)')).nth(2);
  await second.getByRole('rowheader').click({ modifiers: ['Shift'] });
  const pinned = page.getByRole('region', { name: 'Pinned classes' });
  await expect(pinned.getByRole('button', { name: /^Unpin / })).toHaveCount(2);

  // ---- small multiples: all classes, the same order, keys between them
  await page.keyboard.press('v');
  const tiles = page.getByRole('region', { name: 'Classes', exact: true }).getByRole('button');
  await expect(tiles).toHaveCount(67);
  await expect(tiles.first()).toHaveAccessibleName(/, pinned$/);
  await tiles.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(tiles.nth(1)).toBeFocused();
  await takePictures(gardenpath, 'atlas-grid');

  // ---- any chart drags the one cursor
  const chart = await pinned.getByRole('img').boundingBox();
  if (!chart) throw new Error('The pinned classes have no chart.');
  await page.mouse.move(chart.x + 200, chart.y + 40);
  await page.mouse.down();
  await page.mouse.move(chart.x + chart.width - 12, chart.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect(slider).toHaveValue('59');

  // ---- it plays through training, from the start when it stands at the end
  await tiles.first().focus();
  await page.keyboard.press('p');
  await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(1);
  await page.keyboard.press('p');
  const stopped = await slider.inputValue();
  await page.waitForTimeout(900);
  expect(await slider.inputValue()).toBe(stopped);

  // ---- Enter opens, Escape comes back to the same pins and cursor
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid', { name: 'Pairs' })).toBeVisible();
  await expect(slider).toHaveValue(stopped);
  await page.keyboard.press('Escape');
  await expect(tiles).toHaveCount(67);
  await expect(pinned.getByRole('button', { name: /^Unpin / })).toHaveCount(2);

  // ---- how fluid scrubbing is, printed only
  for (const drawn of ['grid', 'heatmap']) {
    const { perSecond, gapMs } = await frameRate(page, true);
    console.log(`Scrubbing the ${drawn}: ${perSecond.toFixed(0)} frames a second, 95 % of gaps under ${gapMs.toFixed(1)} ms`); // prettier-ignore
    await page.keyboard.press('v');
  }
});

test('three actions lead from the start to the sentences of the class that is worst at the end', async ({
  start,
}, info) => {
  const folder = info.outputPath('Demo');
  makeProject(folder, { classes: 24, pairs: 20, checkpoints: 10, runs: 1 }).close();
  const before = await start([folder]);
  await expect(before.page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  const classes = await classesAt(before.page);
  const least = Math.min(...classes.map((row) => row.accuracy));
  const worst = classes.filter((row) => row.accuracy === least);
  const sentence = async (classId: number): Promise<string> => {
    const { rows } = await value<{ rows: PairRow[] }>(before.page, 'pairs.page', {
      runId: 1,
      classId,
    });
    return rows[0]?.good ?? 'no such sentence';
  };
  const sentences = await Promise.all(worst.map((row) => sentence(row.classId)));
  await before.app.close();

  const { page } = await start();
  await page.getByRole('button', { name: /^Demo/ }).click(); // the project
  await page
    .getByRole('columnheader')
    .getByRole('button', { name: /^accuracy/ })
    .first()
    .click(); // worst first
  const list = page.getByRole('grid', { name: 'Classes' });
  await list.getByRole('row').and(page.locator(':not(.heading)')).nth(1).getByRole('rowheader').click(); // prettier-ignore
  await expect(page.getByRole('heading', { level: 1 }).last()).toHaveText(new RegExp(worst.map(({ uid }) => uid).join('|'))); // prettier-ignore
  const firstPair = page.getByRole('grid', { name: 'Pairs' }).getByRole('row').nth(1);
  await expect(firstPair).toContainText(new RegExp(sentences.map((text) => text.replace(' .', '')).join('|'))); // prettier-ignore
});
