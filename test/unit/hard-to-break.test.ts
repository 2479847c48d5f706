// Disks that are full or locked and files that are damaged: what is said, and that nothing is lost.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { seededUint32 } from '../../src/main/lab/analysis/random.ts';
import type { AnnotationEvent } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let lab: RunningLab;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-hard-'));
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
  return reply.value as T;
};
const small = { classes: 3, pairs: 8, checkpoints: 3, runs: 1 };

/** Mounts a small disk there; null where this machine does not let us. */
function smallDisk(at: string): { unmount(): void } | null {
  fs.mkdirSync(at);
  if (process.platform !== 'linux') return null;
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', at]).status !== 0) return null;
  return { unmount: () => void spawnSync('umount', [at]) };
}

describe('a disk that is full', () => {
  it('loses nothing that was acknowledged, and goes on when there is room', async (test) => {
    const at = path.join(folder, 'disk');
    const disk = smallDisk(at);
    if (!disk) {
      console.warn('SKIPPED: no small disk can be mounted here (it takes Linux and root), so a full one is not tried.'); // prettier-ignore
      return test.skip();
    }
    try {
      makeProject(path.join(at, 'project'), small).close();
      await call('project.open', { path: path.join(at, 'project') });
      const filler = path.join(at, 'filler');
      const fd = fs.openSync(filler, 'w');
      try {
        for (;;) fs.writeSync(fd, Buffer.alloc(4_096));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
      fs.closeSync(fd);
      let acknowledged = 0;
      const judge = () => call('judgements.set', { classId: 1 + (acknowledged % 3), verdict: 'unsure', reason: `reason ${acknowledged} `.repeat(50), annotator: 'ann' }); // prettier-ignore
      const refused = async () => {
        for (; acknowledged < 10_000; acknowledged++) await judge();
      };
      await expect(refused()).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/The disk is full\. What was stored before is safe/) as string }); // prettier-ignore
      await expect(call('export.all', { path: path.join(at, 'all.zip') })).rejects.toThrow(/disk is full|cannot be written/); // prettier-ignore
      await expect(call('suites.addStarter')).rejects.toThrow(/disk is full/);
      expect(fs.readdirSync(at).sort()).toEqual(['filler', 'project']);

      fs.rmSync(filler);
      await judge();
      acknowledged++;
      const history = await call<AnnotationEvent[]>('annotations.history', { limit: 10_000 });
      expect(history).toHaveLength(acknowledged);
      await call('project.close');
      await call('project.open', { path: path.join(at, 'project') });
      expect(await call<AnnotationEvent[]>('annotations.history', { limit: 10_000 })).toEqual(history); // prettier-ignore
      expect(await call<object[]>('suites.list')).toHaveLength(1);
    } finally {
      await lab.call('project.close', {});
      disk.unmount();
    }
  });
});

describe('a folder that may not be written', () => {
  it('is opened to read, and says why', (test) => {
    const at = path.join(folder, 'project');
    makeProject(at, small).close();
    const isRoot = process.getuid?.() === 0;
    const source = new URL('../../src/main/lab/store/project.ts', import.meta.url);
    fs.chmodSync(folder, 0o755);
    for (const name of fs.readdirSync(at)) fs.chmodSync(path.join(at, name), name === 'checkpoints' ? 0o555 : 0o444); // prettier-ignore
    fs.chmodSync(at, 0o555);
    // Root writes anywhere, so that the one who opens it is somebody else.
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', `
      const { openProject } = await import(${JSON.stringify(source.href)});
      const project = openProject(${JSON.stringify(at)});
      console.log(JSON.stringify([project.readOnlyReason, project.db.prepare('SELECT count(*) AS n FROM pairs').get()]));
      project.close();
    `], { encoding: 'utf8', env: { NODE_NO_WARNINGS: '1' }, ...(isRoot ? { uid: 65_534 } : {}) }); // prettier-ignore
    fs.chmodSync(at, 0o755);
    if (isRoot && /EACCES|Cannot find/.test(stderr)) {
      console.warn('SKIPPED: this repository cannot be read by another user, so a folder without the right to write is not tried.'); // prettier-ignore
      return test.skip();
    }
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/folder cannot be written.*Copy it/), { n: 24 }]); // prettier-ignore
  });
});

describe('a project file that is damaged', () => {
  /** What a person does with a project, whatever each part of it says. */
  async function useAll(at: string): Promise<(string | null)[]> {
    const calls: [string, object][] = [
      ['project.open', { path: at }],
      ['suites.list', {}],
      ['runs.list', {}],
      ['classes.list', {}],
      ['pairs.page', { classId: 2 }],
      ['search.sentences', { text: 'dog' }],
      ['annotations.history', {}],
      ['project.close', {}],
    ];
    const codes: (string | null)[] = [];
    for (const [name, params] of calls) {
      const reply = await lab.call(name, params);
      codes.push(reply.ok ? null : reply.error.code);
    }
    return codes;
  }

  it('is told from a sound one, and left as it is', async () => {
    const at = path.join(folder, 'project');
    makeProject(at, small).close();
    const file = path.join(at, 'project.sqlite');
    const sound = fs.readFileSync(file);
    for (const share of [0.02, 0.3, 0.7]) {
      const cut = sound.subarray(0, Math.floor(sound.length * share));
      fs.writeFileSync(file, cut);
      const reply = await lab.call('project.open', { path: at });
      const codes = await useAll(at);
      expect([share, reply.ok ? codes.includes('bad-file') : reply.error]).toEqual([share, reply.ok ? true : expect.objectContaining({ code: 'bad-file', message: expect.stringMatching(/damaged|not a SQLite file/) as string })]); // prettier-ignore
      expect(fs.readFileSync(file).equals(cut)).toBe(true);
    }
    fs.writeFileSync(file, sound);
    expect(await useAll(at)).toEqual(Array<null>(8).fill(null));
  });

  it('with flipped bits never stops the lab', async () => {
    const at = path.join(folder, 'project');
    makeProject(at, small).close();
    const file = path.join(at, 'project.sqlite');
    const sound = fs.readFileSync(file);
    const next = seededUint32(11);
    let damaged = 0;
    for (let i = 0; i < 60; i++) {
      const flipped = Buffer.from(sound);
      // A burst of bits in one page, as bad disks have it.
      const from = next() % sound.length;
      for (let n = 0; n < 64; n++) flipped[(from + (next() % 512)) % sound.length]! ^= 1 << next() % 8; // prettier-ignore
      for (const suffix of ['-wal', '-shm']) fs.rmSync(file + suffix, { force: true });
      fs.writeFileSync(file, flipped);
      const codes = await useAll(at);
      expect(codes.filter((code) => code !== null && !['bad-file', 'no-project', 'not-found', 'internal', 'future-schema'].includes(code))).toEqual([]); // prettier-ignore
      damaged += Number(codes.includes('bad-file'));
    }
    expect(damaged).toBeGreaterThan(0);
    fs.writeFileSync(file, sound);
    expect(await useAll(at)).toEqual(Array<null>(8).fill(null));
  });
});
