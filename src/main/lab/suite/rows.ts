// The rows of a file, whatever it is written as: JSON lines, a JSON list, CSV or TSV.
import { AppError } from '../../../shared/errors.ts';
import { delimitedRows } from './delimited.ts';
import type { SuiteFile } from './files.ts';

export interface Row {
  /** File and line. */
  where: string;
  values: Record<string, unknown>;
}

/** A pair is some hundred characters; a line of millions is another file, or made to fill the memory. */
const maxLineChars = 1 << 20;

export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('bad-file', `${where}: not valid JSON (${error instanceof Error ? error.message : String(error)}). Each line is one pair as a JSON object.`); // prettier-ignore
  }
}

function rowOf(value: unknown, where: string): Row {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return { where, values: value as Record<string, unknown> };
  throw new AppError('bad-file', `${where}: no JSON object. Each pair is one, with names and values.`); // prettier-ignore
}

function* jsonLines({ name, text }: SuiteFile): Generator<Row> {
  let line = 0;
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    const where = `${name}, line ${++line}`;
    if (end - at > maxLineChars)
      throw new AppError('bad-file', `${where} is ${(end - at).toLocaleString('en')} characters long. Each line is one pair; put each on a line of its own.`); // prettier-ignore
    const json = text.slice(at, end);
    at = end + 1;
    if (json.trim() !== '') yield rowOf(parseJson(json, where), where);
  }
}

/** @throws AppError 'bad-file' with file and line */
export function* rowsOf(file: SuiteFile): Generator<Row> {
  const { name, text } = file;
  if (/\.json$/i.test(name) && text.trimStart().startsWith('[')) {
    const list = parseJson(text, name) as unknown[];
    for (const [i, value] of list.entries()) yield rowOf(value, `${name}, item ${i + 1}`);
  } else if (/\.(csv|tsv)$/i.test(name)) {
    for (const { line, values } of delimitedRows(text, name))
      yield { where: `${name}, line ${line}`, values };
  } else yield* jsonLines(file);
}

/** Whether the first row of a file has all of these columns; a file that cannot be read has none. */
export function hasColumns(file: SuiteFile, columns: readonly string[]): boolean {
  const first = columnsOf(file);
  return columns.every((column) => first.includes(column));
}

/** The columns of a file's first row. */
export function columnsOf(file: SuiteFile): string[] {
  if (/\.txt$/i.test(file.name)) return [];
  try {
    for (const { values } of rowsOf(file)) return Object.keys(values);
  } catch (error) {
    // Whoever reads the file says what is wrong with it.
    if (!(error instanceof AppError)) throw error;
  }
  return [];
}

/** A value as text; undefined where there is none. */
export function textAt({ values }: Row, column: string | undefined): string | undefined {
  if (column === undefined || !Object.hasOwn(values, column)) return undefined;
  const value = values[column];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

/** The same, where it must be there. */
export function needed(row: Row, column: string): string {
  const text = textAt(row, column);
  if (text !== undefined) return text;
  throw new AppError('bad-file', `${row.where}: “${column}” is missing or no text. Every pair needs it.`); // prettier-ignore
}

/** A file's name without folders and ending; that of its folder where the name says nothing (`eng/data.tsv`). */
export function stemOf({ name }: SuiteFile): string {
  const parts = name.replace(/\.\w+$/, '').split('/');
  const stem = parts.at(-1) ?? '';
  return /^(data|train|test)$/i.test(stem) ? (parts.at(-2) ?? stem) : stem;
}
