// What the shell remembers and how it meets trouble.
import { expect } from '@playwright/test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, userDataOf } from './app.ts';
import { call } from './bridge.ts';

test('the window opens where it last stood; damaged files cost only their content', async ({
  start,
}, info) => {
  mkdirSync(userDataOf(info), { recursive: true });
  writeFileSync(join(userDataOf(info), 'recent-projects.json'), '{"half":');
  const bounds = { x: 40, y: 30, width: 1100, height: 720 };

  const first = await start();
  expect(await call(first.page, 'shell.recents', {})).toEqual({ ok: true, value: [] });
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
