// What reading a suite would give, for a person who chooses columns.
import { basename } from 'node:path';
import type { ColumnMapping, SuitePreview } from '../../../shared/suite-columns.ts';
import { AppError } from '../../../shared/errors.ts';
import { suiteFiles, type SuiteFile } from './files.ts';
import { chosenColumns, findFormat } from './formats/index.ts';
import { suiteOf } from './origin.ts';
import { classesOf } from './pairs.ts';
import { columnsOf, rowsOf, stemOf } from './rows.ts';

const shownRows = 20;
const shownChars = 200;

/** Throws AppError('bad-file') where there is no file to look at; what is wrong inside is the preview's `problem`. */
export async function previewSuite(source: string, columns?: ColumnMapping): Promise<SuitePreview> {
  const files = await suiteFiles(source);
  const first = files[0];
  const table = first ? columnsOf(first) : [];
  const preview: SuitePreview = { format: (first && findFormat(first)?.name) ?? null, columns: table, rows: first && table.length > 0 ? firstRows(first) : [], name: stemOf({ name: basename(source), text: '' }), source: basename(source), licence: 'not stated', contentHash: null, classes: 0, pairs: 0, method: 'sentence', examples: [], problem: null }; // prettier-ignore
  try {
    const { name, source: from, licence, contentHash, method, classes } = suiteOf(source, classesOf(files, columns && chosenColumns(columns))); // prettier-ignore
    const pairs = classes.flatMap(({ uid, pairs }) => pairs.slice(0, shownRows).map(({ pairId, good, bad, parts }) => ({ uid, pairId, good, bad, compared: parts?.find((one) => one.method === method) ?? null }))); // prettier-ignore
    return { ...preview, name, source: from, licence, contentHash, method, classes: classes.length, pairs: classes.reduce((sum, one) => sum + one.pairs.length, 0), examples: pairs.slice(0, shownRows) }; // prettier-ignore
  } catch (error) {
    if (error instanceof AppError) return { ...preview, problem: error.message };
    throw error;
  }
}

/** The first rows of a table as texts. */
export function firstRows(file: SuiteFile): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  try {
    for (const { values } of rowsOf(file)) {
      rows.push(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]))); // prettier-ignore
      if (rows.length === shownRows) break;
    }
  } catch (error) {
    // The rows before the one that is wrong are shown; what is wrong is the preview's problem.
    if (!(error instanceof AppError)) throw error;
  }
  return rows;
}

const shown = (value: unknown): string =>
  (typeof value === 'string' ? value : asJson(value)).slice(0, shownChars);

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '…'; // nested a million deep: the reader of the suite passes it over
  }
}
