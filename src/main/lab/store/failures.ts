// What SQLite and the file system say when they fail, as a person can use it.
import { AppError, type ErrorCode } from '../../../shared/errors.ts';

const kinds: { codes: RegExp; as: ErrorCode; message: string }[] = [
  { codes: /^SQLITE_FULL|^ENOSPC$|^EDQUOT$/, as: 'bad-file', message: 'The disk is full. What was stored before is safe, this was not stored. Make room and try again.' }, // prettier-ignore
  { codes: /^SQLITE_(CORRUPT|NOTADB)|^SQLITE_ERROR: (no such (table|column|module)|unsupported file format|malformed|vtable constructor failed|error in |table \w+ already exists|duplicate column)/, as: 'bad-file', message: 'The project file is damaged. Nothing was changed. Copy the folder first; then restore project.sqlite from a backup (a project.sqlite.before-schema-… beside it is one), or save what can be read with “sqlite3 project.sqlite .recover”.' }, // prettier-ignore
  { codes: /^SQLITE_READONLY|^EROFS$|^EACCES$|^EPERM$/, as: 'read-only', message: 'It may not be written there. Choose another folder, or ask for the right to write.' }, // prettier-ignore
  { codes: /^SQLITE_(BUSY|LOCKED)/, as: 'busy', message: 'Another program holds the project file. Close it and try again.' }, // prettier-ignore
  { codes: /^SQLITE_(IOERR|CANTOPEN|PROTOCOL)|^EIO$/, as: 'bad-file', message: 'The disk with the project cannot be read or written. What was stored before is as it was. Check the disk, then open the project again.' }, // prettier-ignore
];

/** An AppError for a failure of the database or the disk; any other error as it is. */
export function explained(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const said = `${code}: ${error.message}`;
  const kind = kinds.find(({ codes }) => codes.test(code) || codes.test(said));
  return kind ? new AppError(kind.as, kind.message, said) : error;
}
