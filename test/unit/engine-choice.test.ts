// Which engine is loaded, and the refusals: nothing is fallen back on.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locateEngine } from '../../src/main/lab/engine/locate.ts';

let folder: string;
let packageJson: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-engine-'));
  const modules = join(folder, 'node_modules');
  packageJson = join(modules, '@tensorflow/tfjs-node-gpu/package.json');
  mkdirSync(join(modules, '.gardenpath'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const note = (content: object) =>
  writeFileSync(join(folder, 'node_modules/.gardenpath/engine.json'), JSON.stringify(content));
const engineIn = (name: string) => {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'tfjs_binding.node'), '');
  return join(folder, name);
};

it('is the one that the environment names, else the one that set-up noted', () => {
  const [own, built] = [engineIn('own'), engineIn('built')];
  note({ origin: 'set-up', folder: built });
  expect(locateEngine(packageJson, own)).toEqual({ origin: 'set-up', binding: join(own, 'tfjs_binding.node') }); // prettier-ignore
  expect(locateEngine(packageJson, undefined)).toMatchObject({ binding: join(built, 'tfjs_binding.node') }); // prettier-ignore
});

it('is the package’s own only where set-up ran its installer on purpose', () => {
  mkdirSync(join(folder, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8'), {
    recursive: true,
  });
  writeFileSync(
    join(folder, 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node'),
    '',
  );
  expect(() => locateEngine(packageJson, undefined)).toThrow('npm run setup');
  note({ origin: 'package installer' });
  expect(locateEngine(packageJson, undefined)).toEqual({ origin: 'package installer' });
});

it('is refused, with the command that gets it, where it is gone or was never there', () => {
  const refused = (text: string) => expect.objectContaining({ code: 'engine-missing', message: expect.stringContaining(text) as string }) as Error; // prettier-ignore
  expect(() => locateEngine(packageJson, undefined)).toThrow(refused('npm run setup'));
  note({ origin: 'set-up', folder: join(folder, 'swept-away') });
  expect(() => locateEngine(packageJson, undefined)).toThrow(refused('swept-away'));
  expect(() => locateEngine(packageJson, folder)).toThrow(refused('GARDENPATH_ENGINE'));
});
