// What the workbench shows beyond A: courses of classes and pairs, comparisons, saved views, the queue's order.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootstrapMean, wilson } from '../../src/main/lab/analysis/intervals.ts';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { openProject } from '../../src/main/lab/store/project.ts';
import { setProgress } from '../../src/main/lab/store/runs.ts';
import { sameWords } from '../../src/main/lab/suite/index.ts';
import type { labServes, Params, Result } from '../../src/shared/api.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let lab: RunningLab;
/** Δ of each pair by run, step and pair row id, read from the table of scores itself. */
let deltas: Map<number, Map<number, Map<number, number>>>;
let steps: number[];

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-workbench-'));
  const project = makeProject(folder, { classes: 9, pairs: 30, checkpoints: 8, runs: 2 });
  const { db } = project;
  deltas = new Map([1, 2].map((runId) => [runId, new Map<number, Map<number, number>>()]));
  const rows = db.prepare('SELECT k.run_id AS runId, k.step, s.pair_id AS id, s.good_nats - s.bad_nats AS delta FROM scores s JOIN scorings g ON g.id = s.scoring_id JOIN checkpoints k ON k.id = g.checkpoint_id').all() as { runId: number; step: number; id: number; delta: number }[]; // prettier-ignore
  for (const { runId, step, id, delta } of rows) {
    const ofRun = deltas.get(runId) as Map<number, Map<number, number>>;
    if (!ofRun.has(step)) ofRun.set(step, new Map());
    ofRun.get(step)?.set(id, delta);
  }
  steps = [...(deltas.get(1)?.keys() ?? [])].sort((a, b) => a - b);
  project.close();
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
  await lab.call('project.open', { path: folder });
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

type Serves = typeof labServes;
async function call<N extends keyof Serves>(
  name: N,
  params: Params<Serves, N>,
): Promise<Result<Serves, N>> {
  // prettier-ignore
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as Result<Serves, N>;
}
const deltaAt = (runId: number, step: number, id: number): number =>
  deltas.get(runId)?.get(step)?.get(id) ?? NaN;
const all = { limit: 5_000 };

describe('a pair’s course', () => {
  it('has the flips and the first wrong step that its scores give', async () => {
    for (const classId of [1, 2, 5, 8]) {
      const { rows } = await call('pairs.page', { runId: 1, classId, ...all });
      expect(rows).toHaveLength(30);
      for (const row of rows) {
        const course = steps.filter((s) => s > 0).map((s) => deltaAt(1, s, row.pairRowId));
        const flips = course.slice(1).filter((delta, i) => delta > 0 !== (course[i] as number) > 0);
        expect(row.flips).toBe(flips.length);
        const wrong = course.findIndex((delta) => delta < 0);
        expect(row.firstWrongStep).toBe(wrong < 0 ? null : steps[wrong + 1]);
        expect(row.delta).toBe(deltaAt(1, steps.at(-1) as number, row.pairRowId));
        expect(row.lexicallyIdentical).toBe(sameWords(row.good, row.bad));
      }
    }
  });

  it('is sorted by: pairs never wrong come last either way', async () => {
    const sorted = async (sort: 'flips' | '-flips' | 'firstWrong' | '-firstWrong' | '-length') =>
      (await call('pairs.page', { runId: 1, classId: 8, sort, ...all })).rows;
    const flips = (await sorted('-flips')).map((row) => row.flips);
    expect(flips[0]).toBeGreaterThan(0);
    expect(flips).toEqual([...flips].sort((a, b) => b - a));
    for (const [sort, sign] of [
      ['firstWrong', 1],
      ['-firstWrong', -1],
    ] as const) {
      // prettier-ignore
      const seen = (await sorted(sort)).map((row) => row.firstWrongStep);
      const first = seen.indexOf(null);
      const wrong = (first < 0 ? seen : seen.slice(0, first)) as number[];
      expect(wrong).toEqual([...wrong].sort((a, b) => sign * (a - b)));
      if (first >= 0) expect(seen.slice(first).every((step) => step === null)).toBe(true);
    }
    const lengths = (await sorted('-length')).map((row) => row.good.split(' ').length);
    expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  });
});

describe('a class’s course', () => {
  it('has the worst and final accuracy and the time wrong that its pairs give', async () => {
    const { classes } = await call('classes.list', { runId: 1, step: steps[1] });
    let wrongSomewhere = 0;
    for (const [c, row] of classes.entries()) {
      const ids = Array.from({ length: 30 }, (_, i) => 30 * c + i + 1);
      const right = steps.slice(1).map((s) => ids.filter((id) => deltaAt(1, s, id) > 0).length);
      expect(row.worstAccuracy).toBe(Math.min(...right) / 30);
      expect(row.finalAccuracy).toBe((right.at(-1) as number) / 30);
      const wrong = right.filter((n) => wilson(n, 30).high < 0.5).length / right.length;
      expect(row.timeWrong).toBe(wrong);
      wrongSomewhere += Number(wrong > 0 && wrong < 1);
      expect(row.published.gpt2).toBeNull();
    }
    expect(wrongSomewhere).toBeGreaterThan(0);
  });
});

