// `npm test`: everything that CI runs, one check after the other, and a count of it all at the end.
import * as fs from 'node:fs';
import path from 'node:path';
import { readJson } from '../setup/cache.mjs';
import { describeElectron, findElectron } from '../setup/electron.mjs';
import { ROOT } from '../setup/index.mjs';
import { projectNode } from '../setup/packages.mjs';
import { hand, run } from '../setup/processes.mjs';
import { SetupError, say } from '../setup/say.mjs';
import { displayPrefix, needElectronLibraries } from '../setup/system.mjs';

/**
 * @typedef {{ passed: number, failed: string[], skipped: { name: string, why: string }[] }} Counts
 * What a check found; format, lint and types count as one test each.
 */

const MODULES = path.join(ROOT, 'node_modules');
const COUNTS = path.join(MODULES, '.gardenpath/counts.json');

/** Programs of node_modules, quiet unless they fail. */
function quietly(...command) {
  return async (name) => {
    const [program, ...args] = command;
    const done = await run(projectNode(ROOT), [path.join(MODULES, program), ...args], {
      cwd: ROOT,
    });
    if (!done.ok) process.stdout.write(`${done.output}\n`);
    return { passed: done.ok ? 1 : 0, failed: done.ok ? [] : [name], skipped: [] };
  };
}

/** A test runner with a reporter of ours that leaves its counts in a file. */
async function counted(name, command, args) {
  fs.rmSync(COUNTS, { force: true });
  const env = { ...process.env, GARDENPATH_COUNTS: COUNTS, NODE_NO_WARNINGS: '1' };
  const code = await hand(command, args, { cwd: ROOT, env });
  const counts = readJson(COUNTS) ?? { passed: 0, failed: [], skipped: [] };
  if (code !== 0 && counts.failed.length === 0)
    counts.failed.push(`${name}: ended with code ${code}`);
  if (code === 0 && counts.passed + counts.skipped.length === 0) counts.failed.push(`${name}: ran no test`); // prettier-ignore
  return counts;
}

function vitest(name) {
  const reporter = path.join(import.meta.dirname, 'vitest-counts.mjs');
  return counted(name, projectNode(ROOT), [path.join(MODULES, 'vitest/vitest.mjs'), 'run', '--reporter=default', `--reporter=${reporter}`]); // prettier-ignore
}

async function playwright(name) {
  const electron = findElectron(ROOT);
  say(`Electron ${describeElectron(electron)}`);
  const reporter = path.join(import.meta.dirname, 'playwright-counts.mjs');
  try {
    if (electron === null) throw new SetupError('no Electron', 'npm run setup -- --electron');
    await needElectronLibraries(electron.executable);
    const [command, ...args] = [...(await displayPrefix()), projectNode(ROOT)];
    return await counted(name, command, [...args, path.join(MODULES, '@playwright/test/cli.js'), 'test', `--reporter=list,${reporter}`]); // prettier-ignore
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const skipped = [{ name: 'all end-to-end tests', why: `${error.message} ${error.remedy}` }];
    return { passed: 0, failed: [], skipped };
  }
}

/** Checks that run side by side, group after group. */
const GROUPS = [
  {
    format: quietly('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    lint: quietly('eslint/bin/eslint.js', '.'),
    types: quietly('svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human'), // prettier-ignore
  },
  { 'unit, golden and property tests': vitest },
  { 'end-to-end tests': playwright },
];

/** @returns {Promise<number>} exit code */
export async function runTests() {
  const total = { passed: 0, failed: [], skipped: [] };
  const lines = [];
  const count = async ([name, check]) => {
    say(`${name} …`);
    const startedMs = Date.now();
    const { passed, failed, skipped } = await check(name);
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
    lines.push(`${name}: ${passed} passed, ${failed.length} failed, ${skipped.length} skipped (${seconds} s)`); // prettier-ignore
    total.passed += passed;
    total.failed.push(...failed);
    total.skipped.push(...skipped);
  };
  for (const group of GROUPS) await Promise.all(Object.entries(group).map(count));
  console.log(`\n${lines.join('\n')}`);
  for (const name of total.failed) console.log(`FAILED   ${name}`);
  for (const { name, why } of total.skipped) console.log(`SKIPPED  ${name}: ${why}`);
  console.log(`\n${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`); // prettier-ignore
  return total.failed.length === 0 ? 0 : 1;
}
