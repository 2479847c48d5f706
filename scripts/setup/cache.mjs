// The cache outside the clone: whole folders that appear at once or not at all, and a lock for each clone.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError, say } from './say.mjs';

/** @param {NodeJS.ProcessEnv} env */
export function cacheFolder(env = process.env) {
  if (env.GARDENPATH_CACHE) return path.resolve(env.GARDENPATH_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'gardenpath');
}

/** Whether a process of this machine is alive (or is not ours to ask). */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Builds `name` in the cache: `build` fills a folder beside it, which is renamed when it is whole, so
 * that a killed set-up leaves nothing half made. What dead set-ups left is swept first.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} build
 * @returns {Promise<string>} the finished folder
 */
export async function buildOnce(name, build, cache = cacheFolder()) {
  const done = path.join(cache, name);
  if (fs.existsSync(done)) return done;
  fs.mkdirSync(cache, { recursive: true });
  sweep(cache);
  const unfinished = fs.mkdtempSync(path.join(cache, `.unfinished-${process.pid}-`));
  try {
    await build(unfinished);
    fs.chmodSync(unfinished, 0o755);
    // Another set-up may have been quicker: then its folder is as good as ours.
    if (!fs.existsSync(done)) fs.renameSync(unfinished, done);
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  return done;
}

function sweep(cache) {
  for (const entry of fs.readdirSync(cache)) {
    const pid = /^\.unfinished-(\d+)-/.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      fs.rmSync(path.join(cache, entry), { recursive: true, force: true });
  }
}

/**
 * Holds the lock of one clone while `work` runs, so that two set-ups do not write node_modules at once.
 * The lock names our process and the commands it started: the next one waits for those too, since a
 * killed set-up leaves `npm ci` running.
 * @template T
 * @param {string} root
 * @param {(started: (pid: number) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, work, cache = cacheFolder()) {
  fs.mkdirSync(cache, { recursive: true });
  const file = path.join(cache, `.lock-${sha256(root).slice(0, 16)}`);
  const pids = [process.pid];
  for (let waited = 0; !tryLock(file, pids); waited++) {
    if (waited === 0) say(`another set-up of this folder is at work (lock: ${file}); waiting …`);
    await sleep(500);
  }
  try {
    return await work((pid) => {
      pids.push(pid);
      fs.writeFileSync(file, pids.join('\n'));
    });
  } finally {
    fs.rmSync(file, { force: true });
  }
}

function tryLock(file, pids) {
  try {
    fs.writeFileSync(file, pids.join('\n'), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holders = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').map(Number) : [];
  if (!holders.some((pid) => pid > 0 && isAlive(pid))) fs.rmSync(file, { force: true });
  return false;
}

/** Hex SHA-256 of some texts or buffers, one after the other. */
export function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/**
 * @param {string} file
 * @param {string} expected `sha256-…` or `sha512-…` in base64, as npm writes integrity
 * @throws SetupError where the file is not the one that was pinned
 */
export async function verify(file, expected) {
  const [algorithm, digest] = [expected.slice(0, 6), expected.slice(7)];
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const found = hash.digest('base64');
  if (found !== digest)
    throw new SetupError(
      `${path.basename(file)} is not the file that Gardenpath was made for: its ${algorithm} is ${found}, not ${digest}. It was not used.`,
      'Try again; if it stays so, the download was tampered with on its way or at its source.',
    );
}

/** Whether `file` is a link to `target`, and the target is there. */
export function isLink(file, target) {
  const found = fs.lstatSync(file, { throwIfNoEntry: false });
  return (
    Boolean(found?.isSymbolicLink()) && fs.readlinkSync(file) === target && fs.existsSync(target)
  );
}

/** JSON of a file, or undefined where there is none (or only part of one). */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}

/** What set-up chose for a clone: node_modules/.gardenpath/NAME.json, gone with node_modules. */
export function readNote(root, name) {
  return readJson(path.join(root, 'node_modules/.gardenpath', `${name}.json`));
}

export function writeNote(root, name, note) {
  const folder = path.join(root, 'node_modules/.gardenpath');
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.json`);
  fs.writeFileSync(`${file}.new`, JSON.stringify(note));
  fs.renameSync(`${file}.new`, file);
}
