// Standard output is for results, standard error for progress and messages.

import { csvLine } from '../../../shared/csv.ts';

type Cell = string | number | boolean | null;

/** A message or progress, on standard error. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** One JSON document. */
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** An array of objects: as JSON, or as a table whose columns are the first one's keys. */
export function printList<T extends object>(
  rows: readonly T[],
  options: { json?: boolean },
  empty: string,
): void {
  if (options.json) return printJson(rows);
  if (!rows[0]) return say(empty);
  printTable(Object.keys(rows[0]), rows.map((row) => Object.values(row) as Cell[])); // prettier-ignore
}

/** Objects as CSV, under a header of the first one's keys. */
export function printCsv(rows: readonly object[]): void {
  const lines = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row) as Cell[])];
  process.stdout.write(lines.map(csvLine).join(''));
}

/** Columns as wide as they need be, numbers to the right. */
export function printTable(header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const texts = rows.map((row) => row.map(shown));
  const widths = header.map((name, c) => Math.max(name.length, ...texts.map((row) => row[c]?.length ?? 0))); // prettier-ignore
  const isNumber = header.map((_, c) => rows.every((row) => typeof row[c] === 'number' || row[c] === null)); // prettier-ignore
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (isNumber[c] ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0)))
      .join('  ')
      .trimEnd();
  print([header, ...texts].map(line).join('\n'));
}

function shown(cell: Cell): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell !== 'number') return String(cell);
  return Number.isInteger(cell) ? String(cell) : cell.toFixed(3);
}

const bars = '▁▂▃▄▅▆▇█';
/** Values between 0 and 1 as a line of bars; a gap where there is none. */
export const sparkline = (values: readonly (number | null)[]): string =>
  values
    .map((v) =>
      v === null ? ' ' : (bars[Math.min(bars.length - 1, Math.floor(v * bars.length))] ?? ' '),
    ) // prettier-ignore
    .join('');

/** 90 s as "1 min 30 s". */
export function duration(ms: number): string {
  const s = Math.round(ms / 1_000);
  if (s < 60) return `${s} s`;
  if (s < 3_600) return `${Math.floor(s / 60)} min${s % 60 === 0 ? '' : ` ${s % 60} s`}`;
  return `${Math.floor(s / 3_600)} h ${Math.floor((s % 3_600) / 60)} min`;
}
