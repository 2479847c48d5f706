// The few words through which the store talks to SQLite: typed rows, statements prepared once.
import type Database from 'better-sqlite3';

export type Db = Database.Database;
type Value = string | number | bigint | null | Uint8Array;
/** What a statement is given: positional values, or one object of named ones. */
export type Args = Value[] | [Record<string, Value>];

type Statement = Database.Statement<unknown[], unknown>;
const prepared = new WeakMap<Db, Map<string, Statement>>();

function statement(db: Db, sql: string): Statement {
  const known = prepared.get(db) ?? new Map<string, Statement>();
  prepared.set(db, known);
  const found = known.get(sql) ?? db.prepare<unknown[], unknown>(sql);
  known.set(sql, found);
  return found;
}

/** All rows; R names the columns of the SELECT, which the caller vouches for. */
export const all = <R>(db: Db, sql: string, ...args: Args): R[] =>
  statement(db, sql).all(...args) as R[];

/** The first row, or undefined. */
export const get = <R>(db: Db, sql: string, ...args: Args): R | undefined =>
  statement(db, sql).get(...args) as R | undefined;

/** Runs a statement that returns no rows. */
export const run = (db: Db, sql: string, ...args: Args): { changes: number; newId: number } => {
  const result = statement(db, sql).run(...args);
  return { changes: result.changes, newId: Number(result.lastInsertRowid) };
};

/** Runs `work` in one transaction: all of it is stored, or (when it throws) none. */
export const transaction = <T>(db: Db, work: () => T): T => db.transaction(work)();

/** What was acknowledged outlives a power cut, not a killed process only: each transaction waits for the disk. */
export const waitForDisk = (db: Db): unknown => db.pragma('synchronous = FULL');

/**
 * The same for what can be computed again, without waiting for the disk: after a power cut the last such transactions
 * may be missing, never parts of one.
 */
export function recomputable<T>(db: Db, work: () => T): T {
  if (db.inTransaction) return transaction(db, work);
  db.pragma('synchronous = NORMAL');
  try {
    return transaction(db, work);
  } finally {
    waitForDisk(db);
  }
}

/** Rows of each table that has a name of ours. */
export function tableSizes(db: Db): Record<string, number> {
  const names = all<{ name: string }>(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"); // prettier-ignore
  return Object.fromEntries(names.map(({ name }) => [name, get<{ n: number }>(db, `SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`)?.n ?? 0])); // prettier-ignore
}
