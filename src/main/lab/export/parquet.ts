// Tables as Parquet, which pandas, R (arrow), DuckDB and their like read with types and in a fraction of the time.
import fs from 'node:fs';
import path from 'node:path';
import { fileWriter, parquetWriteRows, type BasicType } from 'hyparquet-writer';
import type { Cell } from '../../../shared/csv.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ExportReport } from '../../../shared/workbench.ts';
import { listClasses } from '../store/classes.ts';
import { classNats } from '../store/nats.ts';
import { listPairs } from '../store/pairs.ts';
import { runTokenizerId } from '../store/runs.ts';
import type { Db } from '../store/sql.ts';
import { tokensOfClass } from '../store/token-scores.ts';
import { classCells, classColumns, pairCells, pairColumns, rowsOfScores, scoredSets, scoreRowsOf } from './tables.ts'; // prettier-ignore
import type { Writing } from './writing.ts';

/** The text of a token of a tokenizer, by its id. */
export type TokenTexts = (tokenizerId: number) => (id: number) => string;

interface Table {
  columns: readonly string[];
  rows: () => Iterable<readonly Cell[]>;
}

/** Everything else is a number in full precision. */
const types: Record<string, BasicType> = Object.fromEntries([
  ...['run', 'suite', 'profile', 'uid', 'field', 'phenomenon', 'pair_id', 'good', 'bad', 'sentence', 'token', 'outcome'].map((name) => [name, 'STRING']), // prettier-ignore
  ...['run_id', 'suite_id', 'step', 'class_id', 'pair_row_id', 'pairs', 'right', 'ties', 'position', 'token_id'].map((name) => [name, 'INT32']), // prettier-ignore
  ...['tokens_seen', 'words_seen'].map((name) => [name, 'INT64']),
  ['same_words', 'BOOLEAN'],
  ['token_nats', 'FLOAT'],
]) as Record<string, BasicType>;

const scoreColumns = ['run_id', 'suite_id', 'profile', 'step', 'class_id', 'uid', 'pair_row_id', 'pair_id', 'good_nats', 'bad_nats', 'outcome']; // prettier-ignore
const tokenColumns = ['run_id', 'suite_id', 'profile', 'step', 'class_id', 'pair_row_id', 'sentence', 'position', 'token_id', 'token', 'token_nats']; // prettier-ignore

/** classes.parquet, pairs.parquet (the sentences), pair_scores.parquet, token_scores.parquet. */
function parquetTables(db: Db, tokenTexts: TokenTexts, writing: Writing): Record<string, Table> {
  return {
    classes: { columns: classColumns, rows: () => classCells(db) },
    pairs: { columns: pairColumns, rows: () => pairCells(db) },
    pair_scores: { columns: scoreColumns, rows: () => scoreCells(db, writing) },
    token_scores: { columns: tokenColumns, rows: () => tokenCells(db, tokenTexts, writing) },
  };
}

/** A row for every pair and checkpoint. Of a run that keeps choices only there are outcomes alone. */
function* scoreCells(db: Db, writing: Writing): Generator<Cell[]> {
  for (const { run, scored, scorings } of scoredSets(db))
    for (const one of listClasses(db, scored.suiteId)) {
      const { classId, uid } = one;
      const pairs = listPairs(db, classId);
      for (const { id, step } of scorings) {
        const nats = classNats(db, classId, [id]).get(id);
        for (const [i, { pairRowId, pairId }] of pairs.entries()) {
          const [good, bad] = [nats?.good[i] ?? NaN, nats?.bad[i] ?? NaN];
          if (Number.isNaN(good)) continue;
          const known = run.kept === 'choices' ? [null, null] : [good, bad];
          const outcome = good > bad ? 'right' : good < bad ? 'wrong' : 'tie';
          yield [run.id, scored.suiteId, scored.profile, step, classId, uid, pairRowId, pairId, ...known, outcome]; // prettier-ignore
        }
      }
      writing.did(scoreRowsOf(one, scorings));
    }
}

/** A row for every token, pair and checkpoint; tokens that are context only have no score. */
function* tokenCells(db: Db, tokenTexts: TokenTexts, writing: Writing): Generator<Cell[]> {
  for (const { run, scored, scorings } of scoredSets(db)) {
    const tokenizerId = runTokenizerId(db, run.id);
    if (tokenizerId === null) continue; // another program's scores of whole sentences
    const textOf = tokenTexts(tokenizerId);
    for (const one of listClasses(db, scored.suiteId))
      for (const scoring of scorings) {
        const { classId } = one;
        const { id, step, encodingId } = scoring;
        for (const { pairRowId, sentence, ids, nats, scoredFrom } of tokensOfClass(db, id, encodingId, classId)) // prettier-ignore
          for (const [position, tokenId] of ids.entries())
            yield [run.id, scored.suiteId, scored.profile, step, classId, pairRowId, sentence, position, tokenId, textOf(tokenId), nats[position - scoredFrom] ?? null]; // prettier-ignore
        writing.did(tokensOfPair * scoreRowsOf(one, [scoring]));
      }
  }
}

/** In both sentences of a pair of BLiMP, or so: what a row of scores weighs in rows of tokens. */
const tokensOfPair = 20;
/** All that `writeTables` does, in rows. */
export const rowsOfParquet = (db: Db): number => rowsOfScores(db) * (1 + tokensOfPair);

const rowsBetweenTurns = 1_000;

async function* objects(
  { columns, rows }: Table,
  writing: Writing,
): AsyncGenerator<Record<string, unknown>> {
  let count = 0;
  for (const cells of rows()) {
    yield Object.fromEntries(columns.map((name, i) => [name, valueOf(name, cells[i])]));
    if (++count % rowsBetweenTurns === 0) await writing.rest();
  }
}

function valueOf(name: string, cell: Cell): unknown {
  if (cell === undefined || cell === null || Number.isNaN(cell)) return null;
  return types[name] === 'INT64' ? BigInt(cell) : cell;
}

/**
 * Writes the tables into a folder, which is made; each file appears under its name when it is whole.
 * @throws AppError 'bad-file' where nothing can be written there; 'cancelled'
 */
export function writeParquet(
  db: Db,
  tokenTexts: TokenTexts,
  folder: string,
  writing: Writing,
): Promise<ExportReport> {
  writing.expect(rowsOfParquet(db));
  return writeTables(db, tokenTexts, folder, writing);
}

/** As part of a longer piece of writing, `rowsOfParquet` of it. */
export async function writeTables(
  db: Db,
  tokenTexts: TokenTexts,
  folder: string,
  writing: Writing,
): Promise<ExportReport> {
  const report: ExportReport = { files: 0, bytes: 0 };
  for (const [name, table] of Object.entries(parquetTables(db, tokenTexts, writing))) {
    const file = path.join(folder, `${name}.parquet`);
    const part = `${file}.part`;
    const writer = writerOf(part, folder);
    try {
      await parquetWriteRows({
        writer,
        rows: objects(table, writing),
        columns: table.columns.map((column) => ({ name: column, type: types[column] ?? 'DOUBLE' })),
        createdBy: 'gardenpath',
        rowGroupSize: 100_000,
      });
      fs.renameSync(part, file);
    } catch (error) {
      fs.rmSync(part, { force: true });
      throw error;
    }
    report.files++;
    report.bytes += fs.statSync(file).size;
  }
  return report;
}

function writerOf(part: string, folder: string) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    return fileWriter(part);
  } catch (error) {
    throw new AppError('bad-file', `${folder} cannot be written. Choose another folder.`, String(error)); // prettier-ignore
  }
}
