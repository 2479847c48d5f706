// Set-up: what it must survive, refuse and say. Real processes in a folder of their own; no network.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildOnce, cacheFolder, isAlive, verify, withLock } from '../../scripts/setup/cache.mjs';
import { engineVariant, unpackWheels } from '../../scripts/setup/engine.mjs';
import { npmCommand, packagesReady } from '../../scripts/setup/packages.mjs';
import { needCompiler, needPackages, needPython } from '../../scripts/setup/system.mjs';

const cacheModule = resolve(import.meta.dirname, '../../scripts/setup/cache.mjs');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-setup-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('node packages', () => {
  const record = 'node_modules/.package-lock.json';
  const lock = {
    '': {},
    'node_modules/a': { version: '1.2.0' },
    'node_modules/b-win': { version: '2.0.0', optional: true },
  };
  const write = (file: string, packages: object) => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    writeFileSync(join(folder, file), JSON.stringify({ packages }));
  };

  it('are ready when each is there in its version, other platforms’ excepted', () => {
    write('package-lock.json', lock);
    write(record, { 'node_modules/a': { version: '1.2.0' } });
    expect(packagesReady(folder)).toBe(true);
    write(record, { 'node_modules/a': { version: '1.1.0' } });
    expect(packagesReady(folder)).toBe(false);
    write(record, { 'node_modules/a': { version: '1.2.0' }, 'node_modules/b-win': { version: '1.0.0' } }); // prettier-ignore
    expect(packagesReady(folder)).toBe(false);
  });

  it('are not ready when npm was interrupted, before or while it wrote its record', () => {
    write('package-lock.json', lock);
    expect(packagesReady(folder)).toBe(false);
    writeFileSync(join(folder, record), '{"packages":{"node_mod');
    expect(packagesReady(folder)).toBe(false);
  });

  it('are installed by the npm that started us', () => {
    expect(npmCommand({ npm_execpath: '/n/npm-cli.js', npm_node_execpath: '/n/node' })).toEqual(['/n/node', '/n/npm-cli.js']); // prettier-ignore
    expect(npmCommand({})[0]).toMatch(/^npm/);
  });
});

