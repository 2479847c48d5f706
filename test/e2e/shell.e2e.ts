// What the shell remembers, and how it meets trouble.
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecentProject } from '../../src/shared/api.ts';
import type { ProjectInfo, RunRow } from '../../src/shared/domain.ts';
import { appArguments, canSandbox, electron, test, userDataOf } from './app.ts';
import { call, value, type Bridge } from './bridge.ts';
import { answerDialogs } from './dialogs.ts';

const openName = async (page: Page) => (await value<ProjectInfo | null>(page, 'project.info'))?.name; // prettier-ignore
const recents = (page: Page) => value<RecentProject[]>(page, 'shell.recents');

test('the window opens where it last stood; damaged files cost only their content', async ({
  start,
}, info) => {
  mkdirSync(userDataOf(info), { recursive: true });
  writeFileSync(join(userDataOf(info), 'recent-projects.json'), '{"half":');
  const bounds = { x: 40, y: 30, width: 1100, height: 720 };

  const first = await start();
  expect(await recents(first.page)).toEqual([]);
  await first.app.evaluate(({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds), bounds); // prettier-ignore
  await first.app.close();

  const boundsNow = async () => {
    const { app } = await start();
    const now = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds()); // prettier-ignore
    await app.close();
    return now;
  };
  expect(await boundsNow()).toEqual(bounds);
  writeFileSync(join(userDataOf(info), 'window.json'), '[]');
  expect(await boundsNow()).toMatchObject({ width: 1280, height: 860 });
});

test('projects are made, closed, reopened and forgotten; the window never sees a path', async ({
  start,
}, info) => {
  const { app, page } = await start();
  const folder = info.outputPath('Islands');

  await answerDialogs(app, null);
  expect(await value(page, 'shell.newProject')).toBeNull();
  await answerDialogs(app, folder);
  expect(await value(page, 'shell.newProject')).toMatchObject({ name: 'Islands' });
  expect(existsSync(join(folder, 'project.sqlite'))).toBe(true);
  expect(await openName(page)).toBe('Islands');

  await value(page, 'shell.closeProject');
  expect(await openName(page)).toBeUndefined();
  const [recent] = await recents(page);
  expect(recent).toMatchObject({ name: 'Islands', exists: true });
  await value(page, 'shell.openRecent', { id: recent?.id });
  expect(await openName(page)).toBe('Islands');

  await value(page, 'shell.forgetRecent', { id: recent?.id });
  expect(await recents(page)).toEqual([]);
  expect(await call(page, 'shell.openRecent', { id: recent?.id })).toMatchObject({ ok: false, error: { code: 'not-found' } }); // prettier-ignore
});

test('a project named on the command line opens, in a first and in a second instance', async ({
  start,
}, info) => {
  const [one, two] = [info.outputPath('One'), info.outputPath('Two')];
  const first = await start();
  for (const folder of [one, two]) {
    await answerDialogs(first.app, folder);
    await value(first.page, 'shell.newProject');
  }
  await first.app.close();

  const { page } = await start([one]);
  expect(await openName(page)).toBe('One');

  const flags = canSandbox() ? [] : ['--no-sandbox'];
  const second = spawn(electron?.executable ?? '', [...flags, ...appArguments(userDataOf(info), [two])], { stdio: 'ignore' }); // prettier-ignore
  expect(await once(second, 'exit')).toEqual([0, null]);
  await expect.poll(() => openName(page)).toBe('Two');
});

test('when the lab dies, waiting calls fail, and it comes back once with its project', async ({
  start,
}, info) => {
  const { app, page } = await start();
  await answerDialogs(app, info.outputPath('Kept'));
  await value(page, 'shell.newProject');
  await page.evaluate(() => {
    const told: unknown[] = [];
    Object.assign(window, { told });
    (window as unknown as { gardenpath: Bridge }).gardenpath.on('lab.died', (event: unknown) => told.push(event)); // prettier-ignore
  });
  const told = () => page.evaluate(() => (window as unknown as { told: { restarting: boolean }[] }).told.map((event) => event.restarting)); // prettier-ignore

  await page.getByRole('button', { name: 'Glossary' }).click();
  await expect(page.getByRole('heading', { name: 'Glossary' })).toBeVisible();

  const pid = await labPid(app);
  process.kill(pid, 'SIGSTOP');
  const waiting = call(page, 'project.info', {});
  await call(page, 'shell.recents', {}); // by now the shell has forwarded the call above
  process.kill(pid, 'SIGKILL');
  expect(await waiting).toMatchObject({ ok: false, error: { code: 'lab-gone' } });
  await expect.poll(() => openName(page)).toBe('Kept');
  expect(await told()).toEqual([true]);
  // One is still where one was.
  await expect(page.getByRole('heading', { name: 'Glossary' })).toBeVisible();

  process.kill(await labPid(app), 'SIGKILL');
  await expect.poll(told).toEqual([true, false]);
  expect(await call(page, 'project.info', {})).toMatchObject({ ok: false, error: { code: 'lab-gone' } }); // prettier-ignore
});

test('text goes to the clipboard and to files by the shell', async ({ start }, info) => {
  const { app, page } = await start();
  await value(page, 'shell.copyText', { text: 'Δ −2.3' });
  expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toBe('Δ −2.3');

  const file = info.outputPath('classes.csv');
  await answerDialogs(app, file);
  const saved = await value(page, 'shell.saveText', {
    suggestedName: 'classes.csv',
    text: 'uid\n',
  });
  expect(saved).toEqual({ saved: true });
  expect(readFileSync(file, 'utf8')).toBe('uid\n');
});

test('the demo is one click, and the same project the next time', async ({ start }) => {
  test.setTimeout(180_000);
  for (let time = 1; time <= 2; time++) {
    const { app, page } = await start();
    await page.getByRole('button', { name: 'Open the demo' }).click();
    await expect(page.getByRole('heading', { name: 'Demo', exact: true })).toBeVisible({
      timeout: 60_000,
    });
    const demoRuns = () => value<RunRow[]>(page, 'runs.list');
    await expect.poll(demoRuns, { timeout: 60_000 }).toMatchObject([{ preset: 'nano' }]);
    await app.close();
  }
});

function labPid(app: ElectronApplication): Promise<number> {
  return app.evaluate(({ app }) => {
    const lab = app.getAppMetrics().find(({ name }) => name === 'Gardenpath lab');
    if (lab === undefined) throw new Error('no lab process');
    return lab.pid;
  });
}
