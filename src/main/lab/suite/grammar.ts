// A small template language for minimal pairs. A grammar is text: a heading, tables of words with their forms and
// tags, and pairs of templates that differ in one choice. resources/starter/grammar/README.md describes it.
import { AppError } from '../../../shared/errors.ts';
import type { PairParts } from '../../../shared/scoring-method.ts';
import { markedParts, takeMarks } from './marks.ts';

interface Entry {
  forms: string[];
  tags: Set<string>;
}

/** The words of one category, each with the same forms. */
interface WordTable {
  forms: string[];
  entries: Entry[];
}

/** `{noun1 person !irregular pl}`: word 1 of a category, tags it has or has not, and one of its forms. */
interface Slot {
  category: string;
  /** Category and number: the same word wherever it stands in a pair. */
  name: string;
  form: number;
  tags: string[];
  notTags: string[];
}

type Template = (string | Slot)[];

const hasMark = (template: Template): boolean => template.some((part) => typeof part === 'string' && part.includes('[')); // prettier-ignore

interface TemplatePair {
  line: number;
  good: Template;
  bad: Template;
}

export interface Grammar {
  uid: string;
  field: string;
  phenomenon: string;
  /** What the class tests, in a sentence. */
  about: string;
  /** How many pairs are made. */
  pairs: number;
  templates: TemplatePair[];
  words: ReadonlyMap<string, WordTable>;
}

export interface MadePair {
  good: string;
  bad: string;
  /** Of templates that mark a region by [ ]. */
  parts?: PairParts[];
}

const headings = ['class', 'field', 'phenomenon', 'about', 'pairs'] as const;

class Parser {
  readonly words: Map<string, WordTable>;
  readonly heading = new Map<string, string>();
  readonly templates: TemplatePair[] = [];
  private readonly file: string;
  private table: WordTable | null = null;
  private good: Template | null = null;

  constructor(file: string, words: ReadonlyMap<string, WordTable>) {
    this.file = file;
    this.words = new Map(words);
  }

  fail(line: number, what: string): AppError {
    return new AppError('bad-file', `${this.file}, line ${line}: ${what}`);
  }

