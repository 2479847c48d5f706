// Bringing things in and taking them out, by the keyboard: suites whose columns are named, figures of other programs,
// models, judgements, packed projects.
import { expect, type Page } from '@playwright/test';
import { unzipSync } from 'fflate';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassRow, RunRow, SuiteInfo } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { violations } from './axe.ts';
import { value } from './bridge.ts';
import { answerDialogs } from './dialogs.ts';
import { root } from './electron.ts';
import { takePictures } from './look.ts';

/** Takes an action by the palette. */
async function act(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Command palette' });
  await expect(palette.getByRole('combobox')).toBeFocused();
  await page.keyboard.type(text);
  await expect(palette.getByRole('option').first()).toContainText(text);
  await page.keyboard.press('Enter');
  await expect(palette).toBeHidden();
}

/** Goes to a field by Tab, as a person without a mouse. */
async function tabTo(
  page: Page,
  name: string,
  role: 'textbox' | 'combobox' | 'checkbox' = 'textbox',
): Promise<void> {
  const field = page.getByRole('dialog').getByRole(role, { name, exact: true });
  for (let n = 0; n < 30; n++) {
    if (await field.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to “${name}”`);
}

/** Chooses an option of the field at hand by typing how it begins. */
async function choose(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, label, 'combobox');
  await page.keyboard.type(text);
}

const pairs = [
  ['islands', 'What did she say that he ate ?', 'What did she say the claim that he ate ?'],
  ['islands', 'Who did you see ?', 'Who did you see him ?'],
  ['agreement', 'The dogs bark .', 'The dogs barks .'],
  ['agreement', 'The cat near the dogs sleeps .', 'The cat near the dogs sleep .'],
] as const;
const csv = `number,contrast,fine,odd\n${pairs.map(([type, good, bad], i) => `${i},${type},"${good}","${bad}"\n`).join('')}`; // prettier-ignore

test('a table whose columns a person names becomes a suite, other programs’ figures become runs', async ({
  start,
}, info) => {
  test.setTimeout(180_000);
  const folder = info.outputPath('Brought');
  makeProject(folder, { classes: 4, pairs: 6, checkpoints: 3, runs: 1 }).close();
  const file = (name: string, text: string): string => {
    writeFileSync(info.outputPath(name), text);
    return info.outputPath(name);
  };
  const opened = await start([folder]);
  const { app, page } = opened;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+0');
  const suites = page.getByRole('table', { name: 'Suites' });
  await expect(suites.getByRole('row')).toHaveCount(2);

  // ---- no format that is known: which columns are the sentences is asked, and nothing is guessed that is not there
  await answerDialogs(app, file('own.csv', csv));
  await act(page, 'Add a suite…');
  const dialog = page.getByRole('dialog', { name: 'Add a suite' });
  await expect(dialog.getByText('Say which columns hold the good and the bad sentence.')).toBeVisible(); // prettier-ignore
  await expect(dialog.getByRole('combobox', { name: 'Class', exact: true })).toHaveValue(
    'contrast',
  );
  await expect(dialog.getByRole('combobox', { name: 'Pair', exact: true })).toHaveValue('number');
  await choose(page, 'Good sentence', 'fine');
  await choose(page, 'Bad sentence', 'fine');
  await expect(dialog.getByText('are two columns')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  const examples = dialog.getByRole('region', { name: 'The first pairs' }).getByRole('listitem');
  await expect(examples).toHaveCount(4);
  await expect(examples.first()).toContainText('agreement');
  await expect(dialog.getByRole('status')).toContainText('2 classes, 4 pairs');
  await tabTo(page, 'Licence');
  await page.keyboard.type('CC0');
  await takePictures(opened, 'add-suite');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  const row = suites.getByRole('row', { name: /own/ });
  await expect(row).toContainText('CC0');
  const stored = (await value<SuiteInfo[]>(page, 'suites.list')).find(({ name }) => name === 'own');
  expect(stored).toMatchObject({ classes: 2, pairs: 4, source: 'own.csv', licence: 'CC0' });
  await expect(row).toContainText(stored?.contentHash.slice(0, 12) ?? '');
  await takePictures(opened, 'in-and-out');

  // ---- one continuation after two contexts: the columns of both, and what is compared underlined
  await answerDialogs(app, file('contexts.csv', 'before,other,after\nThe jar is open.,The jar is shut.,Sand gets in.\n')); // prettier-ignore
  await act(page, 'Add a suite…');
  await choose(page, 'Good sentence', 'after');
  await choose(page, 'Bad sentence', 'after');
  await expect(dialog.getByText('are two columns')).toBeVisible();
  await choose(page, 'Context', 'before');
  await choose(page, 'Context of the bad sentence', 'other');
  await expect(dialog.getByRole('status')).toContainText('scored by conditional');
  await expect(examples.first().locator('u')).toHaveText(['Sand gets in.', 'Sand gets in.']);
  await expect(examples.first()).toContainText('The jar is shut. Sand gets in.');
  await takePictures(opened, 'add-suite-contexts');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // ---- the same again is known; a known format needs no columns
  await answerDialogs(app, file('own.csv', csv));
  await act(page, 'Add a suite…');
  await choose(page, 'Good sentence', 'fine');
  await choose(page, 'Bad sentence', 'odd');
  await expect(dialog.getByText('in the project already, as own')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await answerDialogs(app, file('zorro_like-x.txt', 'look at this dogs .\nlook at these dogs .\n'));
  await act(page, 'Add a suite…');
  await expect(dialog.getByText(/^Zorro:/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  // A damaged file is told about, and nothing is added.
  await answerDialogs(app, file('broken.jsonl', '{"sentence_good": "a", \n'));
  await act(page, 'Add a suite…');
  await expect(dialog.getByRole('alert')).toContainText('broken.jsonl, line 1');
  await expect(dialog.getByRole('button', { name: 'Add the suite' })).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(await value<SuiteInfo[]>(page, 'suites.list')).toHaveLength(2);

  // ---- scores: a table, its columns guessed; imported, it is looked at in the atlas
  const scores = `text,logprob\n${pairs.map(([, good, bad], i) => `"${good}",-10\n"${bad}",${i === 0 ? -9 : -12}\n`).join('')}`; // prettier-ignore
  await answerDialogs(app, file('mine.csv', scores));
  await act(page, 'Import scores of another program…');
  const scoresDialog = page.getByRole('dialog', { name: 'Import scores' });
  await choose(page, 'Suite', 'own');
  await expect(scoresDialog.getByRole('status')).toContainText('4 of 4 pairs have figures');
  await expect(scoresDialog.getByRole('combobox', { name: 'Log-probability' })).toHaveValue(
    'logprob',
  );
  await takePictures(opened, 'import-scores');
  expect(await violations(page)).toEqual([]);
  await tabTo(page, 'Name');
  await page.keyboard.type('Theirs');
  await page.keyboard.press('Enter');
  await expect(scoresDialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Run: Theirs' })).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Classes' }).getByRole('rowheader', { name: /islands/ })).toBeVisible(); // prettier-ignore
  const accuracies = async (): Promise<unknown> => (await value<{ classes: ClassRow[] }>(page, 'classes.list')).classes.map(({ uid, accuracy }) => [uid, accuracy]); // prettier-ignore
  expect(await accuracies()).toEqual([['agreement', 1], ['islands', 0.5]]); // prettier-ignore

  // ---- BabyLM keeps choices: right and wrong are shown, and each view says what it cannot show
  const predictions = { blimp: { islands: { predictions: [{ id: 'islands_0', pred: pairs[0][1] }, { id: 'islands_1', pred: pairs[1][2] }] } } }; // prettier-ignore
  await answerDialogs(app, file('predictions.json', JSON.stringify(predictions)));
  await act(page, 'Import scores of another program…');
  await choose(page, 'Suite', 'own');
  await expect(scoresDialog.getByText(/keeps which sentence was chosen/)).toBeVisible();
  await expect(scoresDialog.getByRole('status')).toContainText('2 of 4 pairs have figures');
  await tabTo(page, 'Name');
  await page.keyboard.press('Enter');
  await expect(scoresDialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Run: predictions.json' })).toBeVisible();
  const note = page.getByRole('note');
  await expect(note).toContainText('accuracy is all there is');
  await expect(page.getByRole('radio', { name: 'mean Δ' })).toBeHidden();
  await takePictures(opened, 'choices-atlas');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(note).toContainText('no mean Δ, no separation');
  const list = page.getByRole('grid', { name: 'Pairs' });
  await expect(list.getByRole('gridcell', { name: 'wrong' })).toHaveCount(1);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await takePictures(opened, 'choices-class');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(note).toContainText('nothing token by token');
  await takePictures(opened, 'choices-pair');
  for (const [key, text] of [
    ['3', 'no mean Δ'],
    ['5', 'errors are counted'],
    ['6', 'not known either'],
    ['7', 'not known either'],
  ] as const) {
    // prettier-ignore
    await page.keyboard.press(`Control+${key}`);
    await expect(note).toContainText(text);
  }
  // Beside the run with scores.
  await page.keyboard.press('Control+4');
  await expect(note).toContainText('right and wrong are compared');
  await takePictures(opened, 'choices-compare');
});

test('models are scored, judgements and projects go out and come back', async ({ start }, info) => {
  test.setTimeout(300_000);
  const folder = info.outputPath('Sent');
  makeProject(folder, { classes: 3, pairs: 4, checkpoints: 2, runs: 1 }).close();
  const opened = await start([folder]);
  const { app, page } = opened;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();

  // ---- a model of Hugging Face's kind: scored as a run, with its progress on the run's page
  await answerDialogs(app, join(root, 'test/fixtures/scoring/plain'));
  await act(page, 'Import models…');
  const models = page.getByRole('dialog', { name: 'Import models' });
  await expect(models.getByRole('status')).toContainText('1 checkpoint of an OPT model');
  await tabTo(page, 'Name');
  await page.keyboard.type('Elsewhere');
  await takePictures(opened, 'import-models');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(models).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Elsewhere', exact: true })).toBeVisible();
  await expect(page.getByRole('main').getByText('finished', { exact: true })).toBeVisible({ timeout: 120_000 }); // prettier-ignore
  const [run] = await value<RunRow[]>(page, 'runs.list');
  expect(run).toMatchObject({ name: 'Elsewhere', state: 'finished', checkpoints: 1, error: null });
  expect((await value<{ classes: ClassRow[] }>(page, 'classes.list', { runId: run?.id })).classes).toHaveLength(3); // prettier-ignore

  // ---- a suite is added from where it is chosen: over the dialog that asks for one, which stays
  await answerDialogs(app, info.outputPath('own.csv'));
  writeFileSync(info.outputPath('own.csv'), csv.replace('fine,odd', 'good,bad'));
  await page.getByRole('button', { name: 'Score again…' }).focus();
  await page.keyboard.press('Enter');
  const again = page.getByRole('dialog', { name: 'Score again' });
  await again.getByRole('button', { name: 'Add BLiMP or another file…' }).focus();
  await page.keyboard.press('Enter');
  const added = page.getByRole('dialog', { name: 'Add a suite' });
  await expect(added.getByRole('status')).toContainText('2 classes, 4 pairs');
  await page.keyboard.press('Escape');
  await expect(added).toBeHidden();
  await expect(again).toBeVisible();
  await again.getByRole('button', { name: 'Add BLiMP or another file…' }).focus();
  await page.keyboard.press('Enter');
  await tabTo(page, 'Name');
  await page.keyboard.press('Enter');
  await expect(added).toBeHidden();
  await expect(again.getByRole('combobox', { name: 'Suite' })).toHaveText(/own, 2 classes/);
  await page.keyboard.press('Escape');
  await expect(again).toBeHidden();

  // ---- a folder without a model is told about
  await answerDialogs(app, folder);
  await act(page, 'Import models…');
  await expect(models.getByRole('alert')).toContainText('holds no model');
  await page.keyboard.press('Escape');
  await expect(models).toBeHidden();

  // ---- judgements: out, and in again, where they are all there
  await page.keyboard.press('Control+1');
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Judgement' })).toBeVisible();
  await page.keyboard.press('n');
  await page.keyboard.press('Control+0');
  const judgements = info.outputPath('judgements.csv');
  await answerDialogs(app, judgements);
  await act(page, 'Save the judgements as CSV…');
  await expect(page.getByText('Saved the judgements')).toBeVisible();
  expect(readFileSync(judgements, 'utf8')).toMatch(/not-meaningful/);
  await act(page, 'Take in judgements…');
  await expect(page.getByText('0 judgements taken in; 1 there already')).toBeVisible();
  const tasks = info.outputPath('tasks.json');
  await answerDialogs(app, tasks);
  await act(page, 'Save the judgements for Label Studio…');
  await expect(page.getByText('Saved the judgements')).toBeVisible();
  await expect.poll(() => existsSync(tasks) && readFileSync(tasks, 'utf8').endsWith('\n')).toBe(true); // prettier-ignore
  expect(JSON.parse(readFileSync(tasks, 'utf8'))).toHaveLength(5); // classes of both suites

  // ---- samples as lm-eval logs them
  const samples = info.outputPath('samples');
  await answerDialogs(app, samples);
  await act(page, 'Write lm-eval samples…');
  await expect(page.getByText('3 files of samples')).toBeVisible();
  expect(readdirSync(samples)).toHaveLength(3);

  // ---- tables as Parquet
  const tables = info.outputPath('tables');
  await answerDialogs(app, tables);
  await act(page, 'Write tables as Parquet…');
  await expect(page.getByText(/4 tables .* lie in/)).toBeVisible();
  expect(readdirSync(tables).sort()).toEqual(['classes.parquet', 'pair_scores.parquet', 'pairs.parquet', 'token_scores.parquet']); // prettier-ignore

  // ---- packed with its weights, and opened from the start page as another project
  const zip = info.outputPath('sent.zip');
  await answerDialogs(app, zip);
  await act(page, 'Pack the project…');
  const pack = page.getByRole('dialog', { name: 'Pack the project' });
  await tabTo(page, 'With the weights of its checkpoints', 'checkbox');
  await page.keyboard.press('Space');
  await takePictures(opened, 'pack');
  await page.keyboard.press('Enter');
  await expect(pack).toBeHidden({ timeout: 60_000 });
  const names = Object.keys(unzipSync(readFileSync(zip), { filter: ({ name }) => name.endsWith('config.json') || name === 'project.sqlite' })); // prettier-ignore
  expect(names).toContain('project.sqlite');
  expect(names.some((name) => name.startsWith('checkpoints/'))).toBe(true);
  await act(page, 'Close the project');
  await expect(page.getByRole('heading', { name: 'Gardenpath' })).toBeVisible();
  await answerDialogs(app, zip, info.outputPath('Received'));
  await page.getByRole('button', { name: 'Open a packed one…' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Received', exact: true })).toBeVisible();
  expect(await value<RunRow[]>(page, 'runs.list')).toHaveLength(2);

  // ---- what is no packed project makes nothing
  await answerDialogs(app, tasks, info.outputPath('Nothing'));
  await act(page, 'Open a packed project…');
  await expect(page.getByText(/tasks\.json is no zip archive|no packed project/)).toBeVisible();
  expect(existsSync(info.outputPath('Nothing'))).toBe(false);
});

const blimpZip = join(root, '../shared/data/blimp/BLiMP.zip');
if (!existsSync(blimpZip)) console.warn('SKIPPED: BLiMP.zip is not at hand, so a download of it is tried with a wrong file only.'); // prettier-ignore

test('BLiMP is downloaded once a person agrees, and is BLiMP or nothing', async ({
  start,
}, info) => {
  const folder = info.outputPath('Downloads');
  makeProject(folder, { classes: 2, pairs: 4, checkpoints: 1, runs: 1 }).close();
  const { app, page } = await start([folder]);
  const wrong = info.outputPath('wrong.zip');
  writeFileSync(wrong, 'no BLiMP');
  /** What the consent dialog is answered with, and what the network has. */
  const answer = (response: number, file: string) =>
    app.evaluate(
      ({ dialog, session }, [response, file]) => {
        const { readFileSync } = process.getBuiltinModule('node:fs');
        const seen: string[] = [];
        dialog.showMessageBox = (...given: unknown[]) => {
          seen.push((given.at(-1) as { detail: string }).detail);
          return Promise.resolve({ response, checkboxChecked: false });
        };
        session.fromPartition('download').fetch = (url) => {
          seen.push(url as string);
          return Promise.resolve(new Response(readFileSync(file)));
        };
        Object.assign(globalThis, { seen });
      },
      [response, file] as const,
    );
  const seen = () => app.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  const suites = async () => (await value<SuiteInfo[]>(page, 'suites.list')).map(({ name }) => name); // prettier-ignore
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  const before = await suites();

  await answer(1, wrong);
  await act(page, 'Download BLiMP');
  await expect.poll(async () => (await seen()).length).toBe(1); // asked, and then nothing fetched
  expect((await seen())[0]).toMatch(/2\.4 MB from raw\.githubusercontent\.com.*CC BY 4\.0.*sha256/);

  await answer(0, wrong);
  await act(page, 'Download BLiMP');
  await expect(
    page.getByText(/BLiMP could not be downloaded .*its sha256 is another/),
  ).toBeVisible();
  expect((await seen())[1]).toMatch(/^https:.*BLiMP\.zip$/);
  expect(await suites()).toEqual(before);

  if (!existsSync(blimpZip)) return;
  await answer(0, blimpZip);
  await act(page, 'Download BLiMP');
  await expect(page.getByText('BLiMP is here: 67 classes of 67,000 pairs in all')).toBeVisible();
  expect(await suites()).toEqual([...before, 'BLiMP']);
});
