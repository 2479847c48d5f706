// Classes of one's own and the methods that marked regions make possible, by keyboard.
import { expect } from '@playwright/test';
import type { PairDetail, RunDetail, SuiteInfo } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { violations } from './axe.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

const template = `words noun: sg pl
dog dogs animal
owl owls animal
table tables

words verb: s base
sleeps sleep
sings sing

class: my_agreement
about: A verb agrees with its subject.
good: The {noun1 animal sg} [{verb1 s}].
bad:  The {noun1 animal sg} [{verb1 base}].`;

test('a class is written, seen as it grows, made, opened again and changed', async ({ start }, info) => {
  test.setTimeout(120_000);
  const folder = info.outputPath('Own');
  makeProject(folder, { classes: 2, pairs: 6, checkpoints: 3, runs: 1 }).close();
  const gardenpath = await start([folder]);
  const { page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();

  // ---- the palette leads there, and so does its key
  await page.keyboard.press('Control+k');
  await page.keyboard.type('own classes');
  await page.keyboard.press('Enter');
  const editor = page.getByRole('textbox', { name: 'Templates' });
  await expect(editor).toBeFocused();
  await takePictures(gardenpath, 'own-classes-empty');

  // ---- examples, counts and warnings come as one types; a mistake is named with its line
  await page.keyboard.insertText(template.replace('{verb1 s}]', '{verb1 s]'));
  const given = page.getByRole('region', { name: 'What it gives' });
  await expect(given.getByRole('alert')).toContainText('line 12: a brace is not closed');
  await expect(editor).toHaveAttribute('aria-invalid', 'true');
  await takePictures(gardenpath, 'own-classes-problem');
  await page.getByRole('button', { name: 'Go to line 12' }).press('Enter');
  await expect(editor).toBeFocused();
  await page.keyboard.insertText('good: The {noun1 animal sg} [{verb1 s}].');
  await expect(given.getByRole('alert')).toHaveCount(0);
  const own = given.getByRole('region', { name: 'my_agreement' });
  await expect(own).toContainText('4 pairs, of 4 choices of words');
  await expect(own.getByRole('listitem').first()).toContainText(/The (dog|owl) (sleeps|sings)\./);
  await expect(own).toContainText('make no more than 4 pairs, not 100');
  await expect(given.getByRole('status')).toContainText('4 pairs in 1 class; tokens as run 1 (nano 1) has them, no bigrams of its text being counted'); // prettier-ignore
  expect(await violations(page)).toEqual([]);
  await takePictures(gardenpath, 'own-classes');

  // ---- the text field's own undo
  await editor.press('End');
  await page.keyboard.type('!');
  await page.keyboard.press('Control+z');
  await expect(editor).toHaveValue(template);

  // ---- Ctrl+Enter makes the suite; it opens again after one was elsewhere
  await page.getByRole('textbox', { name: 'Suite' }).fill('owls and dogs');
  await editor.press('Control+Enter');
  await expect(page.getByText('owls and dogs: 4 pairs in 1 class', { exact: true })).toBeVisible();
  const named = async () => (await value<SuiteInfo[]>(page, 'suites.list')).map(({ name, pairs }) => `${name} ${pairs}`); // prettier-ignore
  expect(await named()).toEqual(['made-up suite 12', 'owls and dogs 4']);
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+0');
  const row = page.getByRole('table', { name: 'Suites' }).getByRole('row', { name: /owls and dogs/ }); // prettier-ignore
  await row.getByRole('button', { name: 'open its text' }).press('Enter');
  await expect(editor).toHaveValue(template);

  // ---- what nothing hangs on is changed itself
  await editor.press('Control+End');
  await page.keyboard.insertText('\n\nclass: mine\ngood: {noun1 pl} sing.\nbad: {noun1 pl} sings.');
  await expect(given.getByRole('status')).toContainText('7 pairs in 2 classes');
  await page.keyboard.press('Control+Enter');
  await expect.poll(named).toEqual(['made-up suite 12', 'owls and dogs 7']);

  // ---- pairs by hand, the star on the bad one wherever it stands
  await page.getByText('pairs by hand').click();
  const pairs = page.getByRole('textbox', { name: 'Pairs' });
  await expect(pairs).toBeFocused();
  await page.keyboard.insertText('class: by_hand\n*It are here.\nIt is here.\nHe left.\tHe leaved.');
  await expect(given.getByRole('region', { name: 'by_hand' }).getByRole('listitem').first()).toContainText(/It is here\..*\*It are here\./s); // prettier-ignore
  await takePictures(gardenpath, 'own-classes-by-hand');

  // ---- another text takes its place, and it comes back
  await page.getByRole('button', { name: 'New', exact: true }).press('Enter');
  await expect(pairs).toHaveValue('');
  await page.getByRole('button', { name: 'Back to the text before' }).press('Enter');
  await expect(pairs).toHaveValue(/by_hand/);

  // ---- and nothing of it is lost by a restart
  await expect(given.getByRole('status')).toContainText('2 pairs in 1 class');
  await page.reload();
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+Shift+O');
  await expect(page.getByRole('textbox', { name: 'Pairs' })).toHaveValue(/by_hand/);
}); // prettier-ignore

test('a method is chosen like a profile, and says what it leaves out', async ({ start }, info) => {
  test.setTimeout(120_000);
  const folder = info.outputPath('Methods');
  makeProject(folder, { classes: 4, pairs: 20, checkpoints: 5, runs: 1, marked: 3 }).close();
  const gardenpath = await start([folder]);
  const { page } = gardenpath;
  const grid = page.getByRole('grid', { name: 'Classes' });
  await expect(grid).toBeVisible();
  const { scored } = await value<RunDetail>(page, 'runs.get', { runId: 1 });
  expect(scored.map(({ profile, classes }) => [profile, classes])).toEqual([['gardenpath', 4], ['gardenpath/one-prefix', 3]]); // prettier-ignore

  await page.getByRole('button', { name: /^Suite: / }).press('Enter');
  await page.getByRole('menuitemradio', { name: /one-prefix/ }).press('Enter');
  const leftOut = page.getByRole('button', { name: '1 left out' });
  await expect(leftOut).toBeVisible();
  await takePictures(gardenpath, 'atlas-method');
  await leftOut.press('Enter');
  const dialog = page.getByRole('dialog', { name: '1 class without scores by one-prefix' });
  await expect(dialog).toContainText('The suite marks no shared beginning');
  await expect(dialog.getByRole('listitem')).toHaveText(['subject_verb_agreement_1']);
  expect(await violations(page)).toEqual([]);
  await takePictures(gardenpath, 'method-left-out');
  await page.keyboard.press('Escape');

  // ---- a pair: the words that are compared stand out, and make Δ
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid', { name: 'Pairs' }).getByRole('row').nth(2)).toBeVisible();
  await page.getByRole('grid', { name: 'Pairs' }).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Method one-prefix: scores are of the words in which')).toBeVisible();
  const heading = await page.getByRole('heading', { name: /^Pair / }).textContent();
  const outside = page.locator('li.outside');
  const pair = await value<{ rows: { pairRowId: number; pairId: string }[] }>(page, 'pairs.page', { profile: 'gardenpath/one-prefix', classId: 1, limit: 20 }); // prettier-ignore
  const shown = pair.rows.find(({ pairId }) => heading === `Pair ${pairId}`);
  const detail = await value<PairDetail>(page, 'pairs.get', { profile: 'gardenpath/one-prefix', pairRowId: shown?.pairRowId }); // prettier-ignore
  const all = detail.goodTokens.length + detail.badTokens.length;
  await expect(outside).toHaveCount(all - (detail.part?.good.length ?? 0) - (detail.part?.bad.length ?? 0)); // prettier-ignore
  await takePictures(gardenpath, 'pair-method');

  // ---- a class that the method leaves out says so, and leads to whole sentences
  await page.keyboard.press('Control+k');
  await page.keyboard.type('subject_verb_agreement_1');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'subject_verb_agreement_1 has no scores by one-prefix' })).toBeVisible(); // prettier-ignore
  await page.getByRole('button', { name: 'Whole sentences' }).press('Enter');
  await expect(page.getByRole('heading', { name: 'subject_verb_agreement_1', exact: true })).toBeVisible(); // prettier-ignore
});
