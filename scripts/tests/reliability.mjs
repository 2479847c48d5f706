// `npm run reliability [-- PART …]`: all that docs/reliability.md promises, tried in full (minutes), and the page
// written anew. Parts are names of test files: kills, faults, damaged, fuzz, contract, audit, …
import * as fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../setup/index.mjs';
import { projectNode } from '../setup/packages.mjs';
import { hand } from '../setup/processes.mjs';
import { displayPrefix } from '../setup/system.mjs';

const MODULES = path.join(ROOT, 'node_modules');
const HERE = path.join(ROOT, 'test/reliability');

/** @param {string[]} parts all where left out */
export async function tryReliability(parts) {
  const files = fs.readdirSync(HERE).filter((name) => name.endsWith('.test.ts'));
  const chosen = files.filter((name) => parts.length === 0 || parts.some((part) => name.includes(part))); // prettier-ignore
  const env = { ...process.env, GARDENPATH_RELIABILITY: 'full', NODE_NO_WARNINGS: '1' };
  const options = { cwd: ROOT, env };
  const reporter = (of) => path.join(HERE, `${of}-reporter.ts`);
  let code = 0;
  if (chosen.length > 0)
    code = await hand(projectNode(ROOT), [path.join(MODULES, 'vitest/vitest.mjs'), 'run', '--testTimeout=7200000', '--no-file-parallelism', '--reporter=default', `--reporter=${reporter('vitest')}`, ...chosen.map((name) => path.join('test/reliability', name))], options); // prettier-ignore
  if (parts.length === 0 || parts.includes('window')) {
    const [command, ...args] = [...(await displayPrefix()), projectNode(ROOT)];
    const window = await hand(command, [...args, path.join(MODULES, '@playwright/test/cli.js'), 'test', 'security', `--reporter=list,${reporter('playwright')}`], options); // prettier-ignore
    code ||= window;
  }
  return code;
}
