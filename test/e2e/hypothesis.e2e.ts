// The Bigram Hypothesis, by keyboard: n-grams counted, classes beside the model, lines of the text, a pair's
// tokens, the test in a sentence, an experiment's plan and result.
import { expect } from '@playwright/test';
import { inspectCorpus } from '../../src/main/lab/corpus/index.ts';
import { addExperiment, addExperimentRun, putEdits } from '../../src/main/lab/store/experiments.ts';
import { ExperimentPlan, type ExperimentDetail } from '../../src/shared/experiment.ts';
import type { HypothesisReport, NgramClasses, NgramConcordance } from '../../src/shared/ngram.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { writeTinyCorpus } from '../fixtures/tiny.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

test('n-grams are counted and the hypothesis is tested', async ({ start }, info) => {
  test.setTimeout(120_000);
  const folder = info.outputPath('Hypothesis');
  const corpus = await inspectCorpus(writeTinyCorpus(info.outputPath(), 2_000));
  const project = makeProject(folder, { classes: 24, pairs: 30, checkpoints: 10, runs: 4, corpus });
  // An experiment whose four runs are finished: two conditions from two seeds.
  const uid = 'argument_structure_1';
  const plan = ExperimentPlan.parse({ name: 'Without “dog sing”', runId: 1, classes: [uid], control: false, seeds: [1, 2] }); // prettier-ignore
  const id = addExperiment(project.db, plan);
  putEdits(project.db, id, {
    bigrams: [{ bigram: ['dog', 'sing'], count: 12, pairs: 9, pullNats: 7.5 }],
    conditions: [],
  });
  for (const [i, condition] of ['original', 'drop', 'original', 'drop'].entries())
    addExperimentRun(project.db, id, { runId: i + 1, condition, seed: 1 + Math.floor(i / 2) });
  project.close();

  const gardenpath = await start([folder]);
  const { page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();

  // ---- before there are n-grams, both pages say what to do first
  await page.keyboard.press('Control+7');
  const count = page.getByRole('button', { name: 'Count n-grams of tokens' });
  await expect(count).toBeVisible();
  await page.keyboard.press('Control+6');
  await count.press('Enter');

  // ---- classes beside the model, as the lab has them
  const table = page.getByRole('grid', { name: 'Classes as the n-gram sees them' });
  await expect(table.getByRole('row').nth(5)).toBeVisible({ timeout: 60_000 });
  const { classes } = await value<NgramClasses>(page, 'ngrams.classes');
  const worst = classes.toSorted((a, b) => a.ngramAccuracy - b.ngramAccuracy || a.uid.localeCompare(b.uid))[0]; // prettier-ignore
  const two = (share: number): string => share.toFixed(2).replace(/^0/, '');
  await expect(table.getByRole('row').nth(1)).toContainText(`${worst?.uid}`);
  await expect(table.getByRole('row').nth(1)).toContainText(two(worst?.ngramAccuracy ?? NaN));
  await expect(page.getByRole('list', { name: 'Orders' }).getByRole('listitem')).toHaveCount(5);

  // ---- the lines of the text with an n-gram
  await table.focus();
  await page.keyboard.press('c');
  await page.keyboard.type('the dog');
  await page.keyboard.press('Enter');
  const lines = page.getByRole('region', { name: 'In the training text' });
  const found = await value<NgramConcordance>(page, 'ngrams.concordance', { ngram: 'the dog' });
  await expect(lines.getByRole('status')).toContainText(`in ${found.linesWithIt.toLocaleString('en')} lines`); // prettier-ignore
  await expect(lines.getByRole('row').first()).toContainText('the dog');
  await takePictures(gardenpath, 'bigrams');

  // ---- a pair: the n-gram's bits beside the model's lead to their lines
  await table.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('grid', { name: 'Pairs' }).getByRole('row').nth(1)).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Pair / })).toBeVisible();
  const bits = page.getByRole('button', { name: /2-gram of .* bits, its lines/ });
  await expect(bits.first()).toBeVisible();
  await takePictures(gardenpath, 'pair-ngram');
  await bits.nth(2).press('Enter');
  await expect(lines.getByRole('status')).toContainText('occurrence');

  // ---- the test in a sentence, over all classes and over meaningful ones only
  await page.keyboard.press('Control+7');
  const answer = page.getByRole('region', { name: 'Does bigram bias predict entrenchment?' });
  await expect(answer.getByText(/^Over \d+ classes/)).toBeVisible({ timeout: 60_000 });
  const all = await value<HypothesisReport>(page, 'hypothesis.get');
  await expect(answer).toContainText(all.all.sentence);
  await expect(answer).toContainText(all.all.powerSentence);
  await expect(page.getByRole('grid', { name: 'Classes tested' }).getByRole('row')).not.toHaveCount(1); // prettier-ignore
  const doubtful = all.points[0];
  await value(page, 'judgements.set', { classId: doubtful?.classId, verdict: 'not-meaningful', annotator: 'me' }); // prettier-ignore
  const judged = await value<HypothesisReport>(page, 'hypothesis.get');
  await expect(answer).toContainText(judged.meaningful?.sentence ?? 'no such sentence');
  await page.getByText('meaningful only').click();
  await expect(answer.getByText(judged.meaningful?.sentence ?? '').first()).toBeVisible();
  await takePictures(gardenpath, 'hypothesis');

  // ---- experiments: one is planned, one has its result
  await page.getByRole('grid', { name: 'Classes tested' }).focus();
  await page.keyboard.press('v');
  await expect(page.getByRole('grid', { name: 'Experiments' })).toBeVisible();
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog', { name: 'New experiment' });
  await expect(dialog.getByRole('status')).toContainText('Choose the classes');
  await dialog.getByRole('checkbox', { name: uid }).check();
  await expect(dialog.getByRole('status')).toContainText('9 runs will be queued');
  await dialog.getByRole('textbox', { name: 'seeds' }).fill('1, 2');
  await expect(dialog.getByRole('status')).toContainText('6 runs will be queued');
  await page.keyboard.press('Escape');
  await page.getByRole('grid', { name: 'Experiments' }).focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const { contrasts } = await value<ExperimentDetail>(page, 'experiments.get', { id });
  const result = page.getByRole('region', { name: 'Experiment' });
  await expect(result).toContainText(contrasts[0]?.sentence ?? 'no such sentence');
  await expect(result.getByRole('row', { name: new RegExp(`^${uid}`) })).toContainText('edited');
  await takePictures(gardenpath, 'experiment');
  await result.getByRole('button', { name: 'dog sing' }).press('Enter');
  await expect(lines.getByRole('status')).toContainText(/occurrence/);
});
