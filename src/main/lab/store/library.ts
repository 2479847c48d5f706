// Corpora, tokenizers, suites and profiles: what runs are made of. The same content is stored once.
import type { CorpusInfo, Profile, SuiteInfo, TokenizerInfo } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { PairParts, ScoringMethod } from '../../../shared/scoring-method.ts';
import { sameWords } from '../suite/same-words.ts';
import { putPairParts } from './parts.ts';
import { all, get, run, transaction, type Db } from './sql.ts';

// ---- corpora ----------------------------------------------------------------------------------

/** What a corpus record must have; the corpus room's summary has more, and all of it is kept. */
export interface CorpusRecord {
  name: string;
  source: string;
  contentHash: string;
  files: readonly unknown[];
  lines: number;
  words: number;
  bytes: number;
}

interface CorpusSql {
  id: number;
  name: string;
  summary_json: string;
}

const corpusInfo = (row: CorpusSql): CorpusInfo => {
  const summary = JSON.parse(row.summary_json) as CorpusRecord;
  const { lines, words, bytes, contentHash } = summary;
  return { id: row.id, name: row.name, files: summary.files.length, lines, words, bytes, contentHash }; // prettier-ignore
};

export function addCorpus(db: Db, corpus: CorpusRecord): CorpusInfo {
  const known = get<{ id: number }>(db, 'SELECT id FROM corpora WHERE content_hash = ?', corpus.contentHash); // prettier-ignore
  if (known) {
    // The same text may have moved: the place that was just read is the one that is there.
    run(db, 'UPDATE corpora SET source = ?, summary_json = ? WHERE id = ?', corpus.source, JSON.stringify(corpus), known.id); // prettier-ignore
    return getCorpus(db, known.id);
  }
  const { newId } = run(
    db,
    'INSERT INTO corpora (name, source, content_hash, summary_json, added_at_ms) VALUES (?, ?, ?, ?, ?)',
    corpus.name,
    corpus.source,
    corpus.contentHash,
    JSON.stringify(corpus),
    Date.now(),
  );
  return getCorpus(db, newId);
}

/** What stands for the text that an imported run was trained on. */
export const unknownCorpus: CorpusRecord = {
  name: 'not known',
  source: '',
  files: [],
  lines: 0,
  words: 0,
  bytes: 0,
  contentHash: 'not known',
};

/** Those that can be trained on. */
export const listCorpora = (db: Db): CorpusInfo[] =>
  all<CorpusSql>(
    db,
    'SELECT id, name, summary_json FROM corpora WHERE content_hash <> ? ORDER BY id',
    unknownCorpus.contentHash,
  ).map(corpusInfo);

export const getCorpus = (db: Db, id: number): CorpusInfo => corpusInfo(corpusRow(db, id));

/** The whole summary as the corpus room gave it. */
export const getCorpusSummary = <T extends CorpusRecord>(db: Db, id: number): T =>
  JSON.parse(corpusRow(db, id).summary_json) as T;

function corpusRow(db: Db, id: number): CorpusSql {
  const row = get<CorpusSql>(db, 'SELECT id, name, summary_json FROM corpora WHERE id = ?', id);
  if (!row) throw new AppError('not-found', `This project has no corpus ${id}.`);
  return row;
}

// ---- tokenizers -------------------------------------------------------------------------------

const tokenizerColumns = 'id, name, vocab_size AS vocabSize, hash';

export function addTokenizer(
  db: Db,
  tokenizer: { name: string; vocabSize: number; hash: string; json: string },
): TokenizerInfo {
  run(
    db,
    'INSERT INTO tokenizers (name, vocab_size, hash, json, added_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING',
    tokenizer.name,
    tokenizer.vocabSize,
    tokenizer.hash,
    tokenizer.json,
    Date.now(),
  );
  const row = get<TokenizerInfo>(db, `SELECT ${tokenizerColumns} FROM tokenizers WHERE hash = ?`, tokenizer.hash); // prettier-ignore
  if (!row) throw new AppError('internal', 'The tokenizer was not stored.');
  return row;
}

/** What stands for the tokenizer of scores that another program computed. */
const unknownTokenizer = { name: 'not known', vocabSize: 0, hash: 'not known', json: '' };
export const unknownTokenizerId = (db: Db): number => addTokenizer(db, unknownTokenizer).id;

/** The tokens of scores that another program computed: they are shown, and encode nothing. */
const shownOnly = 'shown only: ';
export const addShownTokenizer = (
  db: Db,
  tokens: { vocabSize: number; sha256: string; json: string },
): number => {
  const { vocabSize, sha256, json } = tokens;
  return addTokenizer(db, { name: 'not known', vocabSize, hash: `${shownOnly}${sha256}`, json }).id;
};

/** Those that encode. */
export const listTokenizers = (db: Db): TokenizerInfo[] =>
  all<TokenizerInfo>(
    db,
    `SELECT ${tokenizerColumns} FROM tokenizers WHERE hash <> ? AND hash NOT LIKE ? ORDER BY id`,
    unknownTokenizer.hash,
    `${shownOnly}%`,
  );

/** A tokenizer with the text of its tokenizer.json. */
export function getTokenizer(db: Db, id: number): TokenizerInfo & { json: string } {
  const row = get<TokenizerInfo & { json: string }>(db, `SELECT ${tokenizerColumns}, json FROM tokenizers WHERE id = ?`, id); // prettier-ignore
  if (!row) throw new AppError('not-found', `This project has no tokenizer ${id}.`);
  return row;
}

// ---- suites -----------------------------------------------------------------------------------

