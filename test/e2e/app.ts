// Starts the real app, as a test fixture.
import {
  expect,
  test as base,
  type ElectronApplication,
  type Page,
  type TestInfo,
} from '@playwright/test';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { findElectron, root } from './electron.ts';

export const electron = findElectron();

export interface Gardenpath {
  app: ElectronApplication;
  page: Page;
}

/** Where the app of a test keeps what it remembers; left lying where the test fails. */
export function userDataOf(info: TestInfo): string {
  return info.outputPath('user-data');
}

/** Command-line arguments of the app with this user-data folder; `paths` are a person's own. */
export function appArguments(userData: string, paths: string[] = []): string[] {
  return [`--user-data-dir=${userData}`, root, ...paths];
}

/** Whether Chromium's own sandbox can run here: not as root, and user namespaces allowed. */
export function canSandbox(): boolean {
  const restricted = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';
  return process.getuid?.() !== 0 && !(existsSync(restricted) && readFileSync(restricted, 'utf8').trim() === '1'); // prettier-ignore
}

interface Fixtures {
  /** Starts the app with this test's own user-data folder, and `paths` on its command line. */
  start: (paths?: string[]) => Promise<Gardenpath>;
  /** The app, started. */
  gardenpath: Gardenpath;
}

export const test = base.extend<Fixtures>({
  start: async ({ playwright }, use, info) => {
    base.skip(electron === null, 'no Electron in node_modules/electron; to get one: npm run setup');
    const apps: { app: ElectronApplication; main: ChildProcess }[] = [];
    let log = '';
    const pageErrors: string[] = [];
    await use(async (paths = []) => {
      // No executablePath: so Playwright finds node_modules/electron itself and holds the app back
      // until it is attached; given a path it can miss the first window.
      const app = await playwright._electron.launch({
        args: appArguments(userDataOf(info), paths),
        chromiumSandbox: canSandbox(),
        colorScheme: null, // as the app has it
        cwd: root,
      });
      const main = app.process();
      apps.push({ app, main });
      for (const stream of [main.stdout, main.stderr])
        stream?.on('data', (chunk: Buffer) => (log += chunk.toString()));
      const page = await app.firstWindow();
      page.on('pageerror', (error) => pageErrors.push(String(error.stack)));
      return { app, page };
    });
    for (const { app, main } of apps) {
      await app.close();
      expect(main.exitCode, 'exit code of the app').toBe(0);
    }
    if (info.status !== info.expectedStatus) await info.attach('log of the app', { body: log });
    expect(pageErrors, 'uncaught errors in the window').toEqual([]);
  },
  gardenpath: async ({ start }, use) => use(await start()),
});
