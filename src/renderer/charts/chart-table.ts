// What a chart draws, as a table: for screen readers, and for those who take it along.
import type { Cell } from '../../shared/csv.ts';
import type { Moment } from './x.ts';

export interface Series {
  /** Among several in one chart. */
  label: string;
  moments: readonly Moment[];
  values: readonly (number | null)[];
}
export interface TableRow {
  moment: Moment;
  /** One a series; undefined where it has none at this moment. */
  values: (number | null | undefined)[];
}

/** A row for every moment of any series, in order. */
export function tableRows(series: readonly Series[]): TableRow[] {
  const rows = new Map<number, TableRow>();
  series.forEach(({ moments, values }, s) => {
    moments.forEach((moment, i) => {
      const row = rows.get(moment.step) ?? { moment, values: series.map(() => undefined) };
      row.values[s] = values[i];
      rows.set(moment.step, row);
    });
  });
  return [...rows.values()].sort((a, b) => a.moment.step - b.moment.step);
}

/** Every so many rows, first and last among them, where there are more than one would listen to. */
export function sampled<T>(rows: readonly T[], most: number): T[] {
  if (rows.length <= most) return [...rows];
  return Array.from({ length: most }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (most - 1))] as T); // prettier-ignore
}

/** The columns of the table as CSV; `title` names the only series. */
export function tableColumns(
  series: readonly Series[],
  title: string,
): Record<string, (row: TableRow) => Cell> {
  // prettier-ignore
  return {
    step: ({ moment }) => moment.step,
    tokens_seen: ({ moment }) => moment.tokensSeen,
    words_seen: ({ moment }) => moment.wordsSeen,
    ...Object.fromEntries(
      series.map(({ label }, s) => [seriesName(label, s, title), ({ values }: TableRow) => values[s]]), // prettier-ignore
    ),
  };
}

/** The first series without a name of its own is what the chart is about. */
export const seriesName = (label: string, index: number, title: string): string =>
  label || (index === 0 ? title : `${title} ${index + 1}`);