describe('a comparison', () => {
  it('is over pairs: differences, interval and changes as the scores give them', async () => {
    const [from, to] = [steps[2] as number, steps.at(-1) as number];
    const found = await call('compare.classes', { a: { runId: 1, step: from }, b: { runId: 2, step: to } }); // prettier-ignore
    expect(found.a).toMatchObject({ runId: 1, step: from });
    expect(found.b).toMatchObject({ runId: 2, step: to });
    expect(found.classes).toHaveLength(9);
    for (const row of found.classes) {
      const ids = Array.from({ length: 30 }, (_, i) => 30 * (row.classId - 1) + i + 1);
      const [a, b] = [ids.map((id) => deltaAt(1, from, id)), ids.map((id) => deltaAt(2, to, id))];
      const differences = Float64Array.from(b, (delta, i) => delta - (a[i] as number));
      expect(row.difference).toBeCloseTo(differences.reduce((s, d) => s + d, 0) / 30, 12);
      const interval = bootstrapMean(differences);
      expect(row.low).toBeCloseTo(interval.low, 5);
      expect(row.high).toBeCloseTo(interval.high, 5);
      expect(row.b.right - row.a.right).toBe(row.rightInBOnly - row.rightInAOnly);
      expect(row.p).toBeCloseTo(binomialTwoSided(row.rightInBOnly, row.rightInAOnly), 12);
      expect(row.pHolm).toBeGreaterThanOrEqual(row.p);
      const side = ({ low, high }: { low: number; high: number }) => (low > 0.5 ? 1 : high < 0.5 ? -1 : 0); // prettier-ignore
      expect(row.verdictChanged).toBe(side(row.a) !== side(row.b));
    }
    expect(found.classes.some((row) => row.verdictChanged)).toBe(true);
    // Holm over all classes: the smallest p is multiplied by their number.
    const least = found.classes.reduce((min, row) => (row.p < min.p ? row : min));
    expect(least.pHolm).toBeCloseTo(Math.min(1, 9 * least.p), 12);
  });

  it('of a scoring with itself finds nothing', async () => {
    const { classes } = await call('compare.classes', { a: { runId: 1 }, b: { runId: 1 } });
    for (const row of classes) expect(row).toMatchObject({ difference: 0, low: 0, high: 0, p: 1, pHolm: 1, verdictChanged: false }); // prettier-ignore
  });
});

/** 2 P(X ≤ min) of Binomial(n, ½), by adding up a line of Pascal's triangle. */
function binomialTwoSided(one: number, other: number): number {
  const n = one + other;
  let [term, sum] = [0.5 ** n, 0];
  for (let k = 0; k <= Math.min(one, other); k++) {
    sum += term;
    term *= (n - k) / (k + 1);
  }
  return Math.min(1, 2 * sum);
}
describe('saved views', () => {
  it('are kept by name over a restart, changed and deleted', async () => {
    const saved = await call('views.save', { name: 'worst', address: 'gardenpath://atlas?sort=worst' }); // prettier-ignore
    const again = await call('views.save', { name: 'worst', address: 'gardenpath://atlas?sort=final' }); // prettier-ignore
    expect(again).toEqual({ ...saved, address: 'gardenpath://atlas?sort=final' });
    await call('views.save', { name: 'Another', address: 'gardenpath://class/3' });
    await call('project.close', {});
    await call('project.open', { path: folder });
    expect((await call('views.list', {})).map((view) => view.name)).toEqual(['Another', 'worst']);
    await call('views.delete', { id: saved.id });
    expect((await call('views.list', {})).map((view) => view.name)).toEqual(['Another']);
    await expect(call('views.delete', { id: saved.id })).rejects.toThrow(/no saved view/);
    await expect(call('views.save', { name: 'x', address: 'https://example.org' })).rejects.toThrow(/address/); // prettier-ignore
  });
});

describe('the queue', () => {
  it('is put in another order, which lasts', async () => {
    await call('project.close', {});
    const project = openProject(folder);
    for (const runId of [1, 2]) setProgress(project.db, runId, { state: 'queued' });
    project.close();
    await call('project.open', { path: folder });
    const order = (runs: { id: number; queuePosition: number | null }[]) =>
      runs.map((run) => [run.id, run.queuePosition]);
    expect(order(await call('runs.list', {}))).toEqual([[2, 2], [1, 1]]); // prettier-ignore
    expect(order(await call('runs.reorder', { runId: 2, before: 1 }))).toEqual([[2, 1], [1, 2]]); // prettier-ignore
    expect(order(await call('runs.reorder', { runId: 2, before: 2 }))).toEqual([[2, 1], [1, 2]]); // prettier-ignore
    await call('project.close', {});
    await call('project.open', { path: folder });
    expect((await call('runs.get', { runId: 1 })).queuePosition).toBe(2);
    expect(order(await call('runs.reorder', { runId: 2, before: null }))).toEqual([[1, 1], [2, 2]]); // prettier-ignore
    await call('runs.cancel', { runId: 1 });
    expect((await call('runs.get', { runId: 2 })).queuePosition).toBe(1);
    await expect(call('runs.reorder', { runId: 1, before: 2 })).rejects.toThrow(/not waiting/);
  });
});
