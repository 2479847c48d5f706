// The export, read back.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { csvParse } from 'd3';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvLine } from '../../src/shared/csv.ts';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { Events } from '../../src/shared/events.ts';
import type {
  ClassRow,
  ClassTrajectoryPoint,
  PairRow,
  RunDetail,
} from '../../src/shared/domain.ts';
import { Writing, type HowFar } from '../../src/main/lab/export/index.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let lab: RunningLab;
const told: Events['writing.progressed'][] = [];
const call = async <T>(name: string, params: object): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as T;
};
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-export-'));
  makeProject(path.join(folder, 'project'), { classes: 3, pairs: 8, checkpoints: 4, runs: 2 }).close(); // prettier-ignore
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: (event, payload) => event === 'writing.progressed' && told.push(payload as Events['writing.progressed']) }); // prettier-ignore
  await call('project.open', { path: path.join(folder, 'project') });
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('a cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+x', "'+x"],
    ['@x', "'@x"],
    ['-x', "'-x"],
    [-1.5, '-1.5'],
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', '"two\nlines"'],
    [NaN, ''],
    [null, ''],
    [true, 'true'],
    [0.1 + 0.2, '0.30000000000000004'],
  ])('%j is written %j', (cell, written) => expect(csvLine([cell, 1])).toBe(`${written},1\r\n`));
});

describe('a long piece of writing', () => {
  it('tells how far it is and for how long still, and that it has ended', async () => {
    told.length = 0;
    const signal = new AbortController().signal;
    const seen: HowFar[] = [];
    const writing = new Writing((howFar) => seen.push(howFar), signal);
    writing.expect(4);
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 260));
      writing.did(1);
      await writing.rest();
    }
    expect(seen.map(({ share }) => share)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(seen[0]?.remainingMs).toBeGreaterThan(0);
    expect(seen[3]?.remainingMs).toBe(0);
    await call('export.all', { path: path.join(folder, 'told.zip') });
    expect(told[0]).toEqual({ what: 'Export', share: 0, remainingMs: null });
    expect(told.at(-1)).toBeNull();
  });

  it('ends at once where it is cancelled while others have their turn', async () => {
    const aborter = new AbortController();
    const writing = new Writing(() => undefined, aborter.signal);
    await new Promise((resolve) => setTimeout(resolve, 40)); // a turn is due
    const resting = writing.rest();
    aborter.abort();
    await expect(resting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is cancelled, and leaves nothing; while it goes on there is no other', async () => {
    const file = path.join(folder, 'cancelled.zip');
    const first = lab.call('export.all', { path: file });
    const second = lab.call('project.pack', { path: path.join(folder, 'packed.zip'), weights: false }); // prettier-ignore
    await lab.call('writing.cancel', {});
    expect(await first).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await second).toMatchObject({ ok: false, error: { code: 'busy' } });
    expect(fs.readdirSync(folder).filter((name) => /cancelled|packed/.test(name))).toEqual([]);
    for (const name of ['project.pack', 'parquet.write'] as const) {
      const at = path.join(folder, name);
      const going = lab.call(name, {
        path: at,
        ...(name === 'project.pack' && { weights: false }),
      });
      await lab.call('writing.cancel', {});
      expect(await going).toMatchObject({ ok: false, error: { code: 'cancelled' } });
      expect(fs.readdirSync(folder).filter((left) => left === name || left === `${name}.part`)).toEqual(name === 'parquet.write' ? [name] : []); // prettier-ignore
    }
    expect(told.at(-1)).toBeNull();
    await call('project.pack', { path: path.join(folder, 'packed.zip'), weights: false });
  });
});

describe('everything', () => {
  it('is in one zip, number for number', async () => {
    await call('judgements.set', { classId: 2, verdict: 'not-meaningful', reason: '=cmd()', tags: ['a', 'b'], annotator: 'ann' }); // prettier-ignore
    await call('adjudications.set', { classId: 2, verdict: 'unsure', annotator: 'cleo' });
    await call('flags.set', { classId: 3, runId: 1, flagged: true, annotator: 'ann' });
    const file = path.join(folder, 'all.zip');
    const report = await call<{ files: number; bytes: number }>('export.all', { path: file });
    expect(report.bytes).toBe(fs.statSync(file).size);
    const zip = unzipSync(fs.readFileSync(file));
    const names = Object.keys(zip).sort();
    expect(names).toHaveLength(report.files);
    const text = (name: string): string => strFromU8(zip[name] ?? new Uint8Array());
    const table = (name: string) => csvParse(text(name));

    for (const name of names.filter((n) => n !== 'README.txt'))
      expect(text('README.txt')).toContain(name.replace(/\/.*/, '/'));
    const runs = JSON.parse(text('runs.json')) as RunDetail[];
    expect(runs).toEqual([await call('runs.get', { runId: 2 }), await call('runs.get', { runId: 1 })]); // prettier-ignore
    expect(table('metrics.csv')).toHaveLength(2 * 3_000);
    expect(table('checkpoints.csv')).toHaveLength(8);

    const classes = table('classes.csv');
    expect(classes).toHaveLength(2 * 4 * 3);
    for (const classId of [1, 2, 3]) {
      const points = await call<ClassTrajectoryPoint[]>('classes.trajectory', {
        runId: 2,
        classId,
      });
      for (const point of points) {
        const row = classes.find((r) => r['run_id'] === '2' && r['class_id'] === String(classId) && r['step'] === String(point.step)); // prettier-ignore
        expect(Number(row?.['accuracy'])).toBe(point.accuracy);
        expect(Number(row?.['accuracy_high'])).toBe(point.high);
        expect(Number(row?.['mean_delta'])).toBe(point.meanDelta);
        expect(Number(row?.['mean_delta_low'])).toBe(point.meanDeltaLow);
      }
    }

    const scores = table('scores/run-1_suite-1_gardenpath.csv');
    expect(scores).toHaveLength(24);
    const { classes: shown, selected } = await call<{ classes: ClassRow[]; selected: { step: number } }>('classes.list', { runId: 1 }); // prettier-ignore
    for (const { classId } of shown) {
      const { rows } = await call<{ rows: PairRow[] }>('pairs.page', { runId: 1, classId });
      for (const pair of rows) {
        const row = scores.find((r) => r['pair_row_id'] === String(pair.pairRowId));
        expect(Number(row?.[`good_${selected.step}`])).toBe(pair.goodLogProbNats);
        expect(Number(row?.[`bad_${selected.step}`])).toBe(pair.badLogProbNats);
      }
    }
    expect(table('pairs.csv').map((row) => row['good'])).toContain((await call<{ rows: PairRow[] }>('pairs.page', { classId: 1 })).rows[0]?.good); // prettier-ignore

    expect([...table('judgements.csv')]).toMatchObject([
      { class_id: '2', kind: 'vote', annotator: 'ann', verdict: 'not-meaningful', tags: 'a; b', reason: "'=cmd()" }, // prettier-ignore
      { class_id: '2', kind: 'adjudication', annotator: 'cleo', verdict: 'unsure' },
      { class_id: '3', kind: 'flag', run_id: '1' },
    ]);
    expect(table('history.csv')).toHaveLength(3);
  });

  it('leaves nothing behind where it cannot be written', async () => {
    await expect(call('export.all', { path: path.join(folder, 'nowhere', 'x.zip') })).rejects.toThrow(/cannot be written/); // prettier-ignore
    expect(fs.readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
