// Finding things by keyboard: the palette, full-text search, filters that combine, views and addresses.
import { expect, type Page } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { makeProject } from '../fixtures/make-project.ts';
import { appArguments, canSandbox, electron, test, userDataOf } from './app.ts';
import { takePictures } from './look.ts';

const palette = (page: Page) => page.getByRole('dialog', { name: 'Command palette' });
/** Opens the palette, types, and takes the first thing found. */
async function take(page: Page, text: string, first: string | RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await expect(palette(page)).toBeVisible();
  await page.keyboard.type(text);
  await expect(palette(page).getByRole('option').first()).toContainText(first);
  await page.keyboard.press('Enter');
  await expect(palette(page)).toBeHidden();
}

test('anything is found by keyboard, and every view has an address', async ({ start }, info) => {
  test.setTimeout(180_000);
  const folder = info.outputPath('Small');
  makeProject(folder, { classes: 13, pairs: 30, checkpoints: 6, runs: 2 }).close();
  const first = await start([folder]);
  const { app, page } = first;
  const grid = page.getByRole('grid', { name: 'Classes' });
  await expect(grid).toBeVisible();

  // ---- the palette: a class by a few of its letters, a run, an action, a term, a sentence
  await take(page, 'ellip', /ellipsis/);
  await expect(page.getByRole('heading', { name: /^ellipsis/ })).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Pairs' }).getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Pair / })).toBeVisible();
  await take(page, 'nano 2', /nano 2/);
  await expect(page.getByRole('heading', { name: 'nano 2' })).toBeVisible();
  await take(page, 'wilson', /Wilson/);
  await expect(page.getByRole('region', { name: 'Terms' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('isl');
  await takePictures(first, 'palette');
  await page.keyboard.press('Escape');
  await take(page, 'pirate near', /./);
  await expect(page.getByRole('heading', { name: /^Pair |^Search/ })).toBeVisible();

  // ---- full-text search, and a hit opened
  await page.keyboard.press('Control+Shift+f');
  await page.keyboard.type('pirate "near every"');
  const hits = page.getByRole('grid', { name: 'Pairs found' });
  await expect(hits.getByRole('row').nth(1)).toContainText('pirate');
  await takePictures(first, 'search');
  await page.keyboard.press('Enter');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Pair / })).toBeVisible();

  // ---- filters that combine, with suggestions, and undone
  await page.keyboard.press('Control+1');
  await expect(grid).toBeVisible();
  const classRows = grid.getByRole('row').filter({ has: page.getByRole('rowheader') });
  await page.keyboard.press('/');
  await page.keyboard.type('fie');
  await expect(page.getByRole('option', { name: /field:/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: /field:morphology/ })).toBeVisible();
  await takePictures(first, 'filter');
  await page.keyboard.type('morphology accuracy:<0.6 judged:no');
  const filter = page.getByRole('combobox', { name: 'Filter classes' });
  await expect(filter).toHaveValue('field:morphology accuracy:<0.6 judged:no');
  await expect(page.getByText(/^\d of 13$/)).toBeVisible();
  await page.keyboard.press('Enter');
  const kept = await classRows.count();
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(8);

  // ---- the view is saved and its address copied; both bring it back as it was
  await page.keyboard.press('[');
  await page.keyboard.press('Control+Shift+c');
  await expect.poll(() => app.evaluate(({ clipboard }) => clipboard.readText())).toMatch(/^gardenpath:\/\/atlas\?/); // prettier-ignore
  const address = await app.evaluate(({ clipboard }) => clipboard.readText());
  await page.keyboard.press('Control+s');
  await expect(
    page.getByRole('dialog', { name: 'Save this view' }).getByLabel('Name'),
  ).toBeFocused();
  await page.keyboard.type('Hard morphology');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Saved as/)).toBeVisible();
  await page.getByRole('button', { name: 'Clear the filter' }).first().click();
  await expect(filter).toHaveValue('');
  await page.keyboard.press(']');
  await page.keyboard.press('F2');
  await expect(page.getByRole('region', { name: 'Terms' })).toBeVisible();
  await take(page, 'Hard morph', 'Hard morphology');
  await expect(filter).toHaveValue('field:morphology accuracy:<0.6 judged:no');
  await expect(page.getByText(/checkpoint 5 of 6/)).toBeVisible();
  await page.keyboard.press('F2');
  await take(page, address, 'Go to this address');
  await expect(filter).toHaveValue('field:morphology accuracy:<0.6 judged:no');

  // ---- an address from outside opens here; one that is none of ours goes nowhere
  const flags = canSandbox() ? [] : ['--no-sandbox'];
  const fromOutside = async (text: string): Promise<void> => {
    const second = spawn(electron?.executable ?? '', [...flags, ...appArguments(userDataOf(info), [text])], { stdio: 'ignore' }); // prettier-ignore
    await once(second, 'exit');
  };
  await fromOutside('gardenpath://glossary/holm');
  await expect(page.locator('#term-holm')).toBeVisible();
  await fromOutside('gardenpath://atlas/../../etc?x=1');
  await expect(page.getByText('not an address of Gardenpath’s')).toBeVisible();
  expect(page.url()).toBe('app://gardenpath/');
  await expect(page.locator('#term-holm')).toBeVisible();
});
