// One process writes a project. The lock is an exclusive transaction on a tiny SQLite file that the
// process keeps open: the operating system frees it when the process ends, however it ends.
import path from 'node:path';
import Database from 'better-sqlite3';

export interface Lock {
  release(): void;
}

/** 'held': another process (or another project object of this one) has it. 'unwritable': no file can be written here. */
export function takeLock(folder: string): Lock | 'held' | 'unwritable' {
  let db: Database.Database;
  try {
    db = new Database(path.join(folder, 'project.lock'), { timeout: 0 });
  } catch (error) {
    if (isSqliteError(error, 'SQLITE_CANTOPEN')) return 'unwritable';
    throw error;
  }
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (isSqliteError(error, 'SQLITE_BUSY')) return 'held';
    if (isSqliteError(error, 'SQLITE_READONLY')) return 'unwritable';
    throw error;
  }
  return { release: () => void db.close() };
}

const isSqliteError = (error: unknown, code: string): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith(code);
