// What comes from the operating system: compiler, Python, the libraries of Electron, a virtual display.
import * as fs from 'node:fs';
import path from 'node:path';
import { run } from './processes.mjs';
import { SetupError, say, step } from './say.mjs';

/** The file that a command name stands for on PATH, if any. */
export function which(command, searchPath = process.env.PATH ?? '') {
  const folders = searchPath.split(path.delimiter).filter(Boolean);
  return folders.map((folder) => path.join(folder, command)).find((file) => fs.existsSync(file));
}

/**
 * Debian packages: installed where we may, else named with the command that gets them.
 * @param {string} what what they are for, in words
 * @param {string[]} packages
 */
export async function needPackages(what, packages) {
  const command = `sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (!which('apt-get'))
    throw new SetupError(`Missing: ${what}.`, `Install what Debian calls ${packages.join(', ')}.`);
  if (process.getuid?.() !== 0) throw new SetupError(`Missing: ${what}.`, command);
  await step(`system packages: ${packages.join(' ')}`, async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args) =>
      run('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { env });
    await apt('update'); // where it fails, the lists at hand may still do
    const names = await Promise.all(packages.map(nameHere));
    const done = await apt('install', '-y', '--no-install-recommends', ...names);
    if (!done.ok) throw new SetupError(`Missing: ${what}. apt-get could not install them.`, command, done.tail); // prettier-ignore
  });
}

/** Ubuntu 24.04 and Debian 13 renamed some libraries: libgtk-3-0 is libgtk-3-0t64 there. */
async function nameHere(name) {
  if (!name.startsWith('lib')) return name;
  const renamed = await run('apt-cache', ['show', '--no-all-versions', `${name}t64`]);
  return renamed.ok && renamed.stdout !== '' ? `${name}t64` : name;
}

/** g++ compiles the addon that ties TensorFlow to Node. */
export async function needCompiler() {
  if (!which('g++')) await needPackages('a C++ compiler (g++)', ['g++']);
}

/** pip downloads TensorFlow's wheel; Python unpacks it. */
export async function needPython() {
  if ((await run('python3', ['-m', 'pip', '--version'])).ok) return;
  await needPackages('Python 3 with pip', ['python3', 'python3-pip']);
}

/** Libraries that Electron's binary links to and this machine lacks, by the linker's own word. */
export async function needElectronLibraries(executable) {
  if (process.platform !== 'linux') return;
  const linked = await run('ldd', [executable], { env: { LC_ALL: 'C' } });
  const lacking = linked.stdout.split('\n').filter((line) => line.includes('not found'));
  if (lacking.length === 0) return;
  say(`Electron lacks ${lacking.map((line) => line.trim().split(' ')[0]).join(', ')}`);
  await needPackages('system libraries of Electron', [
    'libgtk-3-0',
    'libnss3',
    'libasound2',
    'libgbm1',
    'libnotify4',
    'libsecret-1-0',
    'libatspi2.0-0',
    'libxss1',
    'libxtst6',
  ]);
}

/** Whether a window can be shown. */
export function hasDisplay(env = process.env) {
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** The command before a command that needs a display: a virtual one where there is none. */
export async function displayPrefix() {
  if (hasDisplay()) return [];
  if (!which('xvfb-run') || !which('xauth'))
    await needPackages('a virtual display', ['xvfb', 'xauth']);
  return ['xvfb-run', '-a'];
}

const USER_NAMESPACES = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns';

/**
 * Flags for Chromium's sandbox, which refuses root.
 * @throws SetupError where this system keeps it from starting, as Ubuntu ≥ 24.04 does
 */
export function sandboxFlags(executable) {
  if (process.getuid?.() === 0) return ['--no-sandbox'];
  const helper = path.join(path.dirname(executable), 'chrome-sandbox');
  const restricted = fs.existsSync(USER_NAMESPACES) && fs.readFileSync(USER_NAMESPACES, 'utf8').trim() === '1'; // prettier-ignore
  if (restricted && (fs.statSync(helper).mode & 0o4000) === 0)
    throw new SetupError(
      'This system lets Electron’s sandbox start only where root has agreed to it.',
      `sudo chown root: ${helper} && sudo chmod 4755 ${helper}`,
    );
  return [];
}
