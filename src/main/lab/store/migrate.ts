// Brings a project file to the schema of this version; the file is copied first.
import fs from 'node:fs';
import { AppError } from '../../../shared/errors.ts';
import { applicationId, migrations } from './schema.ts';
import { registerFunctions } from './sql-functions.ts';
import { transaction, type Db } from './sql.ts';

export const schemaVersion = (db: Db): number =>
  Number(db.pragma('user_version', { simple: true }));

/**
 * Refuses what this version cannot read: another program's file, or one from a newer Gardenpath.
 * @throws AppError 'bad-file' or 'future-schema'
 */
export function checkReadable(db: Db, name: string, known = migrations.length): void {
  const version = schemaVersion(db);
  if (version > known)
    throw new AppError(
      'future-schema',
      `The project “${name}” was written by a newer Gardenpath (its schema is ${version}, this one reads up to ${known}). Update Gardenpath to open it; nothing was changed.`,
    );
  if (version > 0 && db.pragma('application_id', { simple: true }) !== applicationId)
    throw new AppError('bad-file', `project.sqlite in “${name}” is not a Gardenpath project.`);
}

/**
 * Runs the migrations that the file lacks, each in one transaction with its version number.
 * A file that has data is copied beforehand to `<file>.before-schema-<N>`.
 */
export function migrate(db: Db, file: string, steps: readonly string[] = migrations): void {
  const from = schemaVersion(db);
  if (from >= steps.length) return;
  registerFunctions(db);
  if (from > 0) {
    db.pragma('wal_checkpoint(TRUNCATE)');
    fs.copyFileSync(file, `${file}.before-schema-${steps.length}`, fs.constants.COPYFILE_FICLONE);
  }
  steps.forEach((sql, index) => {
    if (index < from) return;
    transaction(db, () => {
      db.exec(sql);
      db.pragma(`user_version = ${index + 1}`);
      db.pragma(`application_id = ${applicationId}`);
    });
  });
}
