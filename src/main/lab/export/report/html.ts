// HTML as text: what is put in is escaped unless it is HTML already.
import type { Figure } from '../../../../shared/ngram.ts';

export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Content = Html | string | number | null | undefined | readonly Content[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c] ?? c);

function textOf(content: Content): string {
  if (content === null || content === undefined) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'object') return content.map(textOf).join('');
  return escaped(String(content));
}

export const html = (parts: TemplateStringsArray, ...contents: Content[]): Html =>
  new Html(parts.map((part, i) => part + textOf(contents[i])).join(''));

export type TableCell = Html | string | number | null | undefined;

/** Columns whose cells are all numbers or absent stand to the right, numbers with three places. */
export function table(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly TableCell[])[],
): Html {
  const isNumber = header.map((_, c) => rows.every((row) => row[c] === null || row[c] === undefined || typeof row[c] === 'number')); // prettier-ignore
  const cell = (value: TableCell, c: number): Html =>
    isNumber[c] ? html`<td class="n">${typeof value === 'number' ? shown(value) : '–'}</td>` : html`<td>${value}</td>`; // prettier-ignore
  return html`<div class="scroll">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${header.map((name, c) => html`<th scope="col" ${isNumber[c] ? html` class="n"` : ''}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A number as a paper has it: whole ones with thousands apart, others with three places, minus as −. */
export function shown(value: number): string {
  const text = Number.isInteger(value) ? value.toLocaleString('en') : Math.abs(value) < 0.0005 ? '0.000' : value.toFixed(3); // prettier-ignore
  return text.replace('-', '−');
}

export const percent = (share: number | null): string =>
  share === null ? '–' : `${(100 * share).toFixed(1)}\u00a0%`;

export const pText = (p: number | null): string =>
  p === null ? '–' : p < 0.001 ? '<\u00a00.001' : shown(p);

/** A value over its interval, in two lines. */
export const withInterval = (
  { value, low, high }: Figure,
  write: (v: number) => string = shown,
): Html => {
  const text = (v: number | null): string => (v === null ? '–' : write(v));
  return html`${text(value)}<br /><span class="sub">${text(low)} to ${text(high)}</span>`;
};

/** 12,345,678 as “12.3 M”. */
export function short(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(3))}\u00a0M`;
  if (count >= 1e3) return `${Number((count / 1e3).toPrecision(3))}\u00a0k`;
  return String(Math.round(count));
}
