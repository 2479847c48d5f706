// A text of several classes in the template language: words for all of them, then class after class.
import { AppError } from '../../../shared/errors.ts';
import { parseGrammar, parseWords, type Grammar } from './grammar.ts';

const file = 'The template';
const fail = (line: number, what: string) => new AppError('bad-file', `${file}, line ${line}: ${what}`); // prettier-ignore
/** Words that are there already: the starter suite's. */
const usesStarter = /^\s*use:\s*starter words\s*$/;

/** More than BLiMP has; they are all made while one types. */
const mostPairs = 100_000;

export interface TemplateClass {
  grammar: Grammar;
  /** Where it begins. */
  line: number;
}

/**
 * The classes of a text; each begins with “class: name”. Tables of words before the first class are for all of them, and
 * “use: starter words” there brings in the starter suite's.
 * @param pairs of each class that does not say how many
 * @throws AppError 'bad-file' with the line and what to do
 */
export function parseTemplates(
  text: string,
  starterWords: Grammar['words'],
  pairs: number,
): TemplateClass[] {
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, i) => (/^\s*class:/.test(line) ? [i] : []));
  const head = lines.slice(0, starts[0] ?? lines.length);
  const early = head.findIndex((line) => /^\s*(good|bad|field|phenomenon|about|pairs):/.test(line));
  if (early >= 0) throw fail(early + 1, 'this belongs to a class, and none has begun. Write “class: my_class” above it.'); // prettier-ignore
  const shared = head.some((line) => usesStarter.test(line)) ? starterWords : new Map();
  const own = parseWords(head.map((line) => (usesStarter.test(line) ? '' : line)).join('\n'), file); // prettier-ignore
  const words = new Map([...shared, ...own]);
  const names = new Map<string, number>();
  let total = 0;
  return starts.map((start, n) => {
    const line = start + 1;
    const uid = (lines[start] ?? '').replace(/(^|\s)#.*/, '').replace(/^\s*class:/, '').trim(); // prettier-ignore
    if (uid === '' || uid.length > 100) throw fail(line, 'a class has a name of at most 100 characters, as in “class: reflexive_number”.'); // prettier-ignore
    const before = names.get(uid);
    if (before !== undefined) throw fail(line, `there is a class ${uid} already, at line ${before}. Give this one a name of its own, or write its templates there.`); // prettier-ignore
    names.set(uid, line);
    const empty = Array.from({ length: start }, () => ''); // so that lines keep their numbers
    const section = [...empty, ...lines.slice(start, starts[n + 1])].join('\n');
    const grammar = parseGrammar(section, file, words, { pairs, line, heading: '' });
    total += grammar.pairs;
    if (total > mostPairs) throw fail(line, `with this class there are more than ${mostPairs.toLocaleString('en')} pairs. Ask for fewer a class, or make two suites.`); // prettier-ignore
    return { line, grammar };
  });
}
