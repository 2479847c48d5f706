// Manners: no serious accessibility violation on any page, light, dark and high contrast; the smallest
// window holds every page; keys, terms and filters are as one left them.
import { expect, type Page } from '@playwright/test';
import { join } from 'node:path';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { violations } from './axe.ts';
import { root } from './electron.ts';
import { takePictures } from './look.ts';

/** Every page, by the way there, and what shows that it is there. */
const ways: [string, (page: Page) => Promise<void>, (page: Page) => ReturnType<Page['locator']>][] =
  [
    ['atlas', (page) => page.keyboard.press('Control+1'), (page) => page.getByRole('grid', { name: 'Classes' })], // prettier-ignore
    ['class', async (page) => { await page.keyboard.press('j'); await page.keyboard.press('Enter'); }, (page) => page.getByRole('grid', { name: 'Pairs' }).getByRole('row').nth(1)], // prettier-ignore
    ['pair', async (page) => { await page.keyboard.press('j'); await page.keyboard.press('Enter'); }, (page) => page.getByRole('heading', { name: /^Pair / })], // prettier-ignore
    ['runs', (page) => page.keyboard.press('Control+2'), (page) => page.getByRole('grid', { name: 'Runs' })], // prettier-ignore
    ['run', async (page) => { await page.keyboard.press('j'); await page.keyboard.press('Enter'); }, (page) => page.getByRole('region', { name: 'Checkpoints' })], // prettier-ignore
    ['new run', (page) => page.keyboard.press('Control+n'), (page) => page.getByRole('button', { name: 'Start training' })], // prettier-ignore
    ['judge', (page) => page.keyboard.press('Control+3'), (page) => page.getByRole('heading', { level: 1 }).last()], // prettier-ignore
    ['stuck', (page) => page.keyboard.press('Control+5'), (page) => page.getByRole('grid', { name: 'Classes by what became of their errors' })], // prettier-ignore
    ['bigrams', (page) => page.keyboard.press('Control+6'), (page) => page.getByRole('button', { name: 'Count n-grams of tokens' })], // prettier-ignore
    ['hypothesis', async (page) => { await page.keyboard.press('Control+7'); await page.getByRole('radio', { name: 'observed' }).press('Space'); }, (page) => page.getByRole('button', { name: 'Count n-grams of tokens' })], // prettier-ignore
    ['experiments', (page) => page.keyboard.press('v'), (page) => page.getByRole('button', { name: 'New experiment…' })], // prettier-ignore
    ['compare', (page) => page.keyboard.press('Control+4'), (page) => page.getByRole('heading', { level: 1 }).last()], // prettier-ignore
    ['in and out', (page) => page.keyboard.press('Control+0'), (page) => page.getByRole('table', { name: 'Suites' })], // prettier-ignore
    ['search', async (page) => { await page.keyboard.press('Control+Shift+f'); await page.keyboard.type('pirate'); }, (page) => page.getByRole('grid', { name: 'Pairs found' })], // prettier-ignore
    ['glossary', async (page) => { await page.keyboard.press('F2'); }, (page) => page.getByRole('region', { name: 'Terms' })], // prettier-ignore
    ['keys', (page) => page.keyboard.press('F1'), (page) => page.getByRole('dialog', { name: 'Keyboard' })], // prettier-ignore
  ];

for (const theme of ['light', 'dark'] as const)
  test(`axe finds nothing serious on any page, ${theme}`, async ({ start }, info) => {
    test.setTimeout(180_000);
    const folder = info.outputPath('Small');
    makeProject(folder, { classes: 13, pairs: 30, checkpoints: 6, runs: 2 }).close();
    const { app, page } = await start();
    await app.evaluate(({ nativeTheme }, theme) => (nativeTheme.themeSource = theme), theme);
    await expect(page.getByRole('heading', { name: 'Gardenpath' })).toBeVisible();
    const found: Record<string, string[]> = { start: await violations(page) };
    await app.close();

    const opened = await start([folder]);
    await opened.app.evaluate(({ nativeTheme }, theme) => (nativeTheme.themeSource = theme), theme);
    await expect(opened.page.getByRole('grid', { name: 'Classes' })).toBeVisible();
    for (const [name, go, shown] of ways) {
      await go(opened.page);
      await expect(shown(opened.page), name).toBeVisible();
      found[name] = await violations(opened.page);
    }
    await opened.page.keyboard.press('Escape');
    await opened.page.keyboard.press('Control+k');
    await expect(opened.page.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
    found['palette'] = await violations(opened.page);
    expect(Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))).toEqual({}); // prettier-ignore
  });

