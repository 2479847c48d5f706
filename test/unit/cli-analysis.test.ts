// separation, entrenched and report as commands of their own process, on a made-up project.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { csvParse } from 'd3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EntrenchmentReport, SeparationReport } from '../../src/shared/trajectories.ts';
import { makeProject } from '../fixtures/make-project.ts';

const cli = fileURLToPath(new URL('../../src/main/lab/cli.ts', import.meta.url));
let folder: string;
let project: string;

function gardenpath(...args: string[]) {
  const env = { ...process.env, NODE_NO_WARNINGS: '1', GARDENPATH_CACHE: path.join(folder, 'cache') }; // prettier-ignore
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env, cwd: folder }); // prettier-ignore
  return { code: status, stdout, stderr };
}
function json<T>(...args: string[]): T {
  const { code, stdout, stderr } = gardenpath(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-cli-analysis-'));
  project = path.join(folder, 'project');
  makeProject(project, { classes: 8, pairs: 20, checkpoints: 12, runs: 1 }).close();
}, 600_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('the command line', () => {
  it('separation: the same figures as JSON, CSV and table', () => {
    const { classes, selected } = json<SeparationReport>('separation', project, '--checkpoint', 'last'); // prettier-ignore
    expect(selected.step).toBe(3_000);
    const rows = csvParse(gardenpath('separation', project, '--csv').stdout);
    expect(rows.map((row) => [row['uid'], Number(row['mean_delta']), Number(row['auc_high'])])).toEqual(classes.map(({ uid, all }) => [uid, all.meanDelta.value, all.auc.high])); // prettier-ignore
    const { stdout } = gardenpath('separation', project);
    expect(stdout).toMatch(/uid +pairs +right/);
    expect(stdout).toMatch(/1000 resamples, seed 1\. The verdict depends on .* of 8 classes/);
  }, 600_000);

  it('entrenched: by the definition that its options make', () => {
    const { rule, classes } = json<EntrenchmentReport>('entrenched', project, '--early', '200', '--early-unit', 'steps', '--margin', '0.2', '--hold', '0.8', '--last', '2'); // prettier-ignore
    expect(rule).toMatchObject({ early: { unit: 'steps', value: 200 }, margin: 0.2, hold: 0.8, lastK: 2 }); // prettier-ignore
    const rows = csvParse(gardenpath('entrenched', project, '--early', '200', '--early-unit', 'steps', '--margin', '0.2', '--hold', '0.8', '--last', '2', '--csv').stdout); // prettier-ignore
    expect(rows.map((row) => [row['uid'], row['entrenched'], row['shape']])).toEqual(classes.map((row) => [row.uid, String(row.entrenched), row.shape])); // prettier-ignore
    const { stdout, stderr } = gardenpath('entrenched', project, '--early', '0.2');
    expect(stderr).toMatch(/within the first 20 % of training/);
    expect(stdout).toMatch(/\d of 8 classes are entrenched early errors; 12 checkpoints/);
    expect(gardenpath('entrenched', project, '--hold', '3')).toMatchObject({ code: 2, stderr: expect.stringMatching(/from 0 to 1/) as string }); // prettier-ignore
  }, 600_000);

  it('report: says where it was written, and refuses a folder that it cannot write', () => {
    const out = path.join(folder, 'report');
    expect(json('report', project, '--out', out)).toMatchObject({ folder: out, files: ['index.html', 'entrenchment.csv', 'separation.csv', 'courses.csv', 'evidence.csv'] }); // prettier-ignore
    expect(fs.readFileSync(path.join(out, 'index.html'), 'utf8')).toMatch(/^<!doctype html>/);
    const taken = path.join(folder, 'a-file');
    fs.writeFileSync(taken, '');
    expect(gardenpath('report', project, '--out', taken)).toMatchObject({ code: 1, stderr: expect.stringMatching(/Choose another folder/) as string }); // prettier-ignore
    expect(gardenpath('report', project)).toMatchObject({ code: 2 });
  }, 600_000);
});
