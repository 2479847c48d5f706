// The addresses of places: gardenpath://pair/12/345?run=1&step=800. They name what is looked at and how,
// by numbers and short words, and nothing else.
import type { Place, Side } from './route.svelte.ts';

export interface Address {
  place: Place;
  /** Names and values after the `?`: the run, the checkpoint, filters, … */
  view: Record<string, string>;
}

/** How one thing that a page needs to know stands in the path. */
interface Part {
  /** null: not such a thing. */
  read(text: string): unknown;
  write(value: unknown): string;
}
const number = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : null;
const id: Part = { read: number, write: String };
const ids: Part = {
  read: (text) => {
    const read = text.split(',').map(number);
    return read.includes(null) ? null : read;
  },
  write: (value) => (value as number[]).join(','),
};
const word: Part = { read: (text) => (/^[\w-]{1,60}$/.test(text) ? text : null), write: String };
const side: Part = {
  read: (text): Side | null => {
    const [run, suite, profile = '', at] = text.split(':');
    const [runId, suiteId, step] = [run, suite, at].map(number);
    if (!runId || !suiteId || profile === '') return null;
    return { runId, suiteId, profile, ...(typeof step === 'number' && { step }) };
  },
  write: (value) => {
    const { runId, suiteId, profile, step } = value as Side;
    return [runId, suiteId, profile, step].filter((part) => part !== undefined).join(':');
  },
};

/** The parts of each page's path by name; a `?` marks those that may be left out. */
const pages: Record<Place['page'], Record<string, Part>> = {
  atlas: {},
  runs: {},
  run: { runId: id },
  'new-run': { 'likeRunId?': id },
  'compare-runs': { runIds: ids },
  judge: {},
  compare: { 'a?': side, 'b?': side },
  stuck: {},
  bigrams: {},
  hypothesis: {},
  experiment: { id },
  sweeps: {},
  sweep: { id },
  'sweep-plan': { 'id?': id },
  class: { classId: id },
  pair: { classId: id, pairRowId: id },
  search: {},
  'in-out': {},
  'own-classes': { 'suiteId?': id },
  glossary: { 'term?': word },
};

export function addressText({ place, view }: Address): string {
  const values: Record<string, unknown> = { ...place };
  const parts = Object.entries(pages[place.page]).flatMap(([name, part]) => {
    const value = values[name.replace('?', '')];
    return value === undefined ? [] : [encodeURIComponent(part.write(value))];
  });
  const query = new URLSearchParams(view).toString();
  return `gardenpath://${[place.page, ...parts].join('/')}${query && `?${query}`}`;
}

/** What an address says; null where it is none of ours. */
export function parseAddress(text: string): Address | null {
  const match = /^gardenpath:\/\/([^\s?#]+?)\/?(?:\?([^\s#]*))?$/i.exec(text.trim());
  if (!match || text.length > 4_000) return null;
  const [page = '', ...texts] = (match[1] ?? '').split('/');
  if (!Object.hasOwn(pages, page)) return null;
  const parts = Object.entries(pages[page as Place['page']]);
  if (texts.length > parts.length) return null;
  const place: Record<string, unknown> = { page };
  for (const [i, [name, part]] of parts.entries()) {
    const written = texts[i];
    if (written === undefined && name.endsWith('?')) continue;
    const value = written === undefined ? null : part.read(decoded(written));
    if (value === null) return null;
    place[name.replace('?', '')] = value;
  }
  return { place: place as Place, view: Object.fromEntries(new URLSearchParams(match[2])) };
}

/** Malformed escapes stand for themselves. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