  read(text: string): void {
    text.split(/\r?\n/).forEach((raw, i) => {
      const line = raw.replace(/(^|\s)#.*/, '').trim();
      const [, key, value] = /^([a-z]+(?: [a-z]+)?):\s*(.*)$/.exec(line) ?? [];
      if (line === '') {
        if (raw.trim() === '') this.table = null; // a blank line ends a table, a comment does not
      } else if (key === undefined || value === undefined) this.readEntry(line, i + 1);
      else this.readKey(key, value, i + 1);
    });
    if (this.good) throw this.fail(text.trimEnd().split('\n').length, 'a good template without its bad one. Write “bad: …” under it.'); // prettier-ignore
  }

  private readKey(key: string, value: string, line: number): void {
    this.table = null;
    if (key.startsWith('words ')) {
      const forms = value.split(/\s+/);
      this.table = { forms, entries: [] };
      this.words.set(key.slice('words '.length), this.table);
    } else if (key === 'good') this.good = this.template(value, line);
    else if (key === 'bad') {
      if (!this.good)
        throw this.fail(
          line,
          'a bad template without a good one before it. Write “good: …” above it.',
        );
      const bad = this.template(value, line);
      if (hasMark(this.good) !== hasMark(bad)) throw this.fail(line, 'a region is marked by [ ] in one of the two templates. Mark it in both, or in neither.'); // prettier-ignore
      this.templates.push({ line, good: this.good, bad });
      this.good = null;
    } else if ((headings as readonly string[]).includes(key)) this.heading.set(key, value);
    else throw this.fail(line, `“${key}” is none of ${headings.join(', ')}, words, good, bad.`);
  }

  private readEntry(line: string, number: number): void {
    if (!this.table)
      throw this.fail(
        number,
        `“${line}” stands in no table of words. Begin one with “words noun: sg pl”, without empty lines in it; or is this a template without “good:” or “bad:”?`,
      );
    const columns = line.split(/\s+/);
    const { forms, entries } = this.table;
    if (columns.length < forms.length)
      throw this.fail(
        number,
        `expected ${forms.length} forms (${forms.join(', ')}) and then tags.`,
      );
    entries.push({
      forms: columns.slice(0, forms.length).map((form) => form.replaceAll('_', ' ')),
      tags: new Set(columns.slice(forms.length)),
    });
  }

  private template(value: string, line: number): Template {
    if (value.trim() === '') throw this.fail(line, 'the template is empty.');
    const wrong = takeMarks(value).problem ?? (/^[^{}]*(\{[^{}]*\}[^{}]*)*$/.test(value) ? null : 'a brace is not closed, or has none that opens it: a word is {noun1 pl}.'); // prettier-ignore
    if (wrong !== null) throw this.fail(line, wrong);
    const parts = value.split(/\{([^{}]*)\}/);
    return parts.map((part, i) => (i % 2 === 0 ? part : this.slot(part.trim(), line)));
  }

  private slot(text: string, line: number): Slot {
    const [name = '', ...features] = text.split(/\s+/);
    const category = name.replace(/\d+$/, '');
    const table = this.words.get(category);
    if (!table || name === category)
      throw this.fail(
        line,
        `{${text}}: expected a category of words and a number, as in {noun1 pl}. Categories: ${[...this.words.keys()].join(', ') || 'none yet'}.`,
      );
    const named = features.filter((feature) => table.forms.includes(feature));
    if (named.length !== 1 && table.forms.length > 1)
      throw this.fail(line, `{${text}}: name one of the forms ${table.forms.join(', ')}.`);
    const tags = features.filter((feature) => !table.forms.includes(feature));
    const known = new Set(table.entries.flatMap((entry) => [...entry.tags]));
    const unknown = tags.find((tag) => !known.has(tag.replace('!', '')));
    if (unknown !== undefined)
      throw this.fail(line, `{${text}}: no ${category} has the tag “${unknown}”.`);
    return {
      category,
      name,
      form: named[0] === undefined ? 0 : table.forms.indexOf(named[0]),
      tags: tags.filter((tag) => !tag.startsWith('!')),
      notTags: tags.filter((tag) => tag.startsWith('!')).map((tag) => tag.slice(1)),
    };
  }
}

/** The tables of words in a file that has nothing else. `file` names it in errors. */
export function parseWords(text: string, file: string): ReadonlyMap<string, WordTable> {
  const parser = new Parser(file, new Map());
  parser.read(text);
  return parser.words;
}

export interface GrammarDefaults {
  /** Pairs of a class that does not say how many. */
  pairs: number;
  /** Line at which the class begins. */
  line: number;
  /** Stands for any other heading that is left out; where there is none, none may be. */
  heading?: string;
}

/** No machine and no reader needs more in a class. */
const mostPairs = 10_000;

/**
 * A grammar of one class. It may use the words of `shared`, and tables of its own.
 * Throws AppError('bad-file') with the line.
 */
export function parseGrammar(
  text: string,
  file: string,
  shared: ReadonlyMap<string, WordTable>,
  defaults: GrammarDefaults = { pairs: 100, line: 1 },
): Grammar {
  const parser = new Parser(file, shared);
  parser.read(text);
  const { line } = defaults;
  const heading = (key: (typeof headings)[number]): string => {
    const value = parser.heading.get(key) ?? defaults.heading;
    if (value === undefined) throw parser.fail(line, `the heading lacks “${key}: …”.`);
    return value;
  };
  const pairs = Number(parser.heading.get('pairs') ?? defaults.pairs);
  if (!Number.isInteger(pairs) || pairs < 1 || pairs > mostPairs) throw parser.fail(line, `“pairs: …” is no number from 1 to ${mostPairs}.`); // prettier-ignore
  if (parser.templates.length === 0) throw parser.fail(line, 'there is no pair of templates. Write “good: …” and “bad: …”.'); // prettier-ignore
  return {
    uid: heading('class'),
    field: heading('field'),
    phenomenon: heading('phenomenon'),
    about: heading('about'),
    pairs,
    templates: parser.templates,
    words: parser.words,
  };
}

/** Random numbers in [0, 1) that are the same everywhere: mulberry32, seeded by a text's FNV-1a hash. */
function randomFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (const byte of Buffer.from(text)) state = Math.imul(state ^ byte, 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The words that have what all mentions of a named slot ask for. */
function fittingWords(slots: readonly Slot[], name: string, { words }: Grammar): Entry[] {
  const same = slots.filter((slot) => slot.name === name);
  return (words.get(same[0]?.category ?? '')?.entries ?? []).filter(
    (entry) =>
    same.every(({ tags, notTags }) => tags.every((tag) => entry.tags.has(tag)) && !notTags.some((tag) => entry.tags.has(tag))), // prettier-ignore
  );
}

/** In how many ways the templates of a grammar can be filled, no word of a category twice in a pair. */
export const countChoices = (grammar: Grammar): number =>
  grammar.templates.reduce((total, { good, bad }) => {
    const slots = [...good, ...bad].filter((part) => typeof part !== 'string');
    const names = new Map(slots.map(({ name, category }) => [name, category]));
    const byCategory = Map.groupBy(names.keys(), (name) => names.get(name));
    const ways = [...byCategory.values()].map((same) => differentChoices(same.map((name) => new Set(fittingWords(slots, name, grammar))))); // prettier-ignore
    return total + ways.reduce((product, n) => product * n, 1);
  }, 0);

const both = (a: ReadonlySet<Entry>, b: ReadonlySet<Entry>) => new Set([...a].filter((entry) => b.has(entry))); // prettier-ignore

/** Ways to choose one member of each set, all of them different. */
function differentChoices([first, ...others]: ReadonlySet<Entry>[]): number {
  if (!first) return 1;
  if (others.length > 6) return first.size * differentChoices(others); // a few too many, but soon
  // Of all choices, without those in which the first set's member is also that of another one, merged with it.
  const free = first.size * differentChoices(others);
  return others.reduce((rest, other, i) => rest - differentChoices([both(first, other), ...others.filter((_, j) => j !== i)]), free); // prettier-ignore
}

/** For each named slot of a pair a word that has what all its mentions ask for, no word of a category twice. */
function chooseWords(
  { good, bad }: TemplatePair,
  grammar: Grammar,
  random: () => number,
): Map<string, Entry> {
  const chosen = new Map<string, Entry>();
  const slots = [...good, ...bad].filter((part) => typeof part !== 'string');
  for (const { name } of slots) {
    if (chosen.has(name)) continue;
    const fitting = fittingWords(slots, name, grammar).filter((entry) => ![...chosen.values()].includes(entry)); // prettier-ignore
    const entry = fitting[Math.floor(random() * fitting.length)];
    if (!entry)
      throw new AppError('bad-file', `${grammar.uid}: no word fits {${name}} in the templates that end at line ${templateLine(grammar, good)}. Ask for fewer tags, or add a word that has them all.`); // prettier-ignore
    chosen.set(name, entry);
  }
  return chosen;
}

const templateLine = (grammar: Grammar, good: Template) =>
  grammar.templates.find((pair) => pair.good === good)?.line ?? 0;

/** The sentence of a template: a capital first, and `a(n)` as the next word's first letter has it. */
function fill(template: Template, chosen: ReadonlyMap<string, Entry>): string {
  const text = template
    .map((part) =>
      typeof part === 'string' ? part : (chosen.get(part.name)?.forms[part.form] ?? ''),
    )
    .join('')
    .replace(/\ba\(n\)(?= \[?([aeiou])?)/gi, (_, vowel: string | undefined) =>
      vowel ? 'an' : 'a',
    );
  return text.replace(/^\[?\p{L}/u, (first) => first.toUpperCase());
}

/** How often in a row a pair may come up again before the grammar is taken to make no more. */
const maxRepeats = 2_000;

export interface MakeOptions {
  /** Draws other words than the class's name alone does. */
  seed?: number;
  /** Gives what there is where the grammar does not make as many as it should. */
  atMost?: boolean;
}

/**
 * The pairs of a grammar: its pairs of templates in turn, words drawn at random (seeded by the class's name), no
 * sentence twice. Throws AppError('bad-file') where the grammar does not make as many as it should.
 */
export function makePairs(
  grammar: Grammar,
  { seed, atMost = false }: MakeOptions = {},
): MadePair[] {
  const random = randomFrom(seed === undefined ? grammar.uid : `${grammar.uid} ${seed}`);
  const pairs: MadePair[] = [];
  const seen = new Set<string>();
  for (let repeats = 0, tries = 0; pairs.length < grammar.pairs; tries++) {
    const templates = grammar.templates[(atMost ? tries : pairs.length) % grammar.templates.length];
    if (!templates) break;
    const chosen = chooseWords(templates, grammar, random);
    const [good, bad] = [
      takeMarks(fill(templates.good, chosen)),
      takeMarks(fill(templates.bad, chosen)),
    ];
    if (good.text === bad.text) throw new AppError('bad-file', `${grammar.uid}: “${good.text}” is both good and bad (line ${templates.line}). The templates have to differ in every choice of words.`); // prettier-ignore
    if (seen.has(good.text) || seen.has(bad.text)) {
      if (++repeats <= maxRepeats) continue;
      if (atMost) break;
      throw new AppError('bad-file', `${grammar.uid}: its templates (line ${templates.line}) make no more than ${pairs.length} pairs, not ${grammar.pairs}.`); // prettier-ignore
    }
    repeats = 0;
    seen.add(good.text).add(bad.text);
    pairs.push({ good: good.text, bad: bad.text, ...markedParts(good, bad) });
  }
  return pairs;
}