test('the smallest window holds every page; contrast, forced colours and motion follow the system', async ({
  start,
}, info) => {
  test.setTimeout(120_000);
  const folder = info.outputPath('Small');
  makeProject(folder, { classes: 13, pairs: 30, checkpoints: 6, runs: 2 }).close();
  const gardenpath = await start([folder]);
  const { app, page } = gardenpath;
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 700)); // prettier-ignore
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  /** Texts that are cut, by the window or by what they stand in, and can neither be scrolled to nor read in a tooltip. */
  const clipped = (): Promise<string[]> =>
    page.evaluate(() => {
      /** How far (px) the text's end lies beyond what shows it; 0 where it scrolls or has a tooltip. */
      const cut = (element: Element, right: number): number => {
        let beyond = 0;
        for (let box: Element | null = element; box; box = box.parentElement) {
          const { overflowX } = getComputedStyle(box);
          if ((box as HTMLElement).title) return 0;
          if (/auto|scroll/.test(overflowX)) return beyond;
          if (overflowX !== 'visible') beyond = Math.max(beyond, right - box.getBoundingClientRect().right - 1); // prettier-ignore
        }
        return Math.max(beyond, right - innerWidth - 1);
      };
      return [...document.body.querySelectorAll('*')]
        .filter(
          (element) =>
            element.checkVisibility() &&
            !element.closest('.visually-hidden, [aria-hidden=true], option'),
        ) // prettier-ignore
        .flatMap((element) =>
          [...element.childNodes]
            .filter((node) => node instanceof Text && node.data.trim() !== '')
            .map((text) => ({ element, text })),
        ) // prettier-ignore
        .flatMap(({ element, text }) => {
          const range = document.createRange();
          range.selectNodeContents(text);
          const { right } = range.getBoundingClientRect();
          return cut(element, right) > 0 ? [`“${text.textContent?.trim().slice(0, 40)}” to ${right}`] : []; // prettier-ignore
        });
    });
  for (const [name, go, shown] of ways) {
    await go(page);
    await expect(shown(page), name).toBeVisible();
    expect.soft(await clipped(), `${name} is wider than the window`).toEqual([]);
    expect(await page.locator('main').evaluate((main) => main.scrollHeight - main.clientHeight), `${name} scrolls as a whole`).toBe(0); // prettier-ignore
    await takePictures(gardenpath, `small-${name.replace(' ', '-')}`);
  }
  await page.keyboard.press('Escape');

  // ---- zoomed in as by Ctrl and plus, a larger window holds them, too
  for (const zoom of [1.25, 1.5]) {
    await app.evaluate(({ BrowserWindow }, zoom) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setContentSize(1280, 875);
      window?.webContents.setZoomFactor(zoom);
    }, zoom);
    await expect.poll(() => page.evaluate(() => window.innerWidth)).toBe(Math.round(1280 / zoom));
    for (const [name, go, shown] of ways) {
      await go(page);
      await expect(shown(page), `${name} at ${zoom}`).toBeVisible();
      expect.soft(await clipped(), `${name} is wider than the window at ${zoom}`).toEqual([]);
    }
    await page.keyboard.press('Escape');
  }
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(1)); // prettier-ignore
  await page.keyboard.press('Control+1');

  // ---- high contrast and forced colours
  const picture = (name: string): Promise<unknown> =>
    page.screenshot({ path: join(root, 'test-results/screenshots', `${name}.png`) });
  await page.emulateMedia({ contrast: 'more', colorScheme: 'light' });
  const ink = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).color);
  expect(await ink()).toBe('rgb(0, 0, 0)');
  await picture('contrast-atlas');
  await page.emulateMedia({ contrast: null, forcedColors: 'active' });
  await picture('forced-atlas');
  await page.keyboard.press('Control+2');
  await picture('forced-runs');
  await page.emulateMedia({ forcedColors: null, reducedMotion: 'reduce' });
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('button') as Element).transitionDuration)).toMatch(/^(0s|1e-05s|0\.00001s)$/); // prettier-ignore
});

test('order and filter of the atlas outlive a restart; every key is on the sheet', async ({
  start,
}, info) => {
  const folder = info.outputPath('Small');
  makeProject(folder, { classes: 13, pairs: 10, checkpoints: 4, runs: 1 }).close();
  const first = await start([folder]);
  const filter = (page: Page) => page.getByRole('combobox', { name: 'Filter classes' });
  await expect(filter(first.page)).toBeVisible();
  await first.page.keyboard.press('/');
  await first.page.keyboard.type('field:syntax');
  await first.page.keyboard.press('Enter');
  await first.page.getByRole('columnheader', { name: 'accuracy' }).getByRole('button').click();
  await first.page.keyboard.press('F1');
  const sheet = first.page.getByRole('dialog', { name: 'Keyboard' });
  for (const title of [
    'Command palette',
    'Search sentences',
    'Glossary',
    'Copy this view’s address',
    'Save this view…',
    'Filter classes',
    'Next row',
    'Open',
    'Back',
    'Earlier checkpoint',
    'Judge meaningful',
  ])
    // prettier-ignore
    await expect(sheet.getByText(title, { exact: true })).toBeVisible();
  await first.page.keyboard.press('Escape');
  await first.app.close();

  const { page } = await start([folder]);
  await expect(filter(page)).toHaveValue('field:syntax');
  await expect(page.getByRole('columnheader').filter({ has: page.getByRole('button', { name: /^accuracy/ }) })).toHaveAttribute('aria-sort', 'ascending'); // prettier-ignore
});
