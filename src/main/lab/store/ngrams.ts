// N-gram models of the project and what they say of its pairs. The models' files lie in ngrams/.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { TrainingConfig } from '../../../shared/domain.ts';
import type { NgramUnit } from '../../../shared/ngram.ts';
import { getCorpus, getTokenizer } from './library.ts';
import type { Project } from './project.ts';
import { getRunConfig, listRuns, runTokenizerId } from './runs.ts';
import { floats } from './scores.ts';
import { all, get, run, type Db } from './sql.ts';

/** What is counted: a corpus as the tokens of a tokenizer (with its line ends), or as words (null). */
export interface NgramSource {
  corpusId: number;
  tokenizerId: number | null;
  lineEnd: TrainingConfig['lineEnd'];
}

export interface NgramRecord extends NgramSource {
  id: number;
  key: string;
  order: number;
  tokens: number;
  distinct: number[];
  fileBytes: number;
  elapsedMs: number;
}

/** The same for the same text counted in the same way, whatever the project. */
export function ngramKey(db: Db, { corpusId, tokenizerId, lineEnd }: NgramSource): string {
  const { contentHash } = getCorpus(db, corpusId);
  const counted = tokenizerId === null ? 'words' : `${getTokenizer(db, tokenizerId).hash} ${lineEnd}`; // prettier-ignore
  return createHash('sha256').update(`${contentHash} ${counted}`).digest('hex').slice(0, 32);
}

export const ngramFolder = (project: Project): string => path.join(project.folder, 'ngrams');
export const ngramFile = (project: Project, key: string): string =>
  path.join(ngramFolder(project), `${key}.ngrams`);

/** What a run's n-grams are counted on; null while it has no tokenizer, or where its text is not known (imported). */
export function ngramSource(db: Db, runId: number, unit: NgramUnit): NgramSource | null {
  const { corpusId, training } = getRunConfig(db, runId);
  if (!training) return null;
  if (unit === 'words') return { corpusId, tokenizerId: null, lineEnd: 'eos' };
  const tokenizerId = runTokenizerId(db, runId);
  return tokenizerId === null ? null : { corpusId, tokenizerId, lineEnd: training.lineEnd };
}

/** Runs whose n-grams are those of a source, newest first. */
export const runsOfSource = (db: Db, { corpusId, tokenizerId, lineEnd }: NgramSource): number[] =>
  listRuns(db)
    .map(({ id }) => id)
    .filter((id) => {
      const source = ngramSource(db, id, tokenizerId === null ? 'words' : 'tokens');
      return (
        source?.corpusId === corpusId &&
        source.tokenizerId === tokenizerId &&
        source.lineEnd === lineEnd
      );
    });

const select = `
  SELECT id, key, corpus_id AS corpusId, tokenizer_id AS tokenizerId, line_end AS lineEnd, highest_order AS "order",
    tokens, distinct_json AS "distinct", file_bytes AS fileBytes, elapsed_ms AS elapsedMs
  FROM ngram_models`;
type RecordSql = Omit<NgramRecord, 'distinct'> & { distinct: string };
const record = (row: RecordSql): NgramRecord => ({ ...row, distinct: JSON.parse(row.distinct) as number[] }); // prettier-ignore

export const listNgramModels = (db: Db): NgramRecord[] =>
  all<RecordSql>(db, `${select} ORDER BY id DESC`).map(record);

export function findNgramModel(db: Db, key: string): NgramRecord | undefined {
  const row = get<RecordSql>(db, `${select} WHERE key = ?`, key);
  return row && record(row);
}

