// Judging by keyboard: the queue, tags and reason, blind, two annotators, their agreement, what is settled
// over their votes; undo and redo across a restart.
import { expect, type Page } from '@playwright/test';
import type { AnnotationEvent, ClassRow } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { test } from './app.ts';
import { value } from './bridge.ts';
import { takePictures } from './look.ts';

const classOf = async (page: Page, uid: string): Promise<ClassRow | undefined> =>
  (await value<{ classes: ClassRow[] }>(page, 'classes.list')).classes.find((row) => row.uid === uid); // prettier-ignore

test('classes are judged one after another, blind or not, by two people who then settle it', async ({
  start,
}, info) => {
  const folder = info.outputPath('Judged');
  makeProject(folder, { classes: 12, pairs: 40, checkpoints: 8, runs: 1 }).close();
  const first = await start([folder]);
  let { page } = first;
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+3');

  const queue = page.getByRole('grid', { name: 'Classes to judge' });
  const judgement = page.getByRole('region', { name: 'Judgement' });
  const heading = page.getByRole('main').getByRole('heading', { level: 2 }).first();
  await expect(queue.getByRole('row')).toHaveCount(12);
  await expect(page.getByText('0 of 12 judged')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Sample of pairs' }).getByRole('listitem')).toHaveCount(10); // prettier-ignore

  // ---- a verdict, a tag, a tag of one's own, a reason; the class stays where it is
  const uid = (await heading.textContent()) ?? '';
  await page.keyboard.press('n');
  await expect(judgement.getByRole('button', { name: 'not meaningful' })).toHaveAttribute('aria-pressed', 'true'); // prettier-ignore
  await page.keyboard.press('1');
  await expect(judgement.getByRole('button', { name: 'lexical artefact' })).toHaveAttribute('aria-pressed', 'true'); // prettier-ignore
  await page.keyboard.press('t');
  await page.keyboard.type('archaic words');
  await page.keyboard.press('Enter');
  await expect(judgement.getByRole('button', { name: 'archaic words' })).toHaveAttribute('aria-pressed', 'true'); // prettier-ignore
  await page.keyboard.press('r');
  await page.keyboard.type('only the verb decides');
  await page.keyboard.press('Enter');
  await expect
    .poll(async () => (await classOf(page, uid))?.judgement)
    .toMatchObject({
      verdict: 'not-meaningful',
      tags: ['lexical artefact', 'archaic words'],
      reason: 'only the verb decides',
      annotator: 'me',
    });
  await expect(heading).toHaveText(uid);

  // ---- the next class; a tag of the project is there again
  await page.keyboard.press('j');
  await expect(heading).not.toHaveText(uid);
  const second = (await heading.textContent()) ?? '';
  await expect(judgement.getByRole('button', { name: 'archaic words' })).toHaveAttribute('aria-pressed', 'false'); // prettier-ignore
  await page.keyboard.press('m');
  await page.keyboard.press('f');
  await expect(page.getByText('2 of 12 judged')).toBeVisible();
  await page.keyboard.press('Shift+J');
  await page.keyboard.press('u');
  await expect(page.getByText('3 of 12 judged')).toBeVisible();
  await takePictures(first, 'judge');

  // ---- the queue goes on where one left it
  const third = (await heading.textContent()) ?? '';
  await page.keyboard.press('Control+1');
  await expect(page.getByRole('grid', { name: 'Classes', exact: true })).toBeVisible();
  await page.keyboard.press('Control+3');
  await expect(heading).toHaveText(third);
  await expect(queue.getByRole('row').nth(2)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('k');
  await expect(heading).toHaveText(second);
  await page.keyboard.press('j');

  // ---- blind: nothing that a model scored, nothing that others said, and Enter leads nowhere
  const evidence = page.getByRole('region', { name: 'Evidence' });
  await expect(evidence.getByText('mean Δ')).toBeVisible();
  await page.keyboard.press('b');
  await expect(page.getByRole('button', { name: 'blind' })).toHaveAttribute('aria-pressed', 'true');
  await expect(evidence.getByText('mean Δ')).toBeHidden();
  await expect(page.getByRole('region', { name: 'Votes' })).toBeHidden();
  await expect(page.getByText(/^Δ/)).toHaveCount(0);
  await expect(page.getByRole('group', { name: 'Checkpoint' })).toBeHidden();
  await page.keyboard.press('Enter');
  await expect(heading).toBeVisible();
  await takePictures(first, 'judge-blind');
  await page.keyboard.press('b');

  // ---- someone else judges the same classes
  await page.getByRole('button', { name: /^Judging as/ }).press('Enter');
  await page.getByRole('menuitemradio', { name: 'someone else…' }).click();
  await page.keyboard.type('Ben');
  await page.keyboard.press('Enter');
  await expect(page.getByText('0 of 12 judged')).toBeVisible();
  await page.keyboard.press('Home');
  await expect(heading).toHaveText(uid);
  await expect(judgement.getByRole('button', { name: 'not meaningful' })).toHaveAttribute('aria-pressed', 'false'); // prettier-ignore
  await page.keyboard.press('m');
  await page.keyboard.press('j');
  await page.keyboard.press('m');
  await expect(page.getByText('2 of 12 judged')).toBeVisible();
  const votes = (await classOf(page, uid))?.votes.map((vote) => [vote.annotator, vote.verdict]);
  expect(votes).toEqual([
    ['Ben', 'meaningful'],
    ['me', 'not-meaningful'],
  ]);

  // ---- how far they agree; the disputed class is opened from there and settled
  await page.getByRole('radio', { name: 'agreement' }).check({ force: true });
  const agreement = page.getByRole('region', { name: 'Agreement' });
  await expect(agreement.getByText('2 classes were judged by two or more of Ben, me.')).toBeVisible(); // prettier-ignore
  await expect(agreement.getByRole('row', { name: /^Agreement/ })).toContainText('50 %');
  await expect(agreement.getByRole('button', { name: second })).toBeHidden();
  await takePictures(first, 'judge-agreement');
  await agreement.getByRole('button', { name: uid }).press('Enter');
  await expect(heading).toHaveText(uid);
  await page.keyboard.press('Shift+N');
  await expect(page.getByText(/settled by Ben/)).toBeVisible();
  expect((await classOf(page, uid))?.adjudicated).toMatchObject({ verdict: 'not-meaningful' });
  expect((await classOf(page, uid))?.votes).toHaveLength(2);

  // ---- what was done can be read, undone, and after a restart done again
  await page.keyboard.press('Control+z');
  await expect(page.getByText(/settled by Ben/)).toBeHidden();
  await page.getByRole('radio', { name: 'history' }).check({ force: true });
  const done = page.getByRole('region', { name: 'What was done' });
  await expect(done.getByRole('row').first()).toContainText('undone');
  await expect(done).toContainText(`judged ${uid} not meaningful (lexical artefact, archaic words): only the verb decides`); // prettier-ignore
  await takePictures(first, 'judge-history');
  await first.app.close();

  ({ page } = await start([folder]));
  await expect(page.getByRole('grid', { name: 'Classes' })).toBeVisible();
  await page.keyboard.press('Control+Shift+Z');
  await expect(page.getByText(`Done again: adjudicated ${uid} not meaningful`)).toBeVisible();
  const events = await value<AnnotationEvent[]>(page, 'annotations.history');
  expect(events[0]).toMatchObject({ annotator: 'Ben', undone: false });
});
