// A small template language for minimal pairs. A grammar is text: a heading, tables of words with their forms and
// tags, and pairs of templates that differ in one choice. resources/starter/grammar/README.md describes it.
import { AppError } from '../../../shared/errors.ts';

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
    if (this.good) throw this.fail(text.split('\n').length, 'a good template without its bad one.');
  }

  private readKey(key: string, value: string, line: number): void {
    this.table = null;
    if (key.startsWith('words ')) {
      const forms = value.split(/\s+/);
      this.table = { forms, entries: [] };
      this.words.set(key.slice('words '.length), this.table);
    } else if (key === 'good') this.good = this.template(value, line);
    else if (key === 'bad') {
      if (!this.good) throw this.fail(line, 'a bad template without a good one before it.');
      this.templates.push({ line, good: this.good, bad: this.template(value, line) });
      this.good = null;
    } else if ((headings as readonly string[]).includes(key)) this.heading.set(key, value);
    else throw this.fail(line, `“${key}” is none of ${headings.join(', ')}, words, good, bad.`);
  }

  private readEntry(line: string, number: number): void {
    if (!this.table) throw this.fail(number, `“${line}” stands in no table of words.`);
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
        `{${text}}: expected a category of words and a number, as in {noun1 pl}.`,
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

/**
 * A grammar of one class. It may use the words of `shared`, and tables of its own.
 * Throws AppError('bad-file') with the line.
 */
export function parseGrammar(
  text: string,
  file: string,
  shared: ReadonlyMap<string, WordTable>,
): Grammar {
  const parser = new Parser(file, shared);
  parser.read(text);
  const heading = (key: (typeof headings)[number]): string => {
    const value = parser.heading.get(key);
    if (value === undefined) throw parser.fail(1, `the heading lacks “${key}: …”.`);
    return value;
  };
  const pairs = Number(parser.heading.get('pairs') ?? 100);
  if (!Number.isInteger(pairs) || pairs < 1) throw parser.fail(1, '“pairs: …” is no number.');
  if (parser.templates.length === 0) throw parser.fail(1, 'there is no pair of templates.');
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

/** For each named slot of a pair a word that has what all its mentions ask for, no word of a category twice. */
function chooseWords(
  { good, bad }: TemplatePair,
  grammar: Grammar,
  random: () => number,
): Map<string, Entry> {
  const chosen = new Map<string, Entry>();
  const slots = [...good, ...bad].filter((part) => typeof part !== 'string');
  for (const { name, category } of slots) {
    if (chosen.has(name)) continue;
    const same = slots.filter((slot) => slot.name === name);
    const fitting = (grammar.words.get(category)?.entries ?? []).filter(
      (entry) =>
        same.every(({ tags, notTags }) => tags.every((tag) => entry.tags.has(tag)) && !notTags.some((tag) => entry.tags.has(tag))) && // prettier-ignore
        ![...chosen.values()].includes(entry),
    );
    const entry = fitting[Math.floor(random() * fitting.length)];
    if (!entry)
      throw new AppError('bad-file', `${grammar.uid}: no word fits {${name}} in the templates that end at line ${templateLine(grammar, good)}.`); // prettier-ignore
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
    .replace(/\ba\(n\)(?= ([aeiou])?)/gi, (_, vowel: string | undefined) => (vowel ? 'an' : 'a'));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How often in a row a pair may come up again before the grammar is taken to make no more. */
const maxRepeats = 2_000;

/**
 * The pairs of a grammar: its pairs of templates in turn, words drawn at random (seeded by the class's name), no
 * sentence twice. Throws AppError('bad-file') where the grammar does not make as many as it should.
 */
export function makePairs(grammar: Grammar): MadePair[] {
  const random = randomFrom(grammar.uid);
  const pairs: MadePair[] = [];
  const seen = new Set<string>();
  for (let repeats = 0; pairs.length < grammar.pairs;) {
    const templates = grammar.templates[pairs.length % grammar.templates.length];
    if (!templates) break;
    const chosen = chooseWords(templates, grammar, random);
    const [good, bad] = [fill(templates.good, chosen), fill(templates.bad, chosen)];
    if (good === bad) throw new AppError('bad-file', `${grammar.uid}: “${good}” is both good and bad (line ${templates.line}).`); // prettier-ignore
    if (seen.has(good) || seen.has(bad)) {
      if (++repeats > maxRepeats)
        throw new AppError('bad-file', `${grammar.uid}: its templates (line ${templates.line}) make no more than ${pairs.length} pairs, not ${grammar.pairs}.`); // prettier-ignore
      continue;
    }
    repeats = 0;
    seen.add(good).add(bad);
    pairs.push({ good, bad });
  }
  return pairs;
}
