// One process writes a project. The lock is an exclusive transaction on a tiny SQLite file that the
// process keeps open: the operating system frees it when the process ends, however it ends.
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';

export interface Lock {
  release(): void;
}

/** 'held': another process (or another project object of this one) has it. 'unwritable': no file can be written here. */
export function takeLock(folder: string): Lock | 'held' | 'unwritable' {
  // SQLite would take the lock of a file that it may only read as one for reading.
  if (!mayWrite(folder)) return 'unwritable';
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

/** Whether this user may write into the folder, its lock and its project file, as far as they are there. */
function mayWrite(folder: string): boolean {
  try {
    for (const name of ['.', 'project.lock', 'project.sqlite']) {
      const file = path.join(folder, name);
      if (fs.existsSync(file)) fs.accessSync(file, fs.constants.W_OK);
    }
    return true;
  } catch {
    return false;
  }
}

const isSqliteError = (error: unknown, code: string): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith(code);
