// Contexts and regions in columns that a person names.
import { AppError } from '../../../../shared/errors.ts';
import type { PairParts, Part } from '../../../../shared/scoring-method.ts';
import type { ColumnMapping } from '../../../../shared/suite-columns.ts';
import { markedParts, type Marked } from '../marks.ts';
import { textAt, type Row } from '../rows.ts';

/** How a table is scored whose columns are so named. */
export const methodOf = ({ context, badContext, region }: ColumnMapping) =>
  region !== undefined ? 'region' : context !== undefined || badContext !== undefined ? 'conditional' : 'sentence'; // prettier-ignore

/** Both sentences after their contexts, and what of them is compared. Throws AppError('bad-file') with file and line. */
export function chosenParts(
  row: Row,
  columns: ColumnMapping,
  sentences: { good: string; bad: string },
): { good: string; bad: string; parts?: PairParts[] } {
  const { context, badContext = context, region, badRegion = region } = columns;
  const good = sentenceOf(row, sentences.good, context, region);
  const bad = sentenceOf(row, sentences.bad, badContext, badRegion);
  const { parts = [] } = markedParts(good, bad);
  if (good.from > 0 && bad.from > 0)
    parts.push({ method: 'conditional', good: [[good.from, good.text.length]], bad: [[bad.from, bad.text.length]] }); // prettier-ignore
  return { good: good.text, bad: bad.text, parts };
}

/** `from`: where the sentence itself begins, after its context. */
function sentenceOf(
  row: Row,
  sentence: string,
  contextColumn: string | undefined,
  regionColumn: string | undefined,
): Omit<Marked, 'problem'> & { from: number; problem: null } {
  const context = textAt(row, contextColumn)?.trimEnd() ?? '';
  const words = textAt(row, regionColumn)?.trim() ?? '';
  const from = context === '' ? 0 : context.length + 1;
  const text = context === '' ? sentence : `${context} ${sentence}`;
  const [first, last] = words === '' ? [0, 0] : regionIn(sentence, words, row.where);
  const parts: Part[] = words === '' ? [] : [[from + first, from + last]];
  return { text, parts, from, problem: null };
}

const startsWord = /^[\p{L}\p{N}]/u;
const endsWord = /[\p{L}\p{N}]$/u;

function regionIn(sentence: string, words: string, where: string): Part {
  const wrong = (what: string): AppError => new AppError('bad-file', `${where}: ${what} of “${sentence}”. A region is given by its words as they stand in the sentence, or by the number of its word, the first being 1.`); // prettier-ignore
  if (/^\d+$/.test(words)) {
    const all = [...sentence.matchAll(/\S+/g)];
    const word = all[Number(words) - 1];
    if (!word) throw wrong(`there is no word ${words} among the ${all.length}`);
    return [word.index, word.index + word[0].length];
  }
  const places = placesOf(sentence, words);
  // Not within another word, as “the” in “other”, if it stands by itself too.
  const apart = places.filter(([from, to]) => !(startsWord.test(words) && endsWord.test(sentence.slice(0, from))) && !(endsWord.test(words) && startsWord.test(sentence.slice(to)))); // prettier-ignore
  const [found, ...others] = apart.length > 0 ? apart : places;
  if (!found) throw wrong(`the region “${words}” is no part`);
  if (others.length > 0) throw wrong(`the region “${words}” is ${others.length + 1} parts`);
  return found;
}

function placesOf(sentence: string, words: string): Part[] {
  const places: Part[] = [];
  for (let at = sentence.indexOf(words); at >= 0; at = sentence.indexOf(words, at + 1))
    places.push([at, at + words.length]);
  return places;
}
