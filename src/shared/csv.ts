// Tables as CSV (RFC 4180) that a spreadsheet opens without running anything.

export type Cell = string | number | boolean | null | undefined;

/** A line, its end included. Numbers are written in full; NaN and what is not there are empty. */
export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: Cell): string {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return '';
  if (typeof cell !== 'string') return String(cell);
  // A text that begins like this would be taken for a formula.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows under a header of the columns' names, line by line. */
export function* csvTable<T>(
  columns: Record<string, (row: T) => Cell>,
  rows: Iterable<T>,
): Generator<string> {
  yield csvLine(Object.keys(columns));
  const values = Object.values(columns);
  for (const row of rows) yield csvLine(values.map((value) => value(row)));
}
