// What keeps a project of a thousand checkpoints and a suite of a million pairs usable: which tables the queries
// behind views read, and how. How fast that is, is measured by `npm run bench -- large`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let lab: RunningLab;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-large-'));
  makeProject(path.join(folder, 'project'), { classes: 4, pairs: 12, checkpoints: 6, runs: 2, marked: 2 }).close(); // prettier-ignore
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
});
afterEach(async () => {
  vi.restoreAllMocks();
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const open = () => lab.call('project.open', { path: path.join(folder, 'project') });

/** Of a few pairs' tokens: each is looked up by its id. */
const ofPairs: [string, object][] = [
  ['pairs.get', { pairRowId: 14 }],
  ['pairs.tokens', { classId: 2, pairRowIds: [13, 14, 15] }],
];
const ofViews: [string, object][] = [
  ['runs.list', {}],
  ['runs.get', { runId: 1 }],
  ['runs.metrics', { runId: 1 }],
  ['checkpoints.list', { runId: 1 }],
  ['suites.list', {}],
  ['suites.classes', { suiteId: 1 }],
  ['classes.list', {}],
  ['classes.list', { profile: 'gardenpath/one-prefix' }],
  ['classes.trajectories', {}],
  ['classes.trajectory', { classId: 2 }],
  ['classes.distribution', { classId: 2 }],
  ['pairs.page', { classId: 2, sort: '-flips' }],
  ['search.sentences', { text: 'dog' }],
  ['compare.classes', { a: { runId: 1 }, b: { runId: 2 } }],
  ['agreement.get', { suiteId: 1 }],
  ['annotations.history', {}],
  ['entrenchment.get', {}],
  ['separation.get', {}],
  ['headline.get', {}],
];

it('no view but a pair’s own reads the score table: it goes on without it', async () => {
  const ask = (calls: typeof ofViews) => Promise.all(calls.map(([name, params]) => lab.call(name, params))); // prettier-ignore
  await open();
  const [views, pairs] = [await ask(ofViews), await ask(ofPairs)];
  expect([...views, ...pairs].filter((reply) => !reply.ok)).toEqual([]);
  await lab.call('project.close', {});
  const db = new Database(path.join(folder, 'project/project.sqlite'));
  db.exec('ALTER TABLE scores RENAME TO put_away');
  db.close();
  await open();
  expect(await ask(ofViews)).toEqual(views);
  for (const reply of await ask(ofPairs))
    expect(reply).toMatchObject({ ok: false, error: { detail: expect.stringMatching(/no such table: scores/) as string } }); // prettier-ignore
});

it('no view reads a table of pairs or scores from end to end', async () => {
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  await open();
  prepare.mockClear();
  for (const [name, params] of [...ofViews, ...ofPairs])
    expect([name, await lab.call(name, params)]).toMatchObject([name, { ok: true }]);
  const asked = new Set(prepare.mock.calls.map(([sql]) => sql));
  prepare.mockRestore();
  const db = new Database(path.join(folder, 'project/project.sqlite'), { readonly: true });
  const tableAt = new Map(db.prepare('SELECT rootpage, tbl_name FROM sqlite_schema WHERE rootpage > 0').raw().all() as [number, string][]); // prettier-ignore
  /** Tables, or indices of them, that a statement begins to read at their first or last row. */
  const readThrough = (sql: string): string[] => {
    const steps = db.prepare(`EXPLAIN ${sql}`).all(...[...sql.matchAll(/\?/g)].map(() => 1)) as { opcode: string; p1: number; p2: number }[]; // prettier-ignore
    const opened = new Map(steps.filter(({ opcode }) => opcode === 'OpenRead').map(({ p1, p2 }) => [p1, tableAt.get(p2)])); // prettier-ignore
    return steps.flatMap(({ opcode, p1 }) => (['Rewind', 'Last'].includes(opcode) ? (opened.get(p1) ?? []) : [])); // prettier-ignore
  };
  const large = ['scores', 'pairs', 'pair_tokens', 'pair_parts', 'class_nats', 'class_scores', 'scorings', 'run_metrics']; // prettier-ignore
  const found = [...asked].map((sql) => [sql, readThrough(sql).filter((name) => large.includes(name))]); // prettier-ignore
  // The measure itself sees what it should.
  expect(readThrough('SELECT count(*) FROM scores s JOIN runs')).toEqual(expect.arrayContaining(['scores', 'runs'])); // prettier-ignore
  db.close();
  expect(asked.size).toBeGreaterThan(20);
  expect(found.filter(([, tables]) => tables?.length)).toEqual([]);
});
