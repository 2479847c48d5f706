// Separation, entrenchment, evidence and the report, asked of a lab as the window asks.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { csvParse } from 'd3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { labServes, Params, Result } from '../../src/shared/api.ts';
import type { Emit, Events } from '../../src/shared/events.ts';
import { makeProject } from '../fixtures/make-project.ts';

type Serves = typeof labServes;
let folder: string;
let lab: RunningLab;
const progress: Events['analysis.progressed'][] = [];
async function call<N extends keyof Serves>(name: N, params: Params<Serves, N>) {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as Result<Serves, N>;
}
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-trajectories-'));
  makeProject(path.join(folder, 'project'), { classes: 9, pairs: 40, checkpoints: 14, runs: 1 }).close(); // prettier-ignore
  const emit: Emit = (event, payload) => {
    if (event === 'analysis.progressed') progress.push(payload as Events['analysis.progressed']);
  };
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit });
  await call('project.open', { path: path.join(folder, 'project') });
}, 120_000);
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('the first analysis of a run', () => {
  it('tells how far it is, class by class; the next answers need none', async () => {
    await call('entrenchment.get', {});
    expect(progress.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(progress.every(({ of }) => of === 9)).toBe(true);
    expect(progress.at(-1)?.remainingMs).toBe(0);
    expect(progress[0]?.remainingMs).toBeGreaterThan(0);
    await call('separation.get', {});
    expect(progress).toHaveLength(9);
  });
});

describe('separation', () => {
  it('is that of the class’s pairs, by every statistic, with intervals around it', async () => {
    const { classes, selected, resamples } = await call('separation.get', {});
    expect(selected).toMatchObject({ runId: 1, step: 3_000 });
    expect(resamples).toBe(1_000);
    expect(classes).toHaveLength(9);
    for (const { classId, all, lengthMatched, perToken } of classes) {
      const { rows } = await call('pairs.page', { classId, limit: 5_000 });
      const deltas = rows.map((row) => row.delta);
      const mean = deltas.reduce((sum, d) => sum + d, 0) / deltas.length;
      expect(all).toMatchObject({ pairs: 40, ties: 0, right: deltas.filter((d) => d > 0).length });
      expect(all.meanDelta.value).toBeCloseTo(mean, 10);
      const sd = Math.sqrt(deltas.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 39);
      expect(all.dz.value).toBeCloseTo(mean / sd, 8);
      for (const of of ['accuracy', 'meanDelta', 'medianDelta', 'trimmedMeanDelta', 'dz', 'auc', 'dPrime'] as const) {
        const { value, low, high } = all[of];
        expect(low, of).toBeLessThanOrEqual(value ?? NaN);
        expect(high, of).toBeGreaterThanOrEqual(value ?? NaN);
      } // prettier-ignore
      expect(all.pHolm).toBeGreaterThanOrEqual(all.p ?? NaN);
      // The made-up sentences of a pair are of one length: so matched is all, and per token scales.
      expect(lengthMatched).toEqual(all);
      expect(Math.sign(perToken.meanDelta.value ?? 0)).toBe(Math.sign(mean));
      expect(perToken.accuracy).toEqual(all.accuracy);
    }
  });

  it('of one class is its row of all, corrected over all', async () => {
    const all = await call('separation.get', { step: 0 });
    for (const row of all.classes)
      expect(await call('separation.get', { step: 0, classId: row.classId })).toEqual({ ...all, classes: [row] }); // prettier-ignore
  });

  it('names methods whose verdict is another, and only those', async () => {
    const { classes } = await call('separation.get', { step: 0 });
    for (const { all, verdicts, disagreeing } of classes) {
      expect(verdicts[0]).toEqual({ method: 'mean Δ', side: all.side });
      expect(disagreeing).toEqual(verdicts.filter((v) => v.side !== all.side).map((v) => v.method));
    }
  });
});

describe('entrenchment', () => {
  const entrenched = async (rule: Params<Serves, 'entrenchment.get'>['rule'] = {}) => {
    const { classes } = await call('entrenchment.get', { rule });
    return classes.filter((row) => row.entrenched).map((row) => row.uid);
  };

  it('finds the classes made so, and says since when and how deep', async () => {
    const report = await call('entrenchment.get', {});
    const stuck = report.classes.filter((row) => row.entrenched);
    expect(stuck.length).toBeGreaterThan(0);
    expect(stuck.length).toBeLessThan(5);
    for (const row of stuck) {
      const onset = report.steps.indexOf(row.onset?.step ?? -1);
      expect(report.earlyWindow[onset]).toBe(true);
      expect(row.sides[onset]).toBe(-1);
      expect(row.sides.slice(1, onset).every((side) => side >= 0)).toBe(true);
      expect(row.depth).toBe(Math.min(...row.value.map((v) => v ?? Infinity)));
      expect(row).toMatchObject({ shape: 'entrenched wrong', recovered: null, override: null });
      expect(row.onsetLowStep).toBeLessThanOrEqual(row.onset?.step ?? 0);
      expect(row.entrenchedPairs).toBeGreaterThan(20);
    }
    expect(report.warmup?.step).toBe(100);
    expect(report.definition).toMatch(/first 10 % of training/);
  });

  it('follows its parameters, and says which they were', async () => {
    const byDefault = await entrenched();
    expect(await entrenched({ early: { unit: 'steps', value: 0.5 } })).toEqual([]);
    expect(await entrenched({ margin: 50 })).toEqual([]);
    expect((await entrenched({ early: { value: 1 }, hold: 0, lastK: 0 })).length).toBeGreaterThan(byDefault.length); // prettier-ignore
    const { rule } = await call('entrenchment.get', { rule: { early: { unit: 'words', value: 1e5 }, hold: 0.5 } }); // prettier-ignore
    expect(rule).toMatchObject({ early: { unit: 'words', value: 1e5 }, hold: 0.5, lastK: 3, margin: 0 }); // prettier-ignore
    expect(await entrenched()).toEqual(byDefault);
    await expect(call('entrenchment.get', { rule: { hold: 2 } })).rejects.toThrow(/hold/);
  });

  it('keeps a user’s shape beside those of the rules, undoable, and shows it in the class list', async () => {
    const [row] = (await call('entrenchment.get', {})).classes;
    const classId = row?.classId ?? 0;
    const shapes = async () => {
      const of = (await call('entrenchment.get', {})).classes.find((one) => one.classId === classId); // prettier-ignore
      const listed = (await call('classes.list', {})).classes.find((one) => one.classId === classId); // prettier-ignore
      return [of?.shape, of?.shapeByRules, of?.override?.annotator ?? null, listed?.shape];
    };
    const ruled = row?.shapeByRules ?? 'U';
    const other = ruled === 'U' ? 'decline' : 'U';
    expect(await shapes()).toEqual([ruled, ruled, null, ruled]);
    await call('shapes.set', { runId: 1, classId, shape: other, annotator: 'ann' });
    expect(await shapes()).toEqual([other, ruled, 'ann', other]);
    expect((await call('annotations.undo', {})).undone).toMatch(new RegExp(`run 1 is “${other}”`));
    expect(await shapes()).toEqual([ruled, ruled, null, ruled]);
    await call('annotations.redo', {});
    await call('shapes.set', { runId: 1, classId, shape: null, annotator: 'ann' });
    expect(await shapes()).toEqual([ruled, ruled, null, ruled]);
  });
});

describe('evidence and headline', () => {
  it('says what is known of each class, and null of what is not', async () => {
    const { classes, publishedSource } = await call('evidence.list', {});
    expect(publishedSource).toBeNull();
    expect(classes).toHaveLength(9);
    for (const row of classes)
      expect(row).toMatchObject({
        pairs: 40,
        ngram: null,
        humanJudgements: null,
        length: { shorter: 0, longer: 0, equal: 1, accuracy: 0.5 },
        sameWords: 0,
        sameWordCount: 1,
        agreement: null,
        meaningful: null,
      });
  });

  it('counts what the entrenchment says, with all classes and without those judged not meaningful', async () => {
    const { classes } = await call('entrenchment.get', {});
    const stuck = classes.filter((row) => row.entrenched);
    const before = await call('headline.get', {});
    expect(before.all.entrenched).toMatchObject({ count: stuck.length, of: 9 });
    expect(before.all.wrong.count).toBe(classes.filter((row) => row.sides.at(-1) === -1).length);
    expect(before.all.shapes.reduce((sum, one) => sum + one.classes, 0)).toBe(9);
    expect(before.meaningful).toBeNull();
    await call('judgements.set', { classId: stuck[0]?.classId ?? 0, verdict: 'not-meaningful', annotator: 'ann' }); // prettier-ignore
    const after = await call('headline.get', {});
    expect(after.all).toEqual(before.all);
    expect(after.meaningful?.entrenched).toMatchObject({ count: stuck.length - 1, of: 8 });
  });
});

describe('the report', () => {
  const write = async (name: string): Promise<Record<string, string>> => {
    const { files } = await call('report.write', { path: path.join(folder, name) });
    return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(folder, name, file), 'utf8')])); // prettier-ignore
  };

  it('stands by itself: no script, nothing fetched, every figure’s table beside it', async () => {
    const { 'index.html': page = '', ...tables } = await write('report');
    expect(page).not.toMatch(/<script|src=|https?:\/\/(?!www\.w3\.org)|@import/);
    for (const title of ['Share of classes that fail', 'Curves', 'Entrenched early errors', 'The Bigram Hypothesis', 'Do the classes mean anything?', 'Definitions', 'Methods', 'Data and software']) expect(page).toContain(`<h2>${title}</h2>`); // prettier-ignore
    expect(page.match(/<svg /g)).toHaveLength(1 + 9);
    expect(page).toMatch(/Not tested on this run\..*gardenpath ngram/);
    expect(page).toContain('early.value');
    const run = await call('runs.get', { runId: 1 });
    for (const hash of [run.configHash, run.corpusHash]) expect(page).toContain(hash);
    expect(Object.keys(tables).sort()).toEqual(['courses.csv', 'entrenchment.csv', 'evidence.csv', 'separation.csv']); // prettier-ignore
    const { classes } = await call('entrenchment.get', {});
    const rows = csvParse(tables['entrenchment.csv'] ?? '');
    expect(rows.map((row) => [row['uid'], row['entrenched']])).toEqual(classes.map((row) => [row.uid, String(row.entrenched)])); // prettier-ignore
    expect(csvParse(tables['courses.csv'] ?? '')).toHaveLength(9 * 14);
  });

  it('is the same bytes again, but for the date', async () => {
    const undated = (files: Record<string, string>) =>
      JSON.stringify(files).replace(/<time[^>]*>[^<]*<\/time>/g, '');
    expect(undated(await write('again'))).toBe(undated(await write('and-again')));
  });
});
