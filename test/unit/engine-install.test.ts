// TensorFlow put in place from a wheel, and what diagnostics tell.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installEngine } from '../../src/main/lab/engine/install.ts';
import { createLab } from '../../src/main/lab/index.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-engine-'));
  fs.writeFileSync(path.join(folder, 'tfjs_binding.node'), 'the addon');
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const place = () => ({ addon: path.join(folder, 'tfjs_binding.node'), folder: path.join(folder, 'engine') }); // prettier-ignore
function wheel(files: Record<string, Uint8Array>) {
  const bytes = zipSync(files);
  const at = path.join(folder, 'x.whl');
  fs.writeFileSync(at, bytes);
  return { at, pin: { file: 'x.whl', sha256: createHash('sha256').update(bytes).digest('hex') } };
}
const library = new Uint8Array(3 << 20).map((_, i) => i % 251);

describe('TensorFlow', () => {
  it('is unpacked beside the addon, its libraries alone, in place of what was there', async () => {
    const { at, pin } = wheel({
      'tensorflow/libtensorflow_cc.so.2': library,
      'tensorflow/libtensorflow_framework.so.2': strToU8('framework'),
      'tensorflow/python/evil.py': strToU8('x'),
      '../escaped': strToU8('x'),
    });
    fs.mkdirSync(place().folder);
    fs.writeFileSync(path.join(place().folder, 'old'), '');
    const shares: number[] = [];
    await installEngine(at, pin, place(), (share) => shares.push(share));
    expect((fs.readdirSync(place().folder, { recursive: true }) as string[]).sort()).toEqual(['tensorflow', 'tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2', 'tfjs_binding.node']); // prettier-ignore
    expect(fs.readFileSync(path.join(place().folder, 'tensorflow/libtensorflow_cc.so.2')).equals(library)).toBe(true); // prettier-ignore
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(fs.readdirSync(folder).sort()).toEqual(['engine', 'tfjs_binding.node', 'x.whl']);
  });

  it.each<[string, Record<string, Uint8Array>, boolean, RegExp]>([
    ['is not the pinned file', { 'tensorflow/libtensorflow_cc.so.2': library }, false, /not the file that Gardenpath was made for/], // prettier-ignore
    ['lacks a library', { 'tensorflow/libtensorflow_cc.so.2': library }, true, /lacks TensorFlow’s libraries/], // prettier-ignore
  ])(
    'from a wheel that %s is refused, and what was there stays',
    async (_, files, isPinned, why) => {
      const { at, pin } = wheel(files);
      fs.mkdirSync(place().folder);
      fs.writeFileSync(path.join(place().folder, 'old'), '');
      const asked = isPinned ? pin : { ...pin, sha256: '0'.repeat(64) };
      await expect(installEngine(at, asked, place(), () => undefined)).rejects.toThrow(why);
      expect(fs.readdirSync(place().folder)).toEqual(['old']);
      expect(fs.readdirSync(folder).sort()).toEqual(['engine', 'tfjs_binding.node', 'x.whl']);
    },
  );
});

describe('diagnostics', () => {
  it('tell of a project in numbers, and hold no text, name or path of it', async () => {
    const secret = 'zyzzyva';
    const at = path.join(folder, secret);
    const project = makeProject(at, { classes: 3, pairs: 4, checkpoints: 2, runs: 1 });
    project.db.exec(`UPDATE runs SET name = '${secret}', note = '${secret}', error = '${secret}'; UPDATE pairs SET good = '${secret}'; UPDATE suites SET name = '${secret}'; UPDATE corpora SET name = '${secret}', source = '/home/${secret}'`); // prettier-ignore
    project.close();
    const lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
    expect(await lab.call('diagnostics.get', {})).toMatchObject({ ok: true, value: { project: null } }); // prettier-ignore
    await lab.call('project.open', { path: at });
    const reply = await lab.call('diagnostics.get', {});
    await lab.close();
    expect(reply).toMatchObject({ ok: true, value: { project: { readOnly: false, rows: { classes: 3, pairs: 12, runs: 1 }, runs: [{ state: 'finished', failed: true }] } } }); // prettier-ignore
    const told = JSON.stringify(reply);
    expect(told).not.toContain(secret);
    expect(told).not.toContain(os.tmpdir());
    expect(told).not.toMatch(/gardenpath|dog|sings/);
  });
});
