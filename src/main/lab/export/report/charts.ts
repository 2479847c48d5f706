// Charts of a report as inline SVG: a line with its band over the tokens seen, on a log scale that has its 0.
import { html, percent, short, type Html } from './html.ts';

export interface Curve {
  name: string;
  values: readonly (number | null)[];
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
  /** `right`, `wrong` or `ink`: its colour, by the style sheet. */
  tone: 'right' | 'wrong' | 'ink';
  dashed?: boolean;
}

interface Size {
  width: number;
  height: number;
  left: number;
  bottom: number;
}
const large: Size = { width: 760, height: 260, left: 52, bottom: 40 };
const small: Size = { width: 176, height: 84, left: 4, bottom: 4 };
const top = 8;
const right = 12;

/** Shares (0–1) of several curves in one chart. */
export function shareChart(
  title: string,
  tokens: readonly number[],
  curves: readonly Curve[],
): Html {
  const { x, y } = scales(large, tokens);
  const { width, height, left, bottom } = large;
  const ticks = tickTokens(tokens);
  const summary = curves.map(({ name, values }) => `${name}: ${percent(values[0] ?? null)} at first, ${percent(values.at(-1) ?? null)} at last`).join('; '); // prettier-ignore
  return html`<figure><svg role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${title}</title><desc>${summary}</desc>
${[0, 0.25, 0.5, 0.75, 1].map((v) => html`<line class="${v === 0.5 ? 'chance' : 'grid'}" x1="${left}" x2="${width - right}" y1="${y(v)}" y2="${y(v)}"/><text class="tick" text-anchor="end" x="${left - 6}" y="${y(v) + 4}">${100 * v} %</text>`)}
${ticks.map((t) => html`<line class="grid" x1="${x(t)}" x2="${x(t)}" y1="${height - bottom}" y2="${height - bottom + 4}"/><text class="tick" text-anchor="middle" x="${x(t)}" y="${height - bottom + 18}">${short(t)}</text>`)}
<text class="tick" text-anchor="middle" x="${(left + width) / 2}" y="${height - 4}">tokens seen (log scale)</text>
${curves.map((curve) => drawn(curve, tokens, x, y))}</svg>
<figcaption>${title}. ${curves.map(({ name, tone, dashed }) => html`<span class="key ${tone}${dashed ? ' dashed' : ''}"></span>${name} `)}</figcaption></figure>`; // prettier-ignore
}

/** One class: its accuracy against chance, coloured by its side at each checkpoint. */
export function classChart(
  name: string,
  note: string,
  tokens: readonly number[],
  accuracy: readonly (number | null)[],
  wrong: readonly boolean[],
): Html {
  const { x, y } = scales(small, tokens);
  const { width, height, left } = small;
  const dots = accuracy.map((v, c) => (v === null || !wrong[c] ? '' : html`<circle class="wrong" r="2.2" cx="${x(tokens[c] ?? 0)}" cy="${y(v)}"/>`)); // prettier-ignore
  return html`<figure class="small">
    <svg role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
      <title>${name}: ${note}</title>
      <line class="chance" x1="${left}" x2="${width - right}" y1="${y(0.5)}" y2="${y(0.5)}" />
      ${drawn({ name, values: accuracy, tone: 'ink' }, tokens, x, y)}${dots}
    </svg>
    <figcaption><b>${breakable(name)}</b> ${note}</figcaption>
  </figure>`;
}

/** A UID may break after its underscores. */
const breakable = (uid: string): Html[] =>
  uid.split('_').map((part, i) => (i ? html`_<wbr />${part}` : html`${part}`));

const rounded = (value: number): number => Math.round(100 * value) / 100;

function scales({ width, height, left, bottom }: Size, tokens: readonly number[]) {
  const first = tokens.find((t) => t > 0) ?? 1;
  const last = Math.max(first, ...tokens);
  const at = (t: number): number => Math.log1p(t / first);
  const x = (t: number): number => rounded(left + (at(t) / at(last)) * (width - right - left));
  const y = (v: number): number => rounded(top + (1 - v) * (height - bottom - top));
  return { x, y };
}

/** 0 and powers of ten between the first and the last. */
function tickTokens(tokens: readonly number[]): number[] {
  const first = tokens.find((t) => t > 0) ?? 1;
  const last = tokens.at(-1) ?? first;
  const ticks = [0];
  for (let t = 10 ** Math.ceil(Math.log10(first * 2)); t <= last; t *= 10) ticks.push(t);
  return ticks;
}

function drawn(
  { values, low, high, tone, dashed }: Omit<Curve, 'name'> & { name?: string },
  tokens: readonly number[],
  x: (t: number) => number,
  y: (v: number) => number,
): Html {
  const points = (of: readonly (number | null)[]): string[] =>
    of.flatMap((v, c) => (v === null ? [] : [`${x(tokens[c] ?? 0)},${y(v)}`]));
  const band = low && high ? html`<polygon class="band ${tone}" points="${[...points(low), ...points(high).reverse()].join(' ')}"/>` : ''; // prettier-ignore
  return html`${band}<polyline class="curve ${tone}${dashed ? ' dashed' : ''}" points="${points(values).join(' ')}"/>`; // prettier-ignore
}
