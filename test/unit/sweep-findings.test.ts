// Sweeps seen together: variance split, seeds needed, entrenchment by condition, curves.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  mostSeeds,
  pooledSd,
  seedsNeeded,
  spread,
} from '../../src/main/lab/analysis/between-runs/seeds.ts';
import {
  isBalanced,
  varianceSplit,
} from '../../src/main/lab/analysis/between-runs/variance-split.ts';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { EntrenchmentReport } from '../../src/shared/trajectories.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { makeSweep } from '../fixtures/make-sweep.ts';
import { caller, type SweepLab } from '../fixtures/sweep.ts';

describe('where variance comes from', () => {
  // Two corpora × three seeds. By hand: mean .60; corpus means .50 and .70, seed means .55, .60, .65; the two add up
  // but for the last seed of the second corpus (+.03) and of the first (−.03), which is what they do together.
  const table = [0.45, 0.5, 0.55, 0.65, 0.7, 0.75];
  const runs = (values: number[], pairs = 1_000_000_000) =>
    values.map((accuracy, i) => ({ accuracy, pairs, values: { corpus: i < 3 ? 'a' : 'b', seed: i % 3 } })); // prettier-ignore
  const shareOf = (values: number[], pairs?: number) =>
    Object.fromEntries(varianceSplit(runs(values, pairs), ['corpus', 'seed'])!.map(({ source, share }) => [source, share])); // prettier-ignore

  it('splits squares between axes as by hand', () => {
    // corpus: 6 · .1² = .06; seed: 2 · 2 · .05² = .01; all: .07
    const found = shareOf(table);
    expect(found['corpus']).toBeCloseTo(6 / 7, 6);
    expect(found['seed']).toBeCloseTo(1 / 7, 6);
    expect(found['together']).toBeCloseTo(0, 6);
  });

  it('leaves to both together what neither does alone', () => {
    // ± .03 crosswise on the first two seeds adds 4 · .03² = .0036 and moves no mean of an axis.
    const [a, b, c, d, e, f] = table as [number, number, number, number, number, number];
    const found = shareOf([a + 0.03, b - 0.03, c, d - 0.03, e + 0.03, f]);
    expect(found['corpus']).toBeCloseTo(0.06 / 0.0736, 6);
    expect(found['together']).toBeCloseTo(0.0036 / 0.0736, 6);
  });

  it('gives the draw of pairs its binomial variance', () => {
    const pairs = table.reduce((sum, p) => sum + (p * (1 - p)) / 100, 0); // n − 1 of 101
    expect(shareOf(table, 101)['pairs']).toBeCloseTo(pairs / (0.07 + pairs), 6);
    expect(Object.values(shareOf(table, 101)).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9); // prettier-ignore
  });

  it('has nothing to split where all agree, and says when runs are missing', () => {
    expect(varianceSplit(runs([1, 1, 1, 1, 1, 1], 100), ['corpus', 'seed'])).toBeNull();
    expect(isBalanced(runs(table), ['corpus', 'seed'])).toBe(true);
    expect(isBalanced(runs(table).slice(1), ['corpus', 'seed'])).toBe(false);
  });
});

describe('how many seeds', () => {
  it('pools deviations within conditions', () => {
    // Variances 1 (df 2) and 8 (df 1): (2 · 1 + 1 · 8) / 3
    expect(pooledSd([[1, 2, 3], [4, 8], [7]])).toBeCloseTo(Math.sqrt(10 / 3), 12);
    expect(pooledSd([[1], [2]])).toBeNull();
    expect(spread([1, 2, 3])).toEqual({ mean: 2, sd: 1, low: 1, high: 3 });
  });

  // scipy 1.17: next(n for n in count(2) if t.ppf(.975, n - 1) * sd / sqrt(n) <= h)
  it.each([
    [0.03, 0.02, 12],
    [0.02, 0.02, 7],
    [0.01, 0.02, 4],
    [0.05, 0.02, 27],
    [0.1, 0.02, 99],
    [0, 0.02, 2],
    [0.0001, 0.02, 2],
  ])('sd %f to ± %f takes %i', (sd, halfWidth, n) => expect(seedsNeeded(sd, halfWidth)).toBe(n));

  it('stops counting', () => expect(seedsNeeded(10, 0.001)).toBe(mostSeeds));
});

describe('a sweep of a project', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-sweep-findings-'));
  let lab: RunningLab;
  let call: SweepLab['call'];
  let id: number;
  beforeAll(async () => {
    const project = makeProject(path.join(folder, 'project'), { classes: 16, pairs: 60, checkpoints: 10, runs: 6 }); // prettier-ignore
    ({ id } = makeSweep(project, { corpora: ['child', 'web'], seeds: 3, failing: 1 }));
    project.close();
    lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
    call = caller(lab);
    await call('project.open', { path: path.join(folder, 'project') });
  }, 60_000);
  afterAll(async () => {
    await lab.close();
    fs.rmSync(folder, { recursive: true });
  });

  it.each([
    {},
    { measure: 'accuracy', margin: 0.1 },
    { measure: 'meanDelta', confidence: 0.999, margin: 0.5 },
  ] as const)(
    'counts entrenched runs as each run’s own analysis does: %j',
    async (rule) => {
      const found = (await call('sweeps.findings', { id, rule }))!;
      expect(found).toMatchObject({
        runs: 5,
        missing: 1,
        balanced: false,
        axes: ['corpus', 'seed'],
      });
      expect(found.conditions.map(({ label, runIds }) => [label, runIds])).toEqual([['corpus child', [1, 2, 3]], ['corpus web', [4, 5]]]); // prettier-ignore
      const reports: EntrenchmentReport[] = [];
      for (const runId of [1, 2, 3, 4, 5])
        reports.push(await call('entrenchment.get', { runId, rule }));
      for (const { classId, entrenched, accuracy } of found.classes) {
        const rows = reports.map(({ classes }) => classes.find((row) => row.classId === classId)!);
        const counts = [rows.slice(0, 3), rows.slice(3)].map((part) => ({ count: part.filter((row) => row.entrenched).length, of: part.length, seeds: part.flatMap((row, i) => (row.entrenched ? [i + 1] : [])) })); // prettier-ignore
        expect(entrenched).toEqual(counts);
        expect(accuracy).toBeCloseTo(
          rows.reduce((sum, row) => sum + row.accuracy.at(-1)!, 0) / 5,
          9,
        );
      }
      expect(found.classes.some(({ entrenched }) => entrenched[0]?.count === 3)).toBe(true);
      expect(found.classes.some(({ entrenched }) => entrenched[0]?.count === 0)).toBe(true);
    },
    120_000,
  );

  it('draws a class’s curve between the runs of a condition', async () => {
    const classId = 1;
    const [child] = await call('sweeps.curves', { id, classId });
    const points = await Promise.all([1, 2, 3].map((runId) => call('classes.trajectory', { runId, classId }))); // prettier-ignore
    const last = points.map((list) => list.at(-1)!.accuracy);
    expect(child?.moments.map(({ step }) => step)).toEqual(points[0]?.map(({ step }) => step));
    expect(child?.high.at(-1)).toBe(Math.max(...last));
    expect(child?.mean.at(-1)).toBeCloseTo(last.reduce((sum, one) => sum + one, 0) / 3, 12);
    const all = await call('sweeps.curves', { id, measure: 'meanDelta' });
    expect(all.map(({ label, runs }) => [label, runs])).toEqual([['corpus child', 3], ['corpus web', 2]]); // prettier-ignore
  });
});
