// Classes of a suite.
import { AppError } from '../../../shared/errors.ts';
import { all, get, type Db } from './sql.ts';

export interface StoredClass {
  classId: number;
  suiteId: number;
  uid: string;
  field: string;
  phenomenon: string;
  human: number | null;
  firstPairRowId: number;
  pairs: number;
  /** Pairs whose sentences are of the same words in another order. */
  sameWordsPairs: number;
}

const select = `
  SELECT id AS classId, suite_id AS suiteId, uid, field, phenomenon, human,
    first_pair_id AS firstPairRowId, pairs, same_words_pairs AS sameWordsPairs
  FROM classes`;

export const listClasses = (db: Db, suiteId: number): StoredClass[] =>
  all<StoredClass>(db, `${select} WHERE suite_id = ? ORDER BY id`, suiteId);

export function getClass(db: Db, classId: number): StoredClass {
  const row = get<StoredClass>(db, `${select} WHERE id = ?`, classId);
  if (!row) throw new AppError('not-found', `This project has no class ${classId}.`);
  return row;
}

/** Classes of that UID, letter case aside, in any suite or the one named. */
export const findClasses = (db: Db, uid: string, suiteId?: number): StoredClass[] =>
  all<StoredClass>(
    db,
    `${select} WHERE uid = ? COLLATE NOCASE AND suite_id = coalesce(?, suite_id) ORDER BY id`,
    uid,
    suiteId ?? null,
  );
