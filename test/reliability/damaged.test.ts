// Files that are damaged: what is said, and that nothing is lost.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededUint32 } from '../../src/main/lab/analysis/random.ts';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { amount, seed, tried } from './budget.ts';

let folder: string;
let lab: RunningLab;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-damaged-'));
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const small = { classes: 3, pairs: 8, checkpoints: 3, runs: 1 };

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
