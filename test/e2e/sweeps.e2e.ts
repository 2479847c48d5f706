// Sweeps by keyboard: the list, the grid of runs, why one failed, and what the gathered runs show together.
import { expect } from '@playwright/test';
import type { SweepFindings } from '../../src/shared/sweep-findings.ts';
import type { SweepDetail, SweepRow } from '../../src/shared/sweeps.ts';
import { inspectCorpus } from '../../src/main/lab/corpus/index.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { makeSweep } from '../fixtures/make-sweep.ts';
import { writeTinyCorpus } from '../fixtures/tiny.ts';
import { test } from './app.ts';
import { violations } from './axe.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

test('a sweep’s runs and findings', async ({ start }, info) => {
  test.setTimeout(300_000);
  const folder = info.outputPath('Sweeps');
  const project = makeProject(folder, { classes: 24, pairs: 40, checkpoints: 12, runs: 12 });
  const { id } = makeSweep(project, { corpora: ['child-directed.train', 'wikipedia.train'], seeds: 6, failing: 1 }); // prettier-ignore
  project.close();
  const gardenpath = await start([folder]);
  const { page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();

  // ---- the list, and from it the grid
  await page.keyboard.press('Control+8');
  const list = page.getByRole('grid', { name: 'Sweeps' });
  await expect(list.getByRole('row', { name: /text and seed/ })).toContainText('11 of 12 runs finished, 1 failed'); // prettier-ignore
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const grid = page.getByRole('grid', { name: 'Runs of the sweep' });
  await expect(grid.getByRole('gridcell')).toHaveCount(12);
  const { runList } = await value<SweepDetail>(page, 'sweeps.get', { id });
  expect(runList.filter(({ state }) => state === 'finished')).toHaveLength(11);

  // ---- arrows lead to the run that failed, and to the last lines of its log
  await grid.press('ArrowDown');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
  const run = page.getByRole('region', { name: 'The run' });
  await expect(run.getByRole('heading', { name: 'corpus wikipedia.train, seed 6' })).toBeVisible();
  await expect(run).toContainText('Training diverged at step 1,201.');
  await expect(run.getByRole('region', { name: 'Last lines of its log' })).toContainText('loss 9.813'); // prettier-ignore
  await expect(run.getByRole('button', { name: 'Retry' })).toBeEnabled();
  expect(await violations(page)).toEqual([]);
  await takePictures(gardenpath, 'sweep-runs');

  // ---- a gathered run opens, and the way back keeps the cursor
  await grid.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(grid).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(run.getByRole('heading', { name: 'corpus wikipedia.train, seed 5' })).toBeVisible();

  // ---- what they show together
  await page.keyboard.press('v');
  const table = page.getByRole('grid', { name: 'Classes over all runs' });
  await expect(table).toBeVisible();
  const found = await value<SweepFindings>(page, 'sweeps.findings', { id });
  expect(found).toMatchObject({ runs: 11, missing: 1, axes: ['corpus', 'seed'] });
  const widest = found.classes.toSorted((a, b) => (b.seedSd ?? 0) - (a.seedSd ?? 0) || a.uid.localeCompare(b.uid))[0]; // prettier-ignore
  const first = table.getByRole('row').nth(1);
  await expect(first).toContainText(widest?.uid ?? 'no such class');
  await expect(first).toContainText(String(widest?.seedsNeeded));
  await expect(page.getByRole('list', { name: 'Conditions' }).getByRole('button')).toHaveCount(2);
  await table.focus();
  await page.keyboard.press('j');
  await expect(page.getByRole('img', { name: new RegExp(`^${widest?.uid}, corpus child-directed.train, mean of 6 runs`) })).toBeVisible(); // prettier-ignore
  expect(await violations(page)).toEqual([]);
  await takePictures(gardenpath, 'sweep-findings');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: widest?.uid ?? '' }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(table).toBeVisible();

  // ---- found by name from anywhere
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('text and seed');
  await page.keyboard.press('Enter');
  await expect(table).toBeVisible();

  // ---- the failed run once more: a process of its own takes it, and says why it cannot (its text is made up)
  await page.keyboard.press('v');
  await expect(grid).toBeVisible();
  await grid.press('ArrowRight');
  await expect(run.getByRole('heading', { name: 'corpus wikipedia.train, seed 6' })).toBeVisible();
  await page.keyboard.press('r');
  await expect(run.getByRole('definition').nth(7)).toHaveText('2', { timeout: 120_000 });
  await expect(run).toContainText(/Why it failed(?!Training diverged).*(corpus|text)/i, {
    timeout: 60_000,
  });
  await expect(run).not.toContainText('unknown command');
});

