// One project is one folder: project.sqlite, project.lock and checkpoints/<run>/step-<N>/.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../../../shared/errors.ts';
import { explained } from './failures.ts';
import { takeLock, type Lock } from './lock.ts';
import { checkReadable, migrate, schemaVersion } from './migrate.ts';
import { migrations } from './schema.ts';
import { get, run, waitForDisk, type Db } from './sql.ts';

export interface Project {
  folder: string;
  name: string;
  db: Db;
  /** null when this process may write; else why not, and what to do. */
  readOnlyReason: string | null;
  schemaVersion: number;
  close(): void;
}

const fileOf = (folder: string): string => path.join(folder, 'project.sqlite');

/** Where a run's checkpoints lie. */
export const runFolder = (project: Project, runId: number): string =>
  path.join(project.folder, 'checkpoints', String(runId));
/** The folder of one checkpoint, in the layout that `transformers` opens. */
export const checkpointFolder = (project: Project, runId: number, step: number): string =>
  path.join(runFolder(project, runId), `step-${step}`);

/**
 * Makes a project in a folder that is empty or does not exist yet, and opens it.
 * @throws AppError 'bad-file' where the folder holds something else
 */
export function createProject(folder: string): Project {
  if (fs.existsSync(fileOf(folder)))
    throw new AppError('bad-file', `There is a project in ${folder} already. Open it instead.`);
  const held = fs.existsSync(folder) ? listFolder(folder) : [];
  if (held.some((name) => name !== 'project.lock'))
    throw new AppError('bad-file', `${folder} is not empty. Choose an empty or a new folder.`);
  makeFolder(path.join(folder, 'checkpoints'));
  return openWith(folder, true);
}

/**
 * Opens a project: to write where no other process holds it, else to read.
 * @throws AppError 'not-found', 'bad-file' or 'future-schema'
 */
export function openProject(folder: string): Project {
  if (!fs.existsSync(fileOf(folder)))
    throw new AppError(
      'not-found',
      `There is no project in ${folder}. Make one with “gardenpath new ${folder}” or New project in the app.`,
    );
  return openWith(folder, false);
}

/**
 * Opens a copy of another's project file, so that nothing of theirs is changed or held; closing it removes the copy.
 * @throws AppError 'not-found', 'bad-file' or 'future-schema'
 */
export function openCopy(folder: string): Project {
  if (!fs.existsSync(fileOf(folder))) throw new AppError('not-found', `There is no project in ${folder}.`); // prettier-ignore
  const copy = copyToRead(folder);
  const remove = (): void => fs.rmSync(copy, { recursive: true, force: true });
  try {
    const project = openWith(copy, false);
    const close = (): void => {
      project.close();
      remove();
    };
    return { ...project, name: path.basename(path.resolve(folder)), close };
  } catch (error) {
    remove();
    throw error;
  }
}

function openWith(folder: string, isNew: boolean): Project {
  const name = path.basename(path.resolve(folder));
  const lock = takeLock(folder);
  try {
    return typeof lock === 'object'
      ? openToWrite(folder, name, lock, isNew)
      : openToRead(folder, name, lock);
  } catch (error) {
    if (typeof lock === 'object') lock.release();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_NOTADB'))
      throw new AppError('bad-file', `${fileOf(folder)} is not a SQLite file.`, error.message);
    throw explained(error);
  }
}

function openToWrite(folder: string, name: string, lock: Lock, isNew: boolean): Project {
  const db = new Database(fileOf(folder));
  try {
    if (!isNew && schemaVersion(db) === 0 && get(db, 'SELECT 1 FROM sqlite_schema'))
      throw new AppError('bad-file', `project.sqlite in “${name}” is not a Gardenpath project.`);
    checkReadable(db, name);
    db.pragma('journal_mode = WAL');
    waitForDisk(db);
    setUp(db);
    migrate(db, fileOf(folder));
    // A folder whose creation was cut short has an empty file: complete it.
    run(db, 'INSERT OR IGNORE INTO project (id, name, created_at_ms) VALUES (1, ?, ?)', name, Date.now()); // prettier-ignore
  } catch (error) {
    db.close();
    throw error;
  }
  const close = (): void => {
    db.close();
    lock.release();
  };
  return { folder, name, db, readOnlyReason: null, schemaVersion: schemaVersion(db), close };
}

function openToRead(folder: string, name: string, why: 'held' | 'unwritable'): Project {
  const copy = why === 'unwritable' ? copyToRead(folder) : null;
  const db = new Database(fileOf(copy ?? folder), { readonly: true });
  const close = (): void => {
    db.close();
    if (copy !== null) fs.rmSync(copy, { recursive: true, force: true });
  };
  try {
    checkReadable(db, name);
    if (schemaVersion(db) < migrations.length)
      throw new AppError(
        'read-only',
        `The project “${name}” has an older schema and cannot be brought up to date, since ${why === 'held' ? 'another process holds it' : 'its folder cannot be written'}.`,
      );
    setUp(db);
  } catch (error) {
    close();
    throw error;
  }
  const readOnlyReason =
    why === 'held'
      ? 'Another Gardenpath (the app or a command) has this project open, so it is open for reading only here. Close the other one and open the project again to change it.'
      : 'Its folder cannot be written, so the project is open for reading only. Copy it to a folder of yours to change it.';
  return { folder, name, db, readOnlyReason, schemaVersion: schemaVersion(db), close }; // prettier-ignore
}

/** SQLite reads a file in WAL mode only where it can write beside it: a copy of the project file, in the folder returned. */
function copyToRead(folder: string): string {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-read-'));
  for (const suffix of ['', '-wal'])
    if (fs.existsSync(fileOf(folder) + suffix))
      fs.copyFileSync(fileOf(folder) + suffix, fileOf(copy) + suffix, fs.constants.COPYFILE_FICLONE); // prettier-ignore
  return copy;
}

function setUp(db: Db): void {
  db.pragma('foreign_keys = ON');
  db.pragma('cache_size = -65536'); // 64 MiB: the class summaries and a few checkpoints' scores
}

function listFolder(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch (error) {
    throw cannotUse(folder, error);
  }
}

function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw cannotUse(folder, error);
  }
}

const cannotUse = (folder: string, error: unknown): AppError =>
  new AppError('bad-file', `${folder} cannot be used as a project folder.`, String(error));

/** Throws where this process may not write. */
export function requireWritable(project: Project): void {
  if (project.readOnlyReason !== null) throw new AppError('read-only', project.readOnlyReason);
}