describe('the cache', () => {
  it('lies where the environment says', () => {
    expect(cacheFolder({ GARDENPATH_CACHE: '/g', XDG_CACHE_HOME: '/x' })).toBe(resolve('/g'));
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe(join('/x', 'gardenpath'));
    expect(cacheFolder({})).toMatch(/\.cache.gardenpath$/);
  });

  it('shows nothing of a build that was killed, sweeps it, and builds anew', async () => {
    const killed = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { buildOnce } from ${JSON.stringify(cacheModule)};
       import { writeFileSync } from 'node:fs';
       await buildOnce('engine', async (to) => { writeFileSync(to + '/half', ''); await new Promise(() => setInterval(() => {}, 1000)); }, ${JSON.stringify(folder)});`,
    ]);
    const unfinished = () => readdirSync(folder).find((name) => name.startsWith('.unfinished'));
    while (!unfinished() || !existsSync(join(folder, unfinished() ?? '', 'half'))) await sleep(20);
    killed.kill('SIGKILL');
    while (killed.pid !== undefined && killed.signalCode === null) await sleep(20);
    expect(existsSync(join(folder, 'engine'))).toBe(false);

    await buildOnce(
      'engine',
      (to) => Promise.resolve(writeFileSync(join(to, 'whole'), '')),
      folder,
    );
    expect(readdirSync(folder)).toEqual(['engine']);
    expect(readdirSync(join(folder, 'engine'))).toEqual(['whole']);
  });

  it('leaves nothing of a build that failed, and builds nothing twice', async () => {
    const fail = () => Promise.reject(new Error('the disk is full'));
    await expect(buildOnce('engine', fail, folder)).rejects.toThrow('the disk is full');
    expect(readdirSync(folder)).toEqual([]);
    await buildOnce('engine', () => Promise.resolve(), folder);
    await buildOnce('engine', fail, folder);
  });

  it('refuses a file whose content is not the pinned one', async () => {
    const file = join(folder, 'electron.zip');
    writeFileSync(file, 'as published');
    const pin = `sha256-${createHash('sha256').update('as published').digest('base64')}`;
    await verify(file, pin);
    writeFileSync(file, 'as tampered with');
    await expect(verify(file, pin)).rejects.toThrow('electron.zip is not the file');
  });
});

describe('the lock of a clone', () => {
  it('lets one set-up work at a time', async () => {
    const order: string[] = [];
    const first = withLock('/clone', async () => {
      order.push('first in');
      await sleep(50);
      order.push('first out');
    }, folder); // prettier-ignore
    const second = withLock('/clone', () => Promise.resolve(order.push('second in')), folder);
    await Promise.all([first, second]);
    expect(order).toEqual(['first in', 'first out', 'second in']);
  });

  it('is not held by the dead, but by the command that a killed set-up left running', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    while (dead.exitCode === null) await sleep(20);
    const orphan = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 100_000)']);
    const [deadPid, orphanPid] = [dead.pid ?? 0, orphan.pid ?? 0];
    let file = '';
    await withLock('/clone', () => Promise.resolve((file = readdirSync(folder)[0] ?? '')), folder);
    writeFileSync(join(folder, file), `${deadPid}\n${orphanPid}`);

    let entered = false;
    const waiting = withLock('/clone', () => Promise.resolve((entered = true)), folder);
    await sleep(100);
    expect(isAlive(deadPid)).toBe(false);
    expect(entered).toBe(false);
    orphan.kill('SIGKILL');
    await waiting;
    expect(entered).toBe(true);
  });
});

describe('TensorFlow’s wheel', () => {
  const name = 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux2014_x86_64.whl';
  const makeWheel = () => {
    const shelf = join(folder, 'shelf');
    mkdirSync(shelf);
    execFileSync('python3', ['-c', `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as z:
    z.writestr('tensorflow/libtensorflow_cc.so.2', 'the library')
    z.writestr('tensorflow/include/tensorflow/c/c_api.h', 'a header')
    z.writestr('tensorflow/python/framework.py', 'not needed')
    d = 'tensorflow_cpu-2.15.1.dist-info/'
    z.writestr(d + 'METADATA', 'Metadata-Version: 2.1\\nName: tensorflow-cpu\\nVersion: 2.15.1\\n')
    z.writestr(d + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp311-cp311-manylinux2014_x86_64\\n')
    z.writestr(d + 'RECORD', '')`, join(shelf, name)]); // prettier-ignore
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', shelf);
    return createHash('sha256').update(readFileSync(join(shelf, name))).digest('hex'); // prettier-ignore
  };
  const unpack = async (sha256: string) => {
    const to = join(folder, 'engine');
    mkdirSync(to);
    await unpackWheels(
      {
        platforms: ['manylinux2014_x86_64'],
        requirements: [`tensorflow-cpu==2.15.1 --hash=sha256:${sha256}`],
      },
      to,
      () => undefined,
    );
    return readdirSync(to, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('.')); // prettier-ignore
  };

  it('gives its libraries and headers, and nothing else', async () => {
    expect((await unpack(makeWheel())).sort()).toEqual([
      'tensorflow/include/tensorflow/c/c_api.h',
      'tensorflow/libtensorflow_cc.so.2',
    ]);
  });

  it('is refused where its sha256 is not the pinned one', async () => {
    makeWheel();
    await expect(unpack('0'.repeat(64))).rejects.toThrow('is not the one that was pinned');
  });
});

it('an engine for the GPU, once asked for, stays chosen until one for the CPU is', () => {
  expect(engineVariant(undefined, folder)).toBe('cpu');
  engineVariant('gpu', folder);
  expect(engineVariant(undefined, folder)).toBe('gpu');
  engineVariant('cpu', folder);
  expect(engineVariant(undefined, folder)).toBe('cpu');
});

describe('what is missing', () => {
  /** Programs that note how they were called; nothing else is on PATH. */
  const onPath = (programs: Record<string, string>) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    for (const [program, script] of Object.entries(programs)) {
      writeFileSync(join(bin, program), `#!/bin/sh\necho "${program} $*" >> ${folder}/calls\n${script}\n`); // prettier-ignore
      chmodSync(join(bin, program), 0o755);
    }
    vi.stubEnv('PATH', [bin].join(delimiter));
  };
  const calls = () => readFileSync(join(folder, 'calls'), 'utf8');
  const asUser = () => vi.spyOn(process, 'getuid').mockReturnValue(1000);
  const asRoot = () => vi.spyOn(process, 'getuid').mockReturnValue(0);

  it('is named with the command that gets it', async () => {
    asUser();
    onPath({ 'apt-get': '' });
    await expect(needCompiler()).rejects.toMatchObject({
      message: 'Missing: a C++ compiler (g++).',
      remedy: 'sudo apt-get install -y --no-install-recommends g++',
    });
    await expect(needPython()).rejects.toMatchObject({
      message: 'Missing: Python 3 with pip.',
      remedy: 'sudo apt-get install -y --no-install-recommends python3 python3-pip',
    });
  });

  it('is named by Debian’s name on other systems', async () => {
    onPath({});
    await expect(needCompiler()).rejects.toMatchObject({
      remedy: 'Install what Debian calls g++.',
    });
  });

  it('is installed where we are root, under the name it has there', async () => {
    asRoot();
    onPath({ 'apt-get': '', 'apt-cache': 'test "$3" = libgtk-3-0t64 && echo found' });
    await needPackages('libraries', ['libgtk-3-0', 'libgbm1', 'xvfb']);
    expect(calls()).toMatch(/install .*libgtk-3-0t64 libgbm1 xvfb\n/);
  });

  it('is named all the same where apt-get fails', async () => {
    asRoot();
    onPath({ 'apt-get': 'test "$4" = update' });
    await expect(needPackages('a virtual display', ['xvfb'])).rejects.toMatchObject({
      remedy: 'sudo apt-get install -y --no-install-recommends xvfb',
    });
  });

  it('is not missing where it is there', async () => {
    asUser();
    onPath({ 'g++': '', python3: '' });
    await needCompiler();
    await needPython();
  });
});
