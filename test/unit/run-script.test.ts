// The way in of the npm scripts: standard output, exit codes and the person's folder go through it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const script = resolve(import.meta.dirname, '../../scripts/run.mjs');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As npm runs it: in the project's folder, with the person's own in INIT_CWD. */
const run = (...args: string[]) =>
  spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    cwd: resolve(script, '../..'),
    env: { ...process.env, INIT_CWD: folder },
  });

it('hands the command line’s standard output on, and nothing else there', () => {
  const { status, stdout } = run('gardenpath', 'engine', '--json');
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ tensorflowVersion: expect.any(String) as string });
});

it('hands exit codes on', () => {
  expect(run('gardenpath', 'no-such-command')).toMatchObject({ status: 2, stdout: '' });
  expect(run('gardenpath', 'runs', join(folder, 'no-project'))).toMatchObject({ status: 1, stdout: '' }); // prettier-ignore
});

it('works in the folder where the person is, whatever the path holds', () => {
  expect(run('gardenpath', 'new', 'my islands').status).toBe(0);
  expect(existsSync(join(folder, 'my islands/project.sqlite'))).toBe(true);
});

it('names what it knows where it is asked for something else', () => {
  const { status, stderr } = run('no-such-task');
  expect(status).toBe(1);
  expect(stderr).toContain('demo');
});

it('ends what it handed over to once npm’s shell is gone, which takes a signal and hands none on', async () => {
  const [pids, told] = [join(folder, 'pids'), join(folder, 'told')];
  const processes = JSON.stringify(
    new URL('../../scripts/setup/processes.mjs', import.meta.url).href,
  );
  writeFileSync(
    join(folder, 'work.mjs'),
    `
    import fs from 'node:fs';
    process.on('SIGTERM', () => { fs.writeFileSync(${JSON.stringify(told)}, 'saved'); process.exit(75); });
    fs.writeFileSync(${JSON.stringify(pids)}, String(process.pid));
    setInterval(() => {}, 1000);`,
  );
  writeFileSync(
    join(folder, 'script.mjs'),
    `
    import { hand } from ${processes};
    await hand(process.execPath, [${JSON.stringify(join(folder, 'work.mjs'))}], {});`,
  );
  const shell = spawn('sh', ['-c', `${process.execPath} ${join(folder, 'script.mjs')}; exit $?`], {
    env: { ...process.env, npm_lifecycle_event: 'gardenpath' },
    stdio: 'ignore',
  }); // prettier-ignore
  await expect
    .poll(() => existsSync(pids) && readFileSync(pids, 'utf8'), { timeout: 30_000 })
    .toMatch(/^\d+$/);
  shell.kill('SIGTERM');
  await expect.poll(() => existsSync(told), { timeout: 10_000 }).toBe(true);
});
