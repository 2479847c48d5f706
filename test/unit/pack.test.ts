// A project as one zip, and back; zips that are not what they say.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { CheckpointRow } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { writeTinyCorpus } from '../fixtures/tiny.ts';

let folder: string;
let lab: RunningLab;
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as T;
};
const at = (...parts: string[]): string => path.join(folder, ...parts);
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-pack-test-'));
  makeProject(at('p'), { classes: 3, pairs: 8, checkpoints: 2, runs: 1 }).close();
  lab = createLab({ stateDir: at('state'), startQueued: false, emit: () => undefined });
  await call('project.open', { path: at('p') });
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('a project', () => {
  it('opens from its zip as it was, without texts, weights and the paths of this machine', async () => {
    await call('corpora.add', { path: writeTinyCorpus(folder, 200) });
    await call('judgements.set', { classId: 1, verdict: 'unsure', annotator: 'ann' });
    const [classes, history, corpora] = await Promise.all(['classes.list', 'annotations.history', 'corpora.list'].map((name) => call(name))); // prettier-ignore
    await call('project.pack', { path: at('p.zip') });
    const zip = unzipSync(fs.readFileSync(at('p.zip')));
    expect(Object.keys(zip)).toEqual(['project.sqlite']);
    expect(Buffer.from(zip['project.sqlite'] ?? []).includes(folder)).toBe(false);
    await call('project.unpack', { path: at('p.zip'), folder: at('q') });
    expect(fs.readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
    await call('project.open', { path: at('q') });
    expect(await call('classes.list')).toEqual(classes);
    expect(await call('annotations.history')).toEqual(history);
    expect(await call('corpora.list')).toEqual(corpora);
    const checkpoints = await call<CheckpointRow[]>('checkpoints.list', { runId: 1 });
    expect(checkpoints.some((one) => one.hasWeights)).toBe(false);
    await call('judgements.set', { classId: 2, verdict: 'unsure', annotator: 'ann' });
  });

  it('takes its weights with it on request, byte for byte', async () => {
    const state = at('p', 'checkpoints', '1', 'step-10');
    fs.mkdirSync(state, { recursive: true });
    const weights = Buffer.alloc(3 << 20, 'weights');
    fs.writeFileSync(path.join(state, 'model.safetensors'), weights);
    fs.writeFileSync(path.join(state, 'config.json'), '{}');
    expect(await call('project.pack', { path: at('p.zip'), weights: true })).toMatchObject({ files: 3 }); // prettier-ignore
    await call('project.unpack', { path: at('p.zip'), folder: at('q') });
    expect(fs.readFileSync(at('q', 'checkpoints', '1', 'step-10', 'model.safetensors')).equals(weights)).toBe(true); // prettier-ignore
  });
});

describe('a zip', () => {
  const project = async (): Promise<Uint8Array> => {
    await call('project.pack', { path: at('p.zip') });
    return unzipSync(fs.readFileSync(at('p.zip')))['project.sqlite'] ?? new Uint8Array();
  };
  const unpack = (content: Uint8Array) => {
    fs.writeFileSync(at('x.zip'), content);
    return call('project.unpack', { path: at('x.zip'), folder: at('deep', 'x') });
  };
  it.each<[string, (sqlite: Uint8Array) => Uint8Array, RegExp]>([
    ['climbs out of its folder', (sqlite) => zipSync({ 'project.sqlite': sqlite, '../escaped': strToU8('x') }), /holds “\.\.\/escaped”, which no project has/], // prettier-ignore
    ['climbs by way of checkpoints', (sqlite) => zipSync({ 'project.sqlite': sqlite, 'checkpoints/1/../x': strToU8('x') }), /which no project has/], // prettier-ignore
    ['has an absolute path', (sqlite) => zipSync({ 'project.sqlite': sqlite, '/elsewhere/escaped': strToU8('x') }), /which no project has/], // prettier-ignore
    ['has a program in it', (sqlite) => zipSync({ 'project.sqlite': sqlite, 'run.sh': strToU8('x') }), /which no project has/], // prettier-ignore
    ['would fill the disk', (sqlite) => zipSync({ 'project.sqlite': sqlite, 'checkpoints/1/step-0/x.bin': new Uint8Array(64 << 20) }, { level: 1 }), /far more than a project of its size/], // prettier-ignore
    ['has no project', () => zipSync({ 'checkpoints/1/step-0/config.json': strToU8('{}') }), /no project\.sqlite in it/], // prettier-ignore
    ['has another database', () => zipSync({ 'project.sqlite': strToU8('a letter '.repeat(1_000)) }), /not a SQLite file/], // prettier-ignore
    ['is cut', (sqlite) => zipSync({ 'project.sqlite': sqlite }).subarray(0, 9_000), /no zip archive/], // prettier-ignore
    [
      'is none',
      () => strToU8('not a zip at all, but a text that is long enough'),
      /no zip archive/,
    ],
  ])('that %s is refused, and nothing is left of it', async (_, make, message) => {
    await expect(unpack(make(await project()))).rejects.toThrow(message);
    expect(fs.existsSync(at('deep')) ? fs.readdirSync(at('deep')) : []).toEqual([]);
    expect(fs.existsSync(at('escaped'))).toBe(false);
  });

  it('is not unpacked over other files', async () => {
    await project();
    await expect(call('project.unpack', { path: at('p.zip'), folder: at('p') })).rejects.toThrow(/not empty/); // prettier-ignore
  });
});
