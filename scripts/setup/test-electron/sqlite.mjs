// better-sqlite3's own build is for Node-API 10; the test Electron has 9. So it is compiled once for 9,
// which newer Nodes and Electrons load as well, and linked to where better-sqlite3 looks first.
import * as fs from 'node:fs';
import path from 'node:path';
import { buildOnce, cacheFolder, isLink, readJson, sha256 } from '../cache.mjs';
import { run } from '../processes.mjs';
import { SetupError, step } from '../say.mjs';
import { needCompiler } from '../system.mjs';

const PACKAGE = 'node_modules/better-sqlite3';
const LINK = `${PACKAGE}/build/Release/better_sqlite3.node`;
const HEADER = path.join(import.meta.dirname, 'napi9.h');
const FLAGS = {
  both: ['-O2', '-fPIC', '-DNDEBUG', '-w'],
  addon: [
    ...['-std=c++20', '-fno-exceptions', '-fvisibility=hidden', '-include', HEADER],
    ...['-DNODE_GYP_MODULE_NAME=better_sqlite3', '-DNAPI_VERSION=9'],
    ...['-DNAPI_DISABLE_CPP_EXCEPTIONS', '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
  ],
  link: [
    ...['-shared', '-static-libstdc++', '-static-libgcc'],
    ...['-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL', '-lpthread', '-ldl', '-lm'],
  ],
};

function cacheName(root) {
  const { version } = readJson(path.join(root, PACKAGE, 'package.json'));
  const flags = JSON.stringify(FLAGS).replaceAll(import.meta.dirname, '');
  return `better-sqlite3-${version}-${sha256(fs.readFileSync(HEADER), flags).slice(0, 8)}`;
}

const built = (root) => path.join(cacheFolder(), cacheName(root), 'better_sqlite3.node');

/** Whether better-sqlite3 of this clone is the one for Node-API 9. */
export function sqliteReady(root) {
  return isLink(path.join(root, LINK), built(root));
}

export async function makeSqlite(root, started) {
  await buildOnce(cacheName(root), (unfinished) =>
    step('SQLite for that Electron, compiled', () => compile(root, unfinished, started)),
  );
  removeSqlite(root);
  fs.mkdirSync(path.join(root, path.dirname(LINK)), { recursive: true });
  fs.symlinkSync(built(root), path.join(root, LINK));
}

/** Back to better-sqlite3's own build, for Electrons with Node-API 10. */
export function removeSqlite(root) {
  fs.rmSync(path.join(root, LINK), { force: true });
}

async function compile(root, folder, started) {
  await needCompiler();
  const source = path.join(root, PACKAGE);
  const gypi = fs.readFileSync(path.join(source, 'deps/defines.gypi'), 'utf8');
  const defines = [...gypi.matchAll(/'([A-Z0-9_]+(?:=[^']*)?)',/g)].map(
    ([, define]) => `-D${define}`,
  );
  const includes = ['node_modules/node-api-headers/include', 'node_modules/node-addon-api', `${PACKAGE}/deps/sqlite3`]; // prettier-ignore
  const object = (name) => path.join(folder, `${name}.o`);
  const steps = await Promise.all([
    run('gcc', [...FLAGS.both, ...defines, '-c', path.join(source, 'deps/sqlite3/sqlite3.c'), '-o', object('sqlite3')], { started }), // prettier-ignore
    run('g++', [...FLAGS.both, ...defines, ...FLAGS.addon, ...includes.map((folder) => `-I${path.join(root, folder)}`), '-c', path.join(source, 'src/better_sqlite3.cpp'), '-o', object('addon')], { started }), // prettier-ignore
  ]);
  const output = path.join(folder, 'better_sqlite3.node');
  if (steps.every(({ ok }) => ok))
    steps.push(await run('g++', [object('addon'), object('sqlite3'), ...FLAGS.link, '-o', output]));
  const failed = steps.find(({ ok }) => !ok);
  if (failed) throw new SetupError('SQLite could not be compiled for the test Electron.', 'g++ ≥ 10 is needed: sudo apt-get install -y g++', failed.tail); // prettier-ignore
  for (const name of ['addon', 'sqlite3']) fs.rmSync(object(name));
}