test('a plan is written in the window, kept, changed, run here, and handed to Slurm only after yes', async ({
  start,
}, info) => {
  test.setTimeout(300_000);
  const folder = info.outputPath('Plan');
  const corpus = await inspectCorpus(writeTinyCorpus(info.outputPath(), 600));
  makeProject(folder, { classes: 2, pairs: 5, checkpoints: 2, runs: 1, corpus }).close();
  const gardenpath = await start([folder]);
  const { app, page } = gardenpath;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1_024, 700)); // prettier-ignore

  // ---- the example names what the project has
  await page.keyboard.press('Control+8');
  await expect(page.getByRole('heading', { name: 'No sweep yet' })).toBeVisible();
  await page.keyboard.press('n');
  const editor = page.getByRole('textbox', { name: 'Plan' });
  await expect(editor).toBeFocused();
  await expect(editor).toHaveValue(/corpus: \[tiny-corpus\][^]*seed: \[1, 2, 3\]/);
  const preview = page.getByRole('region', { name: 'What it would do' });
  const runs = page.getByRole('grid', { name: 'Runs of the plan' });
  await expect(preview).toContainText(/3 runs.*to do: .*of disk.*It is a new sweep/s, { timeout: 60_000 }); // prettier-ignore
  await expect(runs.getByRole('row')).toHaveCount(4);
  await takePictures(gardenpath, 'sweep-plan-example');

  // ---- what is wrong is named by line and field, and can be gone to
  const plan = `name: tiny
corpus: tiny-corpus
suites: [made-up suite]
set: { vocabSize: 320, layers: 1, hiddenSize: 16, heads: 2, ffnSize: 32, windowTokens: 16, batchWindows: 4, warmupSteps: 5, totalSteps: 20, checkpoints: every:10 }
axes:
  seed: [1, 2]
`;
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(plan.replace('tiny-corpus', 'nowhere'));
  const problems = page.getByRole('status', { name: 'What is wrong with the plan' });
  await expect(problems).toContainText(/line 2, corpus: .*“nowhere”.*It has: tiny-corpus/);
  await expect(editor).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('button', { name: 'Run here' })).toBeDisabled();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(plan.replace('seed: [1, 2]', 'seed: [1, two]\n  warmups: [5]'));
  await expect(problems).toContainText('line 6, axes.seed, value 2: expected number');
  await expect(problems).toContainText('line 7, axes.warmups: there is no such field. Did you mean warmupSteps?'); // prettier-ignore
  await expect(preview).toHaveAttribute('aria-busy', 'true'); // of the text before
  expect(await violations(page)).toEqual([]);
  await takePictures(gardenpath, 'sweep-plan-problems');
  await problems.getByRole('button', { name: 'line 7' }).press('Enter');
  await expect(editor).toBeFocused();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(plan);
  await expect(problems).toHaveText('');
  await expect(preview).toContainText(/2 runs.*to do/, { timeout: 60_000 });
  await expect(preview).toHaveAttribute('aria-busy', 'false');

  // ---- kept, nothing is started; e has it again
  await page.keyboard.press('Control+s');
  const grid = page.getByRole('grid', { name: 'Runs of the sweep' });
  await expect(grid.getByRole('gridcell')).toHaveCount(2);
  const [{ id, ...kept } = { id: 0 }] = await value<SweepRow[]>(page, 'sweeps.list');
  expect(kept).toMatchObject({ name: 'tiny', place: 'local', state: 'stopped', runs: 2, runsFinished: 0 }); // prettier-ignore
  await page.keyboard.press('Escape');
  await expect(page.getByRole('grid', { name: 'Sweeps' })).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await expect(page.getByRole('heading', { name: 'Plan of tiny' })).toBeVisible();
  await expect(editor).toHaveValue(plan);
  await expect(preview).toContainText('takes the place of the plan of “tiny”');

  // ---- to Slurm only when the person says yes outside of the window; here they say no
  await app.evaluate(({ dialog }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = (...args: unknown[]) => {
      asked.push((args.at(-1) as { message: string }).message);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    };
  });
  await expect(page.getByRole('button', { name: 'Hand to Slurm…' })).toBeEnabled();
  await page.keyboard.press('Control+Shift+Enter');
  await expect.poll(() => app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked)).toEqual(['Hand jobs of the sweep “tiny” to Slurm?']); // prettier-ignore
  await expect(page.getByRole('button', { name: 'Hand to Slurm…' })).toBeEnabled();
  expect(await value<SweepRow[]>(page, 'sweeps.list')).toMatchObject([{ place: 'local', state: 'stopped' }]); // prettier-ignore

  // ---- changed, and run here with two workers at a time
  await page.getByRole('textbox', { name: 'Workers' }).fill('2');
  await editor.focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(plan.replace('[1, 2]', '[2, 3]'));
  await expect(preview).toHaveAttribute('aria-busy', 'false');
  await page.keyboard.press('Control+Enter');
  await expect(grid.getByRole('gridcell')).toHaveCount(2);
  const both = async () => {
    const { state, runsGathered } = await value<SweepRow>(page, 'sweeps.get', { id });
    return `${state}, ${runsGathered} gathered`; // a run is gathered a moment after it ended
  };
  await expect.poll(both, { timeout: 240_000 }).toBe('finished, 2 gathered');
  const { runList } = await value<SweepDetail>(page, 'sweeps.get', { id });
  expect(runList.map(({ values, state, runId }) => [values['seed'], state, runId !== null])).toEqual([[2, 'finished', true], [3, 'finished', true]]); // prettier-ignore

  // ---- what is there is not run again; the plan before can be gone back to
  await page.keyboard.press('e');
  await expect(preview).toContainText('2 runs, 2 of them there already; nothing to do');
  await page.keyboard.press('Escape');
  await expect(runs).toBeFocused();
  await takePictures(gardenpath, 'sweep-plan');
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Back to the plan before' }).press('Enter');
  await expect(editor).toHaveValue(/seed: \[1, 2\]/);
  await expect(preview).toContainText('2 runs, 1 of them there already');
});

test('without a sweep the page says how to plan one', async ({ start }, info) => {
  const folder = info.outputPath('None');
  makeProject(folder, { classes: 2, pairs: 5, checkpoints: 2, runs: 1 }).close();
  const { page } = await start([folder]);
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+8');
  await expect(page.getByRole('heading', { name: 'No sweep yet' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Its commands' })).toContainText('sweep run PROJECT plan.yaml'); // prettier-ignore
  expect(await violations(page)).toEqual([]);
});
