// What suites of a user's own were written in.
import type { StoredDraft, SuiteDraft } from '../../../shared/drafts.ts';
import { AppError } from '../../../shared/errors.ts';
import { all, get, run, type Db } from './sql.ts';

export const putDraft = (db: Db, suiteId: number, { kind, text, ...settings }: SuiteDraft): void =>
  void run(
    db,
    'INSERT OR REPLACE INTO suite_drafts (suite_id, kind, text, settings_json) VALUES (?, ?, ?, ?)',
    suiteId,
    kind,
    text,
    JSON.stringify(settings),
  );

export const listDrafts = (db: Db): Pick<StoredDraft, 'suiteId' | 'name' | 'kind'>[] =>
  all(
    db,
    `SELECT d.suite_id AS suiteId, s.name, d.kind FROM suite_drafts d JOIN suites s ON s.id = d.suite_id
     ORDER BY d.suite_id DESC`,
  );

export function getDraft(db: Db, suiteId: number): StoredDraft {
  const row = get<Omit<StoredDraft, 'seed' | 'pairs' | 'editable'> & { settings: string }>(
    db,
    `SELECT d.suite_id AS suiteId, s.name, d.kind, d.text, d.settings_json AS settings
     FROM suite_drafts d JOIN suites s ON s.id = d.suite_id WHERE d.suite_id = ?`,
    suiteId,
  );
  if (!row) throw new AppError('not-found', `Suite ${suiteId} was not written in this project, so that there is no text of it to open.`); // prettier-ignore
  const { settings, ...draft } = row;
  const { seed, pairs } = JSON.parse(settings) as Pick<SuiteDraft, 'seed' | 'pairs'>;
  return { ...draft, seed, pairs, editable: !isUsed(db, suiteId) };
}

/** Whether anything hangs on a suite's pairs: scores, what is to be scored, judgements, flags. */
export const isUsed = (db: Db, suiteId: number): boolean =>
  get<{ used: number }>(
    db,
    `WITH suite (id) AS (SELECT ?)
     SELECT EXISTS (SELECT 1 FROM scorings WHERE suite_id = suite.id) OR EXISTS (SELECT 1 FROM score_targets WHERE suite_id = suite.id)
       OR EXISTS (SELECT 1 FROM ngram_scorings WHERE suite_id = suite.id)
       OR EXISTS (SELECT 1 FROM runs, json_each(config_json, '$.scoring.suiteIds') s WHERE s.value = suite.id)
       OR EXISTS (SELECT 1 FROM annotation_events e JOIN classes c ON c.id = e.class_id WHERE c.suite_id = suite.id) AS used
     FROM suite`,
    suiteId,
  )?.used === 1;

/** Only of a suite that is not used. */
export const deleteUnusedSuite = (db: Db, suiteId: number): void => {
  run(db, 'DELETE FROM pair_tokens WHERE pair_id IN (SELECT p.id FROM pairs p JOIN classes c ON c.id = p.class_id WHERE c.suite_id = ?)', suiteId); // prettier-ignore
  run(db, 'DELETE FROM suites WHERE id = ?', suiteId);
};
