// CSV (RFC 4180) and its kin: rows by the names of a header, with the lines they begin at.
import { AppError } from '../../../shared/errors.ts';

export interface DelimitedRow {
  line: number;
  values: Record<string, string>;
}

/** A tab, semicolon or comma: what the header has most of. */
function delimiterOf(header: string): string {
  const count = (mark: string) => header.split(mark).length;
  return ['\t', ';', ','].reduce((best, mark) => (count(mark) >= count(best) ? mark : best));
}

/** The cells of each record; a quoted cell may hold delimiters, doubled quotes and line ends. */
function* records(text: string, name: string): Generator<{ line: number; cells: string[] }> {
  const delimiter = delimiterOf(text.slice(0, text.search(/[\r\n]|$/)));
  let line = 1;
  for (let at = 0; at < text.length;) {
    const begun = line;
    const cells: string[] = [];
    for (let more = true; more;) {
      let cell = '';
      if (text[at] === '"') {
        let end = at;
        do {
          const from = end + 1;
          end = text.indexOf('"', from);
          if (end < 0)
            throw new AppError('bad-file', `${name}, line ${line}: a quotation mark opens a cell that never ends. Close it, or double it (""), if it is part of the text.`); // prettier-ignore
          cell += text.slice(from, end);
          if (text[end + 1] === '"') cell += '"';
        } while (text[++end] === '"');
        line += cell.split('\n').length - 1;
        at = end;
      }
      let end = at;
      while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
      cell += text.slice(at, end);
      more = text[end] === delimiter;
      cells.push(more ? cell : cell.replace(/\r$/, ''));
      at = end + 1;
    }
    line++;
    yield { line: begun, cells };
  }
}

/**
 * The rows under the header of a text; empty lines are passed over.
 * @throws AppError 'bad-file' with the line
 */
export function* delimitedRows(text: string, name: string): Generator<DelimitedRow> {
  let header: string[] | null = null;
  for (const { line, cells } of records(text, name)) {
    if (cells.length === 1 && cells[0]?.trim() === '') continue;
    if (header === null) {
      header = cells;
      const twice = cells.find((cell, i) => cells.indexOf(cell) !== i);
      if (twice !== undefined)
        throw new AppError('bad-file', `${name}, line ${line}: the header names “${twice}” twice. Give each column a name of its own.`); // prettier-ignore
      continue;
    }
    if (cells.length !== header.length)
      throw new AppError('bad-file', `${name}, line ${line}: ${cells.length} cells under a header of ${header.length}. A text that holds the delimiter stands in quotation marks.`); // prettier-ignore
    yield { line, values: Object.fromEntries(header.map((key, i) => [key, cells[i] ?? ''])) };
  }
}
