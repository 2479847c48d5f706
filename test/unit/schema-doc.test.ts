// docs/schema.md says what the schema is, and its queries run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { schemaDoc } from '../../scripts/schema-doc.ts';
import type { Project } from '../../src/main/lab/store/project.ts';
import { run } from '../../src/main/lab/store/sql.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
let project: Project;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gardenpath-schema-'));
  project = makeProject(path.join(folder, 'p'), { classes: 3, pairs: 8, checkpoints: 4, runs: 1 });
});
afterAll(() => {
  project.close();
  rmSync(folder, { recursive: true, force: true });
});
const page = readFileSync(new URL('../../docs/schema.md', import.meta.url), 'utf8');

it('is what scripts/schema-doc.ts writes now', () => {
  expect(page).toBe(schemaDoc(project.db));
});

it('has queries that find something', () => {
  const queries = Array.from(page.matchAll(/```sql\n([\s\S]*?)```/g), ([, sql]) => sql ?? '');
  expect(queries).toHaveLength(2);
  for (const sql of queries) expect(project.db.prepare(sql).all().length).toBeGreaterThan(0);
});

it('wants a word on every table', () => {
  project.db.exec('BEGIN; CREATE TABLE secrets (x TEXT) STRICT');
  expect(() => schemaDoc(project.db)).toThrow(/Say what the table secrets is for/);
  run(project.db, 'ROLLBACK');
});
