// Pairs typed or pasted by a person: two columns, or lines in turn.
import { AppError } from '../../../shared/errors.ts';
import type { MadePair } from './grammar.ts';
import { markedParts, takeMarks, type Marked } from './marks.ts';

const fail = (line: number, what: string) => new AppError('bad-file', `The pairs, line ${line}: ${what}`); // prettier-ignore

export interface HandClass {
  uid: string;
  field: string;
  phenomenon: string;
  about: string;
  /** Where it begins. */
  line: number;
  pairs: MadePair[];
}

interface Sentence extends Marked {
  starred: boolean;
  line: number;
}

function sentenceOf(raw: string, line: number): Sentence {
  const written = raw.trim();
  const starred = written.startsWith('*');
  const marked = takeMarks(starred ? written.slice(1).trim() : written);
  if (marked.problem !== null) throw fail(line, marked.problem);
  if (marked.text === '') throw fail(line, 'a sentence is empty. A pair has a good and a bad one.');
  return { ...marked, starred, line };
}

/** The good sentence is the one without a star or, where neither has one, the first. */
function pairOf(first: Sentence, second: Sentence): MadePair {
  if (first.starred && second.starred)
    throw fail(second.line, 'both sentences have a star. The star marks the bad one.');
  const [good, bad] = first.starred ? [second, first] : [first, second];
  if (good.text === bad.text)
    throw fail(second.line, `“${good.text}” is both good and bad. Change one of them.`);
  return { good: good.text, bad: bad.text, ...markedParts(good, bad) };
}

/**
 * A pair a line, its sentences apart by a tab (as spreadsheets copy them), or a sentence a line, two lines a pair.
 * “class: name” begins a class, “phenomenon: …”, “field: …” and “about: …” say more of it; # begins a comment line.
 * @throws AppError 'bad-file' with the line and what to do
 */
export function parsePairs(text: string): HandClass[] {
  const classes: HandClass[] = [];
  const begin = (uid: string, line: number): HandClass => {
    if (classes.some((one) => one.uid === uid)) throw fail(line, `there is a class ${uid} already. Write its pairs there.`); // prettier-ignore
    const made = { uid, field: '', phenomenon: '', about: '', line, pairs: [] };
    classes.push(made);
    return made;
  };
  let waiting: Sentence | null = null;
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = i + 1;
    if (raw.trim() === '' || /^\s*#/.test(raw)) continue;
    const [, key, value = ''] = /^\s*(class|phenomenon|field|about):(.*)$/.exec(raw) ?? [];
    const columns = raw.split('\t').filter((cell) => cell.trim() !== '');
    if (waiting && (key !== undefined || columns.length > 1))
      throw fail(waiting.line, `“${waiting.text}” has no bad sentence on the next line.`);
    if (key === 'class') {
      if (value.trim() === '') throw fail(line, 'a class has a name, as in “class: my_pairs”.');
      begin(value.trim(), line);
    } else if (key !== undefined) {
      const into = classes.at(-1);
      if (!into) throw fail(line, `“${key}: …” belongs to a class. Write “class: my_pairs” above it.`); // prettier-ignore
      into[key as 'phenomenon' | 'field' | 'about'] = value.trim();
    } else if (columns.length > 2)
      throw fail(line, `${columns.length} columns. Two are a pair: the good and the bad sentence.`);
    else if (columns.length === 2) {
      const [first, second] = columns.map((cell) => sentenceOf(cell, line)) as [Sentence, Sentence];
      (classes.at(-1) ?? begin('my_pairs', line)).pairs.push(pairOf(first, second));
    } else if (waiting) {
      (classes.at(-1) ?? begin('my_pairs', waiting.line)).pairs.push(pairOf(waiting, sentenceOf(raw, line))); // prettier-ignore
      waiting = null;
    } else waiting = sentenceOf(raw, line);
  }
  if (waiting) throw fail(waiting.line, `“${waiting.text}” has no bad sentence on the next line.`);
  const empty = classes.find(({ pairs }) => pairs.length === 0);
  if (empty) throw fail(empty.line, `the class ${empty.uid} has no pair.`);
  return classes;
}