/** Stores what was counted, in the place of what was counted before under the key, scores with it. */
export function putNgramModel(db: Db, model: Omit<NgramRecord, 'id'>): number {
  run(db, 'DELETE FROM ngram_models WHERE key = ?', model.key);
  return run(
    db,
    `INSERT INTO ngram_models (key, corpus_id, tokenizer_id, line_end, highest_order, tokens, distinct_json, file_bytes, elapsed_ms, counted_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    model.key,
    model.corpusId,
    model.tokenizerId,
    model.lineEnd,
    model.order,
    model.tokens,
    JSON.stringify(model.distinct),
    model.fileBytes,
    model.elapsedMs,
    Date.now(),
  ).newId;
}

// ---- what a model says of a suite's pairs -----------------------------------------------------

/** The scoring of a suite by a model; encoding null: of words. */
export const findNgramScoring = (
  db: Db,
  modelId: number,
  suiteId: number,
  encodingId: number | null,
): number | undefined =>
  get<{ id: number }>(
    db,
    'SELECT id FROM ngram_scorings WHERE model_id = ? AND suite_id = ? AND encoding_id IS ?',
    modelId,
    suiteId,
    encodingId,
  )?.id;

/** What a model has scored, by profile; those that encode alike share a scoring, and null stands for all. */
export const listNgramScorings = (
  db: Db,
  modelId: number,
): { suiteId: number; suiteName: string; profile: string | null }[] =>
  all(
    db,
    `SELECT g.suite_id AS suiteId, s.name AS suiteName, p.name AS profile
     FROM ngram_scorings g JOIN suites s ON s.id = g.suite_id LEFT JOIN encodings e ON e.id = g.encoding_id
       LEFT JOIN profiles p ON p.settings_json ->> '$.prefix' = e.prefix
         AND p.settings_json ->> '$.leadingSpace' = e.leading_space AND p.settings_json ->> '$.text' = e.text_form
     WHERE g.model_id = ? ORDER BY g.id, p.id`,
    modelId,
  );

/** A class's pairs under the models of every order; typed arrays, so that a thread can hand them over. */
export interface NgramClassScores {
  classId: number;
  order: number;
  /** In the class's order; all of its pairs. */
  pairRowIds: Int32Array;
  goodTokens: Int32Array;
  badTokens: Int32Array;
  /** Pair by pair, order by order: the good sentence's scored tokens, then the bad one's (nats). */
  tokenNats: Float32Array;
  /** Pair by pair, one a token. */
  matched: Uint8Array;
}

/** Stores a suite's classes in one scoring; call it in a transaction. */
export function putNgramScores(
  db: Db,
  key: { modelId: number; suiteId: number; encodingId: number | null },
  classes: readonly NgramClassScores[],
): void {
  const { newId: scoringId } = run(
    db,
    'INSERT INTO ngram_scorings (model_id, suite_id, encoding_id) VALUES (?, ?, ?)',
    key.modelId,
    key.suiteId,
    key.encodingId,
  );
  for (const scores of classes) putClass(db, scoringId, scores);
}

function putClass(db: Db, scoringId: number, scores: NgramClassScores): void {
  const { order, pairRowIds, goodTokens, badTokens, tokenNats, matched } = scores;
  const pairs = pairRowIds.length;
  const sums = new Float64Array((2 * order + 2) * pairs);
  let at = 0;
  let matchedAt = 0;
  pairRowIds.forEach((pairRowId, i) => {
    const [good, bad] = [goodTokens[i] as number, badTokens[i] as number];
    const nats = tokenNats.subarray(at, at + order * (good + bad));
    for (let k = 0; k < order; k++) {
      const from = k * (good + bad);
      sums[k * pairs + i] = sum(nats.subarray(from, from + good));
      sums[(order + k) * pairs + i] = sum(nats.subarray(from + good, from + good + bad));
    }
    sums[2 * order * pairs + i] = good;
    sums[(2 * order + 1) * pairs + i] = bad;
    run(
      db,
      'INSERT INTO ngram_pair_tokens (scoring_id, pair_id, nats, matched) VALUES (?, ?, ?, ?)',
      scoringId,
      pairRowId,
      bytesOf(nats),
      matched.subarray(matchedAt, matchedAt + good + bad),
    );
    at += nats.length;
    matchedAt += good + bad;
  });
  run(
    db,
    'INSERT INTO ngram_class_nats (scoring_id, class_id, nats) VALUES (?, ?, ?)',
    scoringId,
    scores.classId,
    bytesOf(sums),
  );
}

/** Sentences of a class under the model of one order, by the pair's place in the class. */
export interface NgramClassNats {
  /** log P, nats. */
  good: Float64Array;
  bad: Float64Array;
  /** Scored tokens. */
  goodTokens: Float64Array;
  badTokens: Float64Array;
}

/** Every class of a scoring at one order, or the one that is named. */
export function ngramClassNats(
  db: Db,
  scoringId: number,
  order: number,
  highest: number,
  classId?: number,
): Map<number, NgramClassNats> {
  return new Map(
    all<{ classId: number; nats: Buffer }>(
      db,
      `SELECT class_id AS classId, nats FROM ngram_class_nats WHERE scoring_id = ?${classId === undefined ? '' : ' AND class_id = ?'}`,
      ...(classId === undefined ? [scoringId] : [scoringId, classId]),
    ).map(({ classId, nats }) => {
      const sums = new Float64Array(new Uint8Array(nats).buffer);
      const pairs = sums.length / (2 * highest + 2);
      const row = (k: number): Float64Array => sums.subarray(k * pairs, (k + 1) * pairs);
      return [
        classId,
        {
          good: row(order - 1),
          bad: row(highest + order - 1),
          goodTokens: row(2 * highest),
          badTokens: row(2 * highest + 1),
        },
      ];
    }),
  );
}

/** One pair's scored tokens under the model of one order, both sentences' in a row; undefined: not scored. */
export function ngramPairTokens(
  db: Db,
  scoringId: number,
  pairRowId: number,
  order: number,
): { nats: Float32Array; matched: Uint8Array } | undefined {
  const row = get<{ nats: Buffer; matched: Buffer }>(
    db,
    'SELECT nats, matched FROM ngram_pair_tokens WHERE scoring_id = ? AND pair_id = ?',
    scoringId,
    pairRowId,
  );
  if (!row) return undefined;
  const tokens = row.matched.length;
  return {
    nats: floats(row.nats).subarray((order - 1) * tokens, order * tokens),
    matched: new Uint8Array(row.matched).map((m) => Math.min(m, order)),
  };
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

const bytesOf = (array: Float32Array | Float64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
