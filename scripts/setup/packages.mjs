// node_modules as package-lock.json has it, and the Node that runs everything in it.
import * as fs from 'node:fs';
import path from 'node:path';
import { readJson } from './cache.mjs';
import { run } from './processes.mjs';
import { SetupError, step } from './say.mjs';

/** npm writes its own record last, so an interrupted install has none. */
const RECORD = 'node_modules/.package-lock.json';

/** Whether every package of the lock file is installed in its version. */
export function packagesReady(root) {
  const wanted = readJson(path.join(root, 'package-lock.json'))?.packages ?? {};
  const installed = readJson(path.join(root, RECORD))?.packages;
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([where, { version, optional }]) => {
    if (where === '') return true; // the project itself
    const found = installed[where]?.version;
    return found === version || (optional === true && found === undefined); // another platform's
  });
}

export function installPackages(root, started) {
  return step('node packages: npm ci', async () => {
    if (
      process.platform === 'win32' &&
      process.execPath.startsWith(path.join(root, 'node_modules'))
    )
      throw new SetupError('node_modules is out of date, and in use by this command.', 'npm ci');
    fs.rmSync(path.join(root, RECORD), { force: true });
    const [command, ...args] = npmCommand();
    const done = await run(
      command,
      [...args, 'ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-progress'],
      { cwd: root, show: true, started },
    );
    if (done.missing)
      throw new SetupError('npm is missing.', 'Install Node ≥ 20 together with npm.');
    if (!done.ok)
      throw new SetupError(
        `npm ci failed (exit code ${done.code}).`,
        'See above, then run it again.',
      );
  });
}

/** The npm that started us, else the one on PATH, as a command and its first arguments. */
export function npmCommand(env = process.env) {
  const npm = env.npm_execpath;
  if (npm?.endsWith('.js')) return [env.npm_node_execpath ?? process.execPath, npm];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** Type stripping, with which Node runs our TypeScript as it is, came in these. */
const OLDEST = [22, 18];

/**
 * The Node that runs the project: version 24, which comes as a package on Linux and Windows, else the
 * one at hand.
 */
export function projectNode(root) {
  const [folder, file] = process.platform === 'win32' ? ['win', 'node.exe'] : [process.platform, 'node']; // prettier-ignore
  const own = path.join(root, 'node_modules', `node-${folder}-${process.arch}`, 'bin', file);
  if (fs.existsSync(own)) return own;
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
  throw new SetupError(
    `Node ${process.versions.node} is too old on ${process.platform}-${process.arch}: at least ${OLDEST.join('.')} is needed.`,
    'Install Node 24 (nodejs.org, or: nvm install 24).',
  );
}
