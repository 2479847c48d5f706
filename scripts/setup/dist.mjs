// The app packed by electron-builder, for the system that this runs on.
import * as fs from 'node:fs';
import path from 'node:path';
import { buildApp } from './build.mjs';
import { readJson, readNote } from './cache.mjs';
import { describeElectron, findElectron } from './electron.mjs';
import { projectNode } from './packages.mjs';
import { run } from './processes.mjs';
import { SetupError, say, step } from './say.mjs';

const BINDING = 'tfjs_binding.node';

/**
 * @param {string[]} asked targets of electron-builder (dir, AppImage, dmg, nsis, …). Where none is named: on Linux a tar.gz, which
 * takes no tools from elsewhere; on others those of the configuration
 */
export async function packApp(root, asked) {
  const isTar = process.platform === 'linux' && asked.length === 0;
  const targets = isTar ? ['dir'] : asked;
  const electron = findElectron(root);
  if (electron === null) throw new SetupError(`Electron: ${describeElectron(electron)}`);
  if (electron.kind === 'test') say(`Electron ${describeElectron(electron)}: what is packed is for trying, not for giving away`); // prettier-ignore
  await buildApp(root, electron);
  stageEngine(root);
  fs.writeFileSync(path.join(root, 'out/licences.txt'), licences(root));
  const system = { linux: '--linux', darwin: '--mac', win32: '--win' }[process.platform];
  const dist = fs.realpathSync(path.join(root, 'node_modules/electron/dist'));
  await step('electron-builder', async () => {
    const done = await run(projectNode(root), [path.join(root, 'node_modules/electron-builder/cli.js'), system, ...targets, '--publish', 'never', `-c.electronDist=${dist}`, `-c.electronVersion=${electron.version}`], { cwd: root }); // prettier-ignore
    if (!done.ok) throw new SetupError('electron-builder failed.', 'npm run dist -- dir packs a folder only, without tools that it fetches.', done.tail); // prettier-ignore
  });
  if (isTar) await step('tar', () => tar(root));
  say(`packed: ${fs.readdirSync(path.join(root, 'dist')).filter((name) => !name.startsWith('builder-')).map((name) => path.join('dist', name)).join(', ')}`); // prettier-ignore
}

async function tar(root) {
  const { version } = readJson(path.join(root, 'package.json'));
  const name = `gardenpath-${version}-linux-${process.arch}`;
  const done = await run('tar', ['-czf', `${name}.tar.gz`, '--transform', `s/^linux-unpacked/${name}/`, 'linux-unpacked'], { cwd: path.join(root, 'dist') }); // prettier-ignore
  if (!done.ok) throw new SetupError('The app could not be put into one file.', 'Is the disk full?', done.tail); // prettier-ignore
}

/** The addon that set-up compiled, without the libraries beside it. */
function stageEngine(root) {
  const note = readNote(root, 'engine');
  const folder = path.join(root, 'out/engine');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  if (note?.origin === 'set-up')
    fs.copyFileSync(path.join(note.folder, BINDING), path.join(folder, BINDING));
  else say('the engine of this system is not one that set-up compiled: the packed app will ask for GARDENPATH_ENGINE'); // prettier-ignore
}

/** The licence of every package that the app has in it, by name, from its own files. */
function licences(root) {
  const { packages } = readJson(path.join(root, 'package-lock.json'));
  const shipped = Object.entries(packages).filter(([at, { dev, devOptional, optional }]) => at !== '' && !dev && !devOptional && (!optional || fs.existsSync(path.join(root, at)))); // prettier-ignore
  const texts = shipped.flatMap(([at, { version, license }]) => {
    const folder = path.join(root, at);
    if (!fs.existsSync(folder)) return [];
    const file = fs.readdirSync(folder).find((name) => /^(licen[cs]e|copying)(\.|$|-)/i.test(name));
    const text = file === undefined ? '' : fs.readFileSync(path.join(folder, file), 'utf8').trim();
    return [`${at.slice(at.lastIndexOf('node_modules/') + 13)} ${version}: ${license ?? 'see below'}\n\n${text}`]; // prettier-ignore
  });
  const own = fs.readFileSync(path.join(root, 'LICENSE'), 'utf8').trim();
  return [`Gardenpath\n\n${own}`, ...texts].join(`\n\n${'-'.repeat(80)}\n\n`);
}
