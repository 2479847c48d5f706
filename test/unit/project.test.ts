import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkReadable, migrate, schemaVersion } from '../../src/main/lab/store/migrate.ts';
import { createProject, openProject, requireWritable } from '../../src/main/lab/store/project.ts';
import { migrations } from '../../src/main/lab/store/schema.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-project-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
const file = (): string => path.join(folder, 'project.sqlite');

describe('a project folder', () => {
  it('is made where there is none, and opened again', () => {
    const at = path.join(folder, 'deep', 'er');
    createProject(at).close();
    const project = openProject(at);
    expect(project).toMatchObject({ name: 'er', readOnlyReason: null });
    expect(project.db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(project.db.pragma('foreign_keys', { simple: true })).toBe(1);
    project.close();
  });

  it('is not made over other files, nor twice', () => {
    fs.writeFileSync(path.join(folder, 'thesis.tex'), 'dear');
    expect(() => createProject(folder)).toThrow(/not empty/);
    fs.rmSync(path.join(folder, 'thesis.tex'));
    createProject(folder).close();
    expect(() => createProject(folder)).toThrow(/a project in .* already/);
  });

  it('says what to do where there is none', () => {
    expect(() => openProject(path.join(folder, 'nowhere'))).toThrow(/gardenpath new/);
  });

  it('is refused, and left as it is, when it is another program’s or no database', () => {
    const other = new Database(file());
    other.exec('CREATE TABLE bookmarks (url TEXT)');
    other.close();
    expect(() => openProject(folder)).toThrow(/not a Gardenpath project/);
    expect(new Database(file()).pragma('user_version', { simple: true })).toBe(0);
    fs.writeFileSync(file(), 'a letter, and a long one at that '.repeat(100));
    expect(() => openProject(folder)).toThrow(/not a SQLite file/);
    expect(fs.readFileSync(file(), 'utf8')).toContain('letter');
  });

  it('is completed when its making was cut short', () => {
    fs.writeFileSync(file(), '');
    const project = openProject(folder);
    expect(project.schemaVersion).toBe(migrations.length);
    project.close();
  });
});

describe('the lock', () => {
  it('lets one writer in; a second one reads and is told why', () => {
    const first = createProject(folder);
    const second = openProject(folder);
    expect(second.readOnlyReason).toMatch(/Another Gardenpath/);
    expect(() => requireWritable(second)).toThrow(/Another Gardenpath/);
    expect(() => second.db.exec('DELETE FROM project')).toThrow(/readonly/);
    first.db.exec("UPDATE project SET name = 'renamed'");
    expect(second.db.prepare('SELECT name FROM project').get()).toEqual({ name: 'renamed' });
    second.close();
    first.close();
    const third = openProject(folder);
    expect(third.readOnlyReason).toBeNull();
    third.close();
  });

  it('ends with the process that held it, however it ends', async () => {
    createProject(folder).close();
    const store = new URL('../../src/main/lab/store/project.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', `
      const { openProject } = await import(${JSON.stringify(store)});
      globalThis.held = openProject(${JSON.stringify(folder)}); // not to be collected as garbage
      console.log('open');
      setInterval(() => {}, 1000);`]); // prettier-ignore
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const beside = openProject(folder);
    expect(beside.readOnlyReason).not.toBeNull();
    beside.close();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    const after = openProject(folder);
    expect(after.readOnlyReason).toBeNull();
    after.close();
  });
});

describe('migrations', () => {
  const open = (): Database.Database => new Database(file());
  const addColumn = 'ALTER TABLE project ADD COLUMN colour TEXT; UPDATE project SET colour = name';

  it('refuse a file from the future and change nothing', () => {
    createProject(folder).close();
    const db = open();
    db.pragma(`user_version = ${migrations.length + 1}`);
    db.close();
    expect(() => openProject(folder)).toThrow(/newer Gardenpath/);
    expect(schemaVersion(open())).toBe(migrations.length + 1);
  });

  it('copy the file first, then bring it up to date', () => {
    createProject(folder).close();
    const db = open();
    migrate(db, file(), [...migrations, addColumn]);
    expect(schemaVersion(db)).toBe(migrations.length + 1);
    const name = path.basename(folder);
    expect(db.prepare('SELECT colour FROM project').pluck().get()).toBe(name);
    const copy = new Database(`${file()}.before-schema-${migrations.length + 1}`);
    expect(schemaVersion(copy)).toBe(migrations.length);
    expect(copy.prepare('SELECT name FROM project').pluck().get()).toBe(name);
    expect(() => checkReadable(db, name)).toThrow(/newer/);
  });

  it('that fail leave version and data as they were', () => {
    createProject(folder).close();
    const db = open();
    expect(() => migrate(db, file(), [...migrations, `${addColumn}; UPDATE nowhere SET x = 1`])).toThrow(/nowhere/); // prettier-ignore
    expect(schemaVersion(db)).toBe(migrations.length);
    expect(db.prepare('SELECT * FROM project').get()).not.toHaveProperty('colour');
  });

  it('make every table STRICT', () => {
    const project = createProject(folder);
    const loose = project.db
      .prepare(
        `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'`,
      ) // prettier-ignore
      .all();
    expect(loose).toEqual([]);
    project.close();
  });
});
