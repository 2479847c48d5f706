// A project of schema 1, made with that schema, opened by this version.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { classNats } from '../../src/main/lab/store/nats.ts';
import { openProject } from '../../src/main/lab/store/project.ts';
import { listClasses } from '../../src/main/lab/store/classes.ts';
import { judgings } from '../../src/main/lab/store/annotations.ts';
import { listPairs } from '../../src/main/lab/store/pairs.ts';
import { applicationId, migrations } from '../../src/main/lab/store/schema.ts';
import { searchSentences } from '../../src/main/lab/store/search.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-migration-'));
  const db = new Database(path.join(folder, 'project.sqlite'));
  db.exec(migrations[0] as string);
  db.pragma('user_version = 1');
  db.pragma(`application_id = ${applicationId}`);
  db.exec(`
    INSERT INTO project VALUES (1, 'old', 0);
    INSERT INTO corpora VALUES (1, 'c', 'embedded', 'c', '{"files":[]}', 0);
    INSERT INTO tokenizers VALUES (1, 't', 300, 't', '{}', 0);
    INSERT INTO suites VALUES (1, 's', '', '', 's', 0);
    INSERT INTO classes VALUES (1, 1, 'islands', 'f', 'p', NULL, 1, 3), (2, 1, 'agreement', 'f', 'p', 0.9, 4, 1);
    INSERT INTO pairs VALUES (1, 1, '0', 'Who has Bill met?', 'Who Bill has met?'), (2, 1, '1', 'It is here.', 'It are here.'),
      (3, 1, '2', 'Has he left?', 'He has left?'), (4, 2, '0', 'A cat sings.', 'A cat sing.');
    INSERT INTO profiles VALUES (1, 'gardenpath', '{}');
    INSERT INTO runs (id, name, state, config_json, config_hash, engine_json, corpus_id, parameters, created_at_ms) VALUES (1, 'r', 'finished', '{}', '', '{}', 1, 1, 0);
    INSERT INTO checkpoints VALUES (1, 1, 0, 0, 0, NULL, 0, 0, 0), (2, 1, 10, 0, 0, NULL, 0, 0, 0);
    INSERT INTO encodings VALUES (1, 1, 'eos', 0, 'as-is');
    INSERT INTO scorings VALUES (1, 1, 1, 1, 1, 5), (2, 2, 1, 1, 1, 5);
    INSERT INTO scores VALUES (1, 1, -1.5, -2.25, x''), (1, 3, -3.0, -2.0, x''), (1, 4, -0.1, -0.2, x''), (2, 4, -7.0, -8.0, x'');
    INSERT INTO class_scores VALUES (1, 1, 2, 1, 0, 0, 0, 0, 0), (1, 2, 1, 1, 0, 0, 0, 0, 0), (2, 2, 1, 1, 0, 0, 0, 0, 0);
    INSERT INTO annotation_events (at_ms, annotator, kind, class_id, value_json) VALUES (7, 'ann', 'judgement', 1, '{"verdict":"unsure","reason":"old"}');
  `);
  db.close();
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

it('is brought up to date with all it had, and a copy is kept', () => {
  const project = openProject(folder);
  const { db } = project;
  expect(project.schemaVersion).toBe(migrations.length);
  expect(listClasses(db, 1).map((one) => one.sameWordsPairs)).toEqual([2, 0]);
  expect(listPairs(db, 1).map((pair) => pair.sameWords)).toEqual([1, 0, 1]);
  expect(searchSentences(db, 'bill', 5)).toMatchObject([{ pairRowId: 1, uid: 'islands' }]);
  const nats = classNats(db, 1, [1, 2]);
  expect([...nats.keys()]).toEqual([1]);
  expect(nats.get(1)).toEqual({ good: Float64Array.of(-1.5, NaN, -3), bad: Float64Array.of(-2.25, NaN, -2) }); // prettier-ignore
  expect(classNats(db, 2, [1, 2]).get(2)).toEqual({ good: Float64Array.of(-7), bad: Float64Array.of(-8) }); // prettier-ignore
  expect(judgings(db).get(1)?.votes).toEqual([{ verdict: 'unsure', reason: 'old', tags: [], annotator: 'ann', atMs: 7 }]); // prettier-ignore
  project.close();
  const copy = new Database(
    path.join(folder, `project.sqlite.before-schema-${migrations.length}`),
    {
      readonly: true,
    },
  );
  expect(copy.pragma('user_version', { simple: true })).toBe(1);
  expect(copy.prepare('SELECT count(*) FROM scores').pluck().get()).toBe(4);
  copy.close();
});

it('drops what hangs on a scoring with it', () => {
  const project = openProject(folder);
  project.db.exec('DELETE FROM scorings WHERE id = 1');
  expect(project.db.prepare('SELECT count(*) FROM class_nats').pluck().get()).toBe(1);
  project.close();
});
