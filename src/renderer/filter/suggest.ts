// What a filter text could go on with, at the caret.
import type { ClassRow } from '../../shared/domain.ts';
import { keys, piecesOf } from './class-filter.ts';

export interface Suggestion {
  /** Takes the place of the term at the caret. */
  text: string;
  note: string;
}
export interface Suggestions {
  /** Where the term at the caret begins and ends in the text. */
  from: number;
  to: number;
  options: Suggestion[];
}

/** Filter names for a term that has none yet, else the values of the one it has. */
export function suggest(text: string, caret: number, all: readonly ClassRow[]): Suggestions {
  const piece = piecesOf(text).find(({ index, 0: term }) => index < caret && caret <= index + term.length); // prettier-ignore
  const from = piece?.index ?? caret;
  const to = piece ? from + piece[0].length : caret;
  const typed = text.slice(from, caret);
  const [, minus = '', name = '', colon, rest = ''] = /^(-?)([^:]*)(:?)(.*)$/.exec(typed) ?? [];
  const key = colon && Object.hasOwn(keys, name.toLowerCase()) ? keys[name.toLowerCase()] : null;
  if (!key) {
    if (colon) return { from, to, options: [] };
    const options = Object.entries(keys)
      .filter(([each]) => each.startsWith(name.toLowerCase()))
      .filter(([each]) => each !== 'shape' || all.some((row) => row.shape))
      .map(([each, { note }]) => ({ text: `${minus}${each}:`, note }));
    return { from, to, options };
  }
  const counts = new Map<string, number>();
  for (const row of all)
    for (const value of [key.of(row) ?? []].flat())
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  const done = rest.slice(0, rest.lastIndexOf(',') + 1);
  const begun = rest.slice(done.length).toLowerCase().replaceAll('"', '');
  const options = (key.values ?? [...counts.keys()].sort())
    .filter((value) => value.toLowerCase().startsWith(begun))
    .map((value) => {
      const quoted = /\s/.test(value) ? `"${value}"` : value;
      const size = counts.get(value);
      return { text: `${minus}${name}:${done}${quoted}`, note: size === undefined ? '' : String(size) }; // prettier-ignore
    });
  return { from, to, options };
}
