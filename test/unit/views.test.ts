import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordClassScores } from '../../src/main/lab/jobs/record.ts';
import { listCheckpoints } from '../../src/main/lab/store/checkpoints.ts';
import { profileId } from '../../src/main/lab/store/library.ts';
import type { Project } from '../../src/main/lab/store/project.ts';
import { runTokenizerId } from '../../src/main/lab/store/runs.ts';
import { beginScoring, encodingId, finishScoring } from '../../src/main/lab/store/scores.ts';
import { viewHandlers } from '../../src/main/lab/handlers/views/views.ts';
import { profiles, type Profile } from '../../src/shared/domain.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let project: Project;
let views: ReturnType<typeof viewHandlers>;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-views-'));
  project = makeProject(folder, { classes: 9, pairs: 40, checkpoints: 5, runs: 1, unfinished: true }); // prettier-ignore
  views = viewHandlers({ opened: { project } } as unknown as Parameters<typeof viewHandlers>[0]);
});
afterAll(() => {
  project.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const page = (over: object) =>
  views['pairs.page']({ runId: 1, classId: 2, sort: 'delta', text: '', outcome: 'all', lexical: 'all', offset: 0, limit: 5_000, ...over }) as { total: number; rows: { pairRowId: number; pairId: string; good: string; bad: string; goodLogProbNats: number; badLogProbNats: number; delta: number }[] }; // prettier-ignore

describe('the class list', () => {
  it('has the accuracy and mean Δ that its pairs give', async () => {
    const { classes, selected } = await views['classes.list']({ runId: 1 });
    expect(selected).toMatchObject({ runId: 1, profile: 'gardenpath', step: 3_000 });
    expect(classes).toHaveLength(9);
    for (const one of classes) {
      const { rows } = page({ classId: one.classId });
      const right = rows.filter((row) => row.delta > 0).length;
      expect(one).toMatchObject({ pairs: 40, right, ties: 0, accuracy: right / 40 });
      expect(one.meanDelta).toBeCloseTo(rows.reduce((sum, r) => sum + r.delta, 0) / 40, 10);
      expect(one.low).toBeLessThan(one.accuracy);
    }
  });

  it('is of the latest run and its last scored checkpoint where none is named', async () => {
    expect((await views['classes.list']({})).selected).toMatchObject({ runId: 2 });
    const { selected } = await views['classes.list']({ runId: 1, step: 0 });
    expect(selected.step).toBe(0);
  });

  it('says what there is when what is asked for is not there', () => {
    expect(() => views['classes.list']({ runId: 1, step: 99 })).toThrow(/It has: 0, /);
    expect(() => views['classes.list']({ runId: 99 })).toThrow(/no run 99/);
    expect(() => views['classes.list']({ runId: 1, profile: 'minicons' })).toThrow(/made-up suite under gardenpath/); // prettier-ignore
  });
});

describe('trajectories', () => {
  it('say at each checkpoint what the class list says there', async () => {
    const { steps, classes } = await views['classes.trajectories']({ runId: 1 });
    for (const [i, step] of steps.entries()) {
      const list = await views['classes.list']({ runId: 1, step });
      for (const row of list.classes) {
        const course = classes.find(({ classId }) => classId === row.classId);
        const { pairs, right, ties, accuracy, low, high, meanDelta } = row;
        for (const [name, value] of Object.entries({
          pairs,
          right,
          ties,
          accuracy,
          low,
          high,
          meanDelta,
        }))
          // prettier-ignore
          expect(course?.[name as 'pairs'][i], name).toBe(value);
      }
    }
  });

  it('of all classes and of one agree', async () => {
    const all = await views['classes.trajectories']({ runId: 1 });
    expect(all.steps).toHaveLength(5);
    for (const { classId, accuracy, meanDelta } of all.classes) {
      const one = await views['classes.trajectory']({ runId: 1, classId });
      expect(one.map((point) => point.accuracy)).toEqual(accuracy);
      expect(one.map((point) => point.meanDelta)).toEqual(meanDelta);
      expect(one.every((p) => p.meanDeltaLow <= p.meanDelta && p.meanDelta <= p.meanDeltaHigh)).toBe(true); // prettier-ignore
    }
  });
});

describe('the pair list', () => {
  it('keeps the pairs whose two scores lie in a rectangle', () => {
    const { rows } = page({});
    const [good, bad] = [[-30, -16], [-25, -10]] as const; // prettier-ignore
    const inside = rows.filter((row) => row.goodLogProbNats >= good[0] && row.goodLogProbNats <= good[1] && row.badLogProbNats >= bad[0] && row.badLogProbNats <= bad[1]); // prettier-ignore
    expect(inside.length).toBeGreaterThan(0);
    expect(inside.length).toBeLessThan(rows.length);
    expect(page({ within: { good, bad } }).rows).toEqual(inside);
  });

  it('sorts, filters and pages', () => {
    const all = page({});
    expect(all.total).toBe(40);
    const deltas = all.rows.map((row) => row.delta);
    expect(deltas).toEqual([...deltas].sort((a, b) => a - b));
    expect(page({ sort: '-delta' }).rows[0]).toEqual(all.rows.at(-1));
    expect(page({ sort: 'pairId' }).rows.map((r) => r.pairId)).toEqual(Array.from({ length: 40 }, (_, i) => String(i))); // prettier-ignore
    const [right, wrong] = [page({ outcome: 'right' }), page({ outcome: 'wrong' })];
    expect(right.total + wrong.total).toBe(40);
    expect(right.rows.every((row) => row.delta > 0)).toBe(true);
    const third = page({ offset: 20, limit: 10 });
    expect(third.total).toBe(40);
    expect(third.rows).toEqual(all.rows.slice(20, 30));
  });

  it('finds text in either sentence, letter case aside, and takes % and _ as they are', () => {
    const word = page({}).rows[0]?.bad.split(' ')[1] ?? '';
    const found = page({ text: word.toUpperCase() });
    expect(found.total).toBeGreaterThan(0);
    expect(found.rows.every(({ good, bad }) => `${good} ${bad}`.includes(word))).toBe(true);
    expect(page({ text: '%' }).total).toBe(0);
  });
});

describe('tokens', () => {
  it('sum to the sentence scores, over checkpoints and in the list', async () => {
    const sum = (nats: number[]): number => nats.reduce((total, n) => total + n, 0);
    const { rows } = page({ sort: 'pairId' });
    const pairRowIds = rows.map((row) => row.pairRowId);
    const tokens = await views['pairs.tokens']({ runId: 1, classId: 2, pairRowIds });
    expect(tokens).toHaveLength(40);
    tokens.forEach((row, i) => {
      expect(row.goodTokens).toHaveLength(row.goodTokenLogProbsNats.length);
      expect(sum(row.goodTokenLogProbsNats)).toBeCloseTo(rows[i]?.goodLogProbNats ?? NaN, 10);
      expect(sum(row.badTokenLogProbsNats)).toBeCloseTo(rows[i]?.badLogProbNats ?? NaN, 10);
    });
    const pair = await views['pairs.get']({ runId: 1, pairRowId: pairRowIds[0] ?? 0 });
    expect(pair.goodTokens[0]).toBe('</s>');
    expect(pair.goodTokens.slice(pair.unscoredTokens)).toEqual(tokens[0]?.goodTokens);
    expect(pair.goodTokens[2]).toMatch(/^␣/);
    expect(pair.checkpoints).toHaveLength(5);
    expect(pair.checkpoints.at(-1)?.goodTokenLogProbsNats).toEqual(tokens[0]?.goodTokenLogProbsNats); // prettier-ignore
  });

  it('gives the distribution pair by pair', async () => {
    const found = await views['classes.distribution']({ runId: 1, classId: 2 });
    expect(found.pairRowIds).toEqual(page({ sort: 'pairId' }).rows.map((row) => row.pairRowId));
    expect(found.good).toEqual(page({ sort: 'pairId' }).rows.map((row) => row.goodLogProbNats));
  });
});

describe('ties', () => {
  it('are apart, or right where the profile counts them so', async () => {
    const { db } = project;
    const [first] = listCheckpoints(db, 1);
    for (const name of ['babylm-2025', 'lm-eval']) {
      const profile = profiles[name] as Profile;
      const scoringId = beginScoring(db, { checkpointId: first?.id ?? 0, suiteId: 1, profileId: profileId(db, profile), encodingId: encodingId(db, runTokenizerId(db, 1) ?? 0, profile) }); // prettier-ignore
      const scores = {
        pairRowIds: Int32Array.of(1, 2, 3),
        goodNats: Float64Array.of(-1, -2, -3),
        badNats: Float64Array.of(-1, -3, -2),
        tokenNats: Float32Array.of(-1, -1, -2, -3, -3, -2),
        tokenCounts: Int32Array.of(2, 2, 2),
      };
      recordClassScores(db, { scoringId, classId: 1, ties: profile.ties, scores });
      finishScoring(db, scoringId);
    }
    const list = async (profile: string) => (await views['classes.list']({ runId: 1, profile })).classes[0]; // prettier-ignore
    expect(await list('babylm-2025')).toMatchObject({ right: 1, ties: 1, accuracy: 1 / 3 });
    expect(await list('lm-eval')).toMatchObject({ right: 2, ties: 0, accuracy: 2 / 3 });
    const count = (profile: string, outcome: string) =>
      page({ classId: 1, profile, outcome }).total;
    expect(['right', 'wrong', 'tie'].map((o) => count('babylm-2025', o))).toEqual([1, 1, 1]);
    expect(['right', 'wrong', 'tie'].map((o) => count('lm-eval', o))).toEqual([2, 1, 0]);
  });

  it('a profile of the same name with other settings is refused', () => {
    const other = { ...(profiles['gardenpath'] as Profile), leadingSpace: true };
    expect(() => profileId(project.db, other)).toThrow(/another name/i);
  });
});
