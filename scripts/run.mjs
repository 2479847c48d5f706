#!/usr/bin/env node
// The way in of every npm script: sets up what the task needs, then does it under the project's Node.
// Everything it says goes to standard error; standard output belongs to the task.
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildApp } from './setup/build.mjs';
import { describeElectron, findElectron } from './setup/electron.mjs';
import { ROOT, setUp } from './setup/index.mjs';
import { projectNode } from './setup/packages.mjs';
import { hand } from './setup/processes.mjs';
import { SetupError, say } from './setup/say.mjs';
import { displayPrefix, hasDisplay, needElectronLibraries, sandboxFlags } from './setup/system.mjs';

/** Where the person stands: npm itself goes to the project's folder. */
const CWD = process.env.INIT_CWD ?? process.cwd();

const node = (file, args, options) =>
  hand(projectNode(ROOT), [path.join(ROOT, file), ...args], { cwd: CWD, ...options });
/**
 * How glibc is to deal out memory, where nobody said: one arena for all threads, large pages, nothing given back to the
 * system in between. Training is up to a quarter faster by it, and takes less memory (bench/RESULTS.md).
 */
const GLIBC_TUNABLES = [
  'mmap_threshold=4294967296',
  'trim_threshold=17179869184',
  'hugetlb=1',
  'arena_max=1',
]
  .map((each) => `glibc.malloc.${each}`)
  .join(':');
const cli = (args) => node('src/main/lab/cli.ts', args, { env: { GLIBC_TUNABLES, ...process.env, NODE_NO_WARNINGS: '1' } }); // prettier-ignore

/** The Electron at hand, with all it needs to start and the app built for it. */
async function needElectron() {
  const electron = findElectron(ROOT);
  if (electron === null) throw new SetupError(`Electron: ${describeElectron(electron)}`);
  await needElectronLibraries(electron.executable);
  await buildApp(ROOT, electron);
  return electron;
}

async function start(args) {
  await setUp(['engine', 'electron']);
  const electron = await needElectron();
  if (electron.kind === 'test') say(`Electron ${describeElectron(electron)}`);
  if (!hasDisplay())
    throw new SetupError('There is no display to open a window on.', 'Log in at a desktop, or: xvfb-run -a npm start (runs it unseen)'); // prettier-ignore
  return hand(electron.executable, [...sandboxFlags(electron.executable), ROOT, ...args], {
    cwd: CWD,
  });
}

async function demo(args) {
  await setUp(hasDisplay() ? ['engine', 'electron'] : ['engine']);
  const { out = 'gardenpath-demo' } = parseArgs({ args, options: { out: { type: 'string' } }, strict: false }).values; // prettier-ignore
  const project = path.resolve(CWD, out);
  const code = await cli(['demo', ...args]); // makes that same folder
  if (code !== 0 || args.includes('--help')) return code;
  const how = `to look at it in the app: npm start -- ${project}`;
  if (!hasDisplay()) {
    say(`there is no display here; ${how}`);
    return code;
  }
  try {
    const { executable } = await needElectron();
    say('opening the app on it');
    spawn(executable, [...sandboxFlags(executable), ROOT, project], {
      detached: true,
      stdio: 'ignore',
    }).unref();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    report(error);
    say(how);
  }
  return code;
}

async function setup(args) {
  const known = ['--gpu', '--cpu', '--rebuild', '--electron', '--headless'];
  if (args.some((arg) => !known.includes(arg)))
    throw new SetupError(`What is ${args.join(' ')}?`, `npm run setup [-- ${known.join(' | ')}]`);
  const [gpu, cpu, rebuild, electron, headless] = known.map((flag) => args.includes(flag));
  if (headless) {
    await setUp(['engine'], { gpu, cpu, rebuild }); // a node of a cluster shows no window
    return cli(['engine']);
  }
  await setUp(['engine', 'electron'], { gpu, cpu, rebuild, electron });
  const found = findElectron(ROOT);
  if (found !== null) await needElectronLibraries(found.executable);
  say(`ready. Electron: ${describeElectron(found)}`);
  return cli(['engine']);
}

const TASKS = {
  setup,
  start,
  demo,
  async gardenpath(args) {
    await setUp(['engine']);
    return cli(args);
  },
  async test(args) {
    await setUp(['engine', 'electron']);
    const { runTests } = await import('./tests/index.mjs');
    return runTests(args);
  },
  async build() {
    await setUp(['electron']);
    await buildApp(ROOT, findElectron(ROOT) ?? { major: '' });
    return 0;
  },
  async dist(args) {
    await setUp(['engine', 'electron']);
    const { packApp } = await import('./setup/dist.mjs');
    await packApp(ROOT, args);
    return 0;
  },
  async reliability(args) {
    await setUp(['engine', 'electron']);
    const { tryReliability } = await import('./tests/reliability.mjs');
    return tryReliability(args);
  },
  async vitest(args) {
    await setUp(['engine']);
    return node('node_modules/vitest/vitest.mjs', args, { cwd: ROOT });
  },
  async playwright(args) {
    await setUp(['engine', 'electron']);
    await needElectron();
    const [command, ...first] = [...(await displayPrefix()), projectNode(ROOT), path.join(ROOT, 'node_modules/@playwright/test/cli.js')]; // prettier-ignore
    return hand(command, [...first, ...args], { cwd: ROOT });
  },
  async bench([name, ...args]) {
    const names = fs.readdirSync(path.join(ROOT, 'bench')).filter((file) => file.endsWith('.ts'));
    if (!names.includes(`${name}.ts`))
      throw new SetupError('Which benchmark?', `npm run bench -- ${names.map((file) => file.slice(0, -3)).join(' | ')}`); // prettier-ignore
    if (name !== 'window') {
      await setUp(['engine']);
      return node(`bench/${name}.ts`, args);
    }
    await setUp(['engine', 'electron']);
    await needElectron();
    const [command, ...first] = [...(await displayPrefix()), projectNode(ROOT), path.join(ROOT, 'bench/window.ts')]; // prettier-ignore
    return hand(command, [...first, ...args], { cwd: CWD });
  },
};

function report({ message, remedy, detail }) {
  if (detail) process.stderr.write(`${detail}\n`);
  process.stderr.write(`✗ ${message}\n`);
  if (remedy) process.stderr.write(`  → ${remedy}\n`);
}

async function main([task, ...args]) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20)
    throw new SetupError(`Node ${process.versions.node} is too old.`, 'Install Node ≥ 20.');
  if (TASKS[task] === undefined)
    throw new SetupError(`What is ${task}?`, `One of: ${Object.keys(TASKS).join(', ')}`);
  return TASKS[task](args);
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode ??= code),
  (error) => {
    if (!(error instanceof SetupError)) throw error;
    report(error);
    process.exitCode = 1;
  },
);
