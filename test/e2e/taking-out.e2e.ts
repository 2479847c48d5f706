// Taking things out: tables exactly as shown, charts as SVG and PNG, LaTeX, and everything in one zip.
import { expect, type Page } from '@playwright/test';
import { csvParse } from 'd3';
import { strFromU8, unzipSync } from 'fflate';
import { readFileSync } from 'node:fs';
import { makeProject } from '../fixtures/make-project.ts';
import type { ClassRow } from '../../src/shared/domain.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { answerDialogs } from './dialogs.ts';

/** Takes an action by the palette. */
async function act(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(text);
  const palette = page.getByRole('dialog', { name: 'Command palette' });
  await expect(palette.getByRole('option').first()).toContainText(text);
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
}

const classesOf = async (page: Page): Promise<ClassRow[]> =>
  (await value<{ classes: ClassRow[] }>(page, 'classes.list', { runId: 1 })).classes;

test('tables, charts and all of it are saved as files', async ({ start }, info) => {
  test.setTimeout(180_000);
  const folder = info.outputPath('Small');
  makeProject(folder, { classes: 13, pairs: 30, checkpoints: 6, runs: 1 }).close();
  const { app, page } = await start([folder]);
  const grid = page.getByRole('grid', { name: 'Classes' });
  await expect(grid).toBeVisible();
  /** What is saved by the palette's action of this name. */
  async function saved(action: string, file: string): Promise<Buffer> {
    const path = info.outputPath(file);
    await answerDialogs(app, path);
    await act(page, action);
    await expect(page.getByText(/^Saved |^Everything is saved/).last()).toBeVisible();
    await expect.poll(() => { try { return readFileSync(path).length; } catch { return 0; } }).toBeGreaterThan(0); // prettier-ignore
    return readFileSync(path);
  }

  // ---- the atlas, filtered and sorted: the same classes in the same order
  await page.keyboard.press('/');
  await page.keyboard.type('field:syntax accuracy:<0.9');
  await page.keyboard.press('Enter');
  const kept = page.getByRole('status').filter({ hasText: / of 13$/ });
  await expect(kept).toBeVisible();
  const shown = async (): Promise<string[]> =>
    (await grid.getByRole('row').getByRole('rowheader').allInnerTexts()).map((text) => text.trim()).filter((text) => /_\d$/.test(text)); // prettier-ignore
  await expect.poll(async () => (await shown()).length).toBe(Number.parseInt((await kept.textContent()) ?? '', 10)); // prettier-ignore
  const names = await shown();
  const classes = csvParse((await saved('Save the classes as CSV', 'classes.csv')).toString());
  expect(classes.map((row) => row['uid'])).toEqual(names);
  expect(classes.every((row) => row['field'] === 'syntax' && Number(row['accuracy']) < 0.9)).toBe(true); // prettier-ignore
  const latex = (await saved('Save the classes as LaTeX', 'classes.tex')).toString();
  for (const name of names) expect(latex).toContain(`\\texttt{${name.replaceAll('_', '\\_')}}`);

  // ---- the heatmap with every class, also those that are scrolled out of sight; the grid with every curve
  await page.setViewportSize({ width: 1100, height: 420 });
  await page.keyboard.press('/');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('Enter');
  await expect(grid.getByRole('row').nth(3)).toBeVisible();
  const heatmap = (await saved('Save the chart “Classes over training” as SVG', 'heatmap.svg')).toString(); // prettier-ignore
  const everyClass = (await classesOf(page)).map(({ uid }) => uid);
  expect(everyClass).toHaveLength(13);
  for (const uid of everyClass) expect(heatmap).toContain(`>${uid}</text>`);
  expect(heatmap.match(/<linearGradient/g)).toHaveLength(13);
  expect(heatmap).not.toMatch(/class=|var\(|light-dark/);
  const picture = await saved('Save the chart “Classes over training” as PNG', 'heatmap.png');
  expect(picture.readUInt32BE(20)).toBeGreaterThan(2 * 13 * 24);
  await page.keyboard.press('v');
  const multiples = (await saved('Save the chart “Classes over training” as SVG', 'grid.svg')).toString(); // prettier-ignore
  expect(multiples.match(/<svg /g)?.length).toBeGreaterThanOrEqual(1 + 13);
  await page.keyboard.press('v');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press('/');
  await page.keyboard.type('field:syntax accuracy:<0.9');
  await page.keyboard.press('Enter');

  // ---- a class: its pairs as sorted and filtered, and its charts
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid', { name: 'Pairs' }).getByRole('row').nth(1)).toBeVisible();
  const pairs = csvParse((await saved(`Save the pairs of ${names[0]} as CSV`, 'pairs.csv')).toString()); // prettier-ignore
  const deltas = pairs.map((row) => Number(row['delta_nats']));
  expect(deltas).toHaveLength(30);
  expect(deltas).toEqual(deltas.toSorted((a, b) => a - b));

  const svg = (await saved('Save the chart “Accuracy” as SVG', 'accuracy.svg')).toString();
  expect(svg).toMatch(/^<\?xml/);
  expect(svg).toContain('>Accuracy</text>');
  expect(svg).toContain('Gardenpath, Small');
  expect(svg).toContain('>1,000</text>'); // the x axis, whose labels another chart of the page has
  expect(svg).not.toMatch(/class=|var\(|light-dark/);
  const png = await saved('Save the chart “Accuracy” as PNG', 'accuracy.png');
  const width = Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1]);
  expect(png.toString('latin1', 1, 4)).toBe('PNG');
  expect(Math.abs(png.readUInt32BE(16) - 2 * width)).toBeLessThanOrEqual(2);

  const points = csvParse(
    (await saved('Save the chart “Accuracy” as CSV', 'accuracy.csv')).toString(),
  );
  expect(points).toHaveLength(6);
  expect(Object.keys(points[0] ?? {}).slice(0, 3)).toEqual(['step', 'tokens_seen', 'words_seen']);

  // ---- a pair: its bars and its heatmap
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const bars = page.getByRole('region', { name: /Surprisal of each token/ });
  const bits = await bars.locator('.value').first().textContent();
  const barsSvg = (await saved('Save the chart “Surprisal of each token” as SVG', 'bars.svg')).toString(); // prettier-ignore
  expect(barsSvg).toContain(`>${bits}</text>`);
  const tokens = (await saved('Save the chart “Surprisal of each token over training” as SVG', 'tokens.svg')).toString(); // prettier-ignore
  const strips = await page.getByRole('img', { name: /^Surprisal of / }).count();
  expect(tokens.match(/<linearGradient/g)).toHaveLength(strips + 1); // and the ramp that explains them

  // ---- the queue and the history of judging
  await page.keyboard.press('Control+3');
  await page.keyboard.press('n');
  const queue = csvParse((await saved('Save the queue as CSV', 'queue.csv')).toString());
  expect(queue).toHaveLength(13);
  expect(queue.filter((row) => row['votes']?.endsWith('not-meaningful'))).toHaveLength(1);
  await page.getByRole('radio', { name: 'history' }).press('Space');
  const history = csvParse((await saved('Save the history as CSV', 'history.csv')).toString());
  expect(history).toHaveLength(1);
  expect(history[0]).toMatchObject({ undone: 'false' });

  // ---- everything, with a README that names each file
  const zip = unzipSync(await saved('Export everything', 'all.zip'));
  const readme = strFromU8(zip['README.txt'] as Uint8Array);
  for (const name of Object.keys(zip).filter((name) => !name.includes('/'))) if (name !== 'README.txt') expect(readme).toContain(name); // prettier-ignore
  const judged = csvParse(strFromU8(zip['classes.csv'] as Uint8Array));
  expect(judged).toHaveLength(13 * 6);
});
