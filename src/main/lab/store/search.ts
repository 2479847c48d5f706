// Full-text search over the sentences of all suites (SQLite FTS5).
import type { SentenceHit } from '../../../shared/workbench.ts';
import { all, type Db } from './sql.ts';

/** Pairs that have every word of the text in one sentence or the other, in the order of suites. */
export function searchSentences(db: Db, text: string, limit: number): SentenceHit[] {
  const query = ftsQuery(text);
  if (query === '') return [];
  return all<SentenceHit>(
    db,
    `SELECT p.id AS pairRowId, c.id AS classId, c.uid, c.suite_id AS suiteId, p.pair_id AS pairId, p.good, p.bad
     FROM pairs_text t JOIN pairs p ON p.id = t.rowid JOIN classes c ON c.id = p.class_id
     WHERE pairs_text MATCH ? ORDER BY t.rowid LIMIT ?`,
    query,
    limit,
  );
}

/**
 * What a person typed, in FTS5's language: every word must occur, "…" keeps words together, the last
 * word, and any with a star after it, may go on. Anything else a person may type has no meaning to
 * FTS5. Empty: no word in it.
 */
export function ftsQuery(text: string): string {
  // To FTS5 a NUL ends the query.
  const parts = [...text.replaceAll('\0', ' ').matchAll(/"([^"]*)"?|([^\s"]+)/g)].filter(([part]) => /[\p{L}\p{N}]/u.test(part)); // prettier-ignore
  return parts
    .map(([part, phrase, word], i) => {
      const goesOn = phrase === undefined && (i === parts.length - 1 || part.endsWith('*'));
      return `"${phrase ?? word ?? ''}"${goesOn ? '*' : ''}`;
    })
    .join(' ');
}
