// What the recipes of both containers take from the clone is the same, and enough for the command line.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => fs.readFileSync(path.join(root, file), 'utf8');
/** What Docker takes: all else is ignored. */
const taken = read('.dockerignore').match(/(?<=^!).+/gm) ?? [];

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-container-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

it('Docker and Apptainer take the same files', () => {
  const files = /%files\n((?: {4}.+\n)+)/.exec(read('container/gardenpath.def'))?.[1] ?? '';
  expect(files.match(/(?<=^ {4})\S+(?= \/opt\/gardenpath\/$)/gm)).toEqual(taken);
});

it('with them alone a model is trained and scored on what comes with the program', () => {
  const clone = path.join(folder, 'opt');
  for (const name of taken) fs.cpSync(path.join(root, name), path.join(clone, name), { recursive: true }); // prettier-ignore
  fs.symlinkSync(path.join(root, 'node_modules'), path.join(clone, 'node_modules'));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['src/main/lab/cli.ts', 'train', path.join(folder, 'study'), '--corpus', 'embedded', '--suite', 'starter', '--steps', '1', '--pairs-per-class', '2', '--set', 'layers=1', 'hiddenSize=16', 'wordEmbedSize=16', 'heads=2', 'ffnSize=32', '--json'], // prettier-ignore
    { cwd: clone, encoding: 'utf8', env: { ...process.env, NODE_NO_WARNINGS: '1', GARDENPATH_CACHE: path.join(folder, 'cache') } }, // prettier-ignore
  );
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ state: 'finished', step: 1 });
}, 300_000);