export interface SuiteRecord {
  name: string;
  source: string;
  licence: string;
  contentHash: string;
  /** How its makers score it; left out: by whole sentences. */
  method?: ScoringMethod;
  classes: readonly {
    uid: string;
    field: string;
    phenomenon: string;
    /** Published human agreement, 0 to 1, where known. */
    human: number | null;
    pairs: readonly { pairId: string; good: string; bad: string; parts?: readonly PairParts[] }[];
  }[];
}

const suiteSelect = `
  SELECT s.id, s.name, s.source, s.licence, s.content_hash AS contentHash,
    (SELECT count(*) FROM classes c WHERE c.suite_id = s.id) AS classes,
    (SELECT coalesce(sum(c.pairs), 0) FROM classes c WHERE c.suite_id = s.id) AS pairs
  FROM suites s`;

/** Stores a suite with its classes and pairs; one of the same content is kept, and learns of parts that it lacked. */
export function addSuite(db: Db, suite: SuiteRecord): SuiteInfo {
  const known = get<{ id: number }>(db, 'SELECT id FROM suites WHERE content_hash = ?', suite.contentHash); // prettier-ignore
  if (known) {
    transaction(db, () => addParts(db, known.id, suite));
    return getSuite(db, known.id);
  }
  return transaction(db, () => {
    const { newId: suiteId } = run(
      db,
      'INSERT INTO suites (name, source, licence, content_hash, own_method, added_at_ms) VALUES (?, ?, ?, ?, ?, ?)',
      freeSuiteName(db, suite.name),
      suite.source,
      suite.licence,
      suite.contentHash,
      suite.method ?? 'sentence',
      Date.now(),
    );
    let next = 1 + (get<{ last: number }>(db, 'SELECT coalesce(max(id), 0) AS last FROM pairs')?.last ?? 0); // prettier-ignore
    for (const one of suite.classes) {
      const alike = one.pairs.map(({ good, bad }) => Number(sameWords(good, bad)));
      const { newId: classId } = run(
        db,
        'INSERT INTO classes (suite_id, uid, field, phenomenon, human, first_pair_id, pairs, same_words_pairs) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        suiteId,
        one.uid,
        one.field,
        one.phenomenon,
        one.human,
        next,
        one.pairs.length,
        alike.reduce((sum, n) => sum + n, 0),
      );
      one.pairs.forEach((pair, i) =>
        run(
          db,
          'INSERT INTO pairs (id, class_id, pair_id, good, bad, same_words) VALUES (?, ?, ?, ?, ?, ?)',
          next++,
          classId,
          pair.pairId,
          pair.good,
          pair.bad,
          alike[i] ?? 0,
        ),
      );
    }
    addParts(db, suiteId, suite);
    return getSuite(db, suiteId);
  });
}

/** Of the same content, a suite has the same classes with their pairs in the same order. */
function addParts(db: Db, suiteId: number, suite: SuiteRecord): void {
  for (const one of suite.classes) {
    if (!one.pairs.some(({ parts }) => parts)) continue;
    const first = get<{ id: number }>(db, 'SELECT first_pair_id AS id FROM classes WHERE suite_id = ? AND uid = ?', suiteId, one.uid); // prettier-ignore
    if (first) one.pairs.forEach(({ parts = [] }, i) => putPairParts(db, first.id + i, parts));
  }
  run(db, 'UPDATE suites SET own_method = ? WHERE id = ?', suite.method ?? 'sentence', suiteId);
}

function freeSuiteName(db: Db, wanted: string): string {
  const taken = new Set(all<{ name: string }>(db, 'SELECT name FROM suites').map((s) => s.name));
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted} (${n})`;
  return name;
}

export const renameSuite = (db: Db, id: number, name: string): void =>
  void run(db, 'UPDATE suites SET name = ? WHERE id = ?', freeSuiteName(db, name), id);

export const listSuites = (db: Db): SuiteInfo[] =>
  all<SuiteInfo>(db, `${suiteSelect} ORDER BY s.id`);

export function getSuite(db: Db, id: number): SuiteInfo {
  const row = get<SuiteInfo>(db, `${suiteSelect} WHERE s.id = ?`, id);
  if (!row) throw new AppError('not-found', `This project has no suite ${id}.`);
  return row;
}

// ---- profiles ---------------------------------------------------------------------------------

/**
 * The id of a profile, stored when it is new.
 * @throws AppError 'bad-config' where another profile of that name is in the project
 */
export function profileId(db: Db, profile: Profile): number {
  // One order of keys, so that equal settings are equal text.
  const { name, prefix, leadingSpace, text, aggregation, ties, method } = profile;
  const settings = JSON.stringify({ name, prefix, leadingSpace, text, aggregation, ties, method });
  const known = get<{ id: number; settings_json: string }>(db, 'SELECT id, settings_json FROM profiles WHERE name = ?', name); // prettier-ignore
  if (!known)
    return run(db, 'INSERT INTO profiles (name, settings_json) VALUES (?, ?)', name, settings)
      .newId;
  if (known.settings_json !== settings)
    throw new AppError(
      'bad-config',
      `This project has a scoring profile “${name}” with other settings. Give yours another name.`,
      known.settings_json,
    );
  return known.id;
}

/** The project's profile of that name, if there is one. */
export const findProfile = (db: Db, name: string): Profile | undefined => {
  const row = get<{ id: number }>(db, 'SELECT id FROM profiles WHERE name = ?', name);
  return row && getProfile(db, row.id);
};

export function getProfile(db: Db, id: number): Profile {
  const row = get<{ settings_json: string }>(db, 'SELECT settings_json FROM profiles WHERE id = ?', id); // prettier-ignore
  if (!row) throw new AppError('not-found', `This project has no scoring profile ${id}.`);
  return JSON.parse(row.settings_json) as Profile;
}
