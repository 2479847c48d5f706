// The starter suite: resources/starter/*.jsonl, made from the grammars beside them.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makePairs, parseGrammar, parseWords, type Grammar, type MadePair } from './grammar.ts';
import { resourcePath } from './resources.ts';

const lexicon = 'lexicon.words';

const folder = resourcePath('starter/grammar');
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

/** The words that all classes of the starter suite may use. */
export const starterWords = async (): Promise<Grammar['words']> =>
  parseWords(await read(lexicon), lexicon);

/** A class of it as a person would begin one of their own. */
export const starterExample = async (): Promise<string> =>
  `use: starter words\n\n${(await read('reflexive_number.grammar')).replace(/^class: .*/, 'class: my_reflexives')}`;

/** The grammars of the starter suite, by name. */
export async function starterGrammars(): Promise<Grammar[]> {
  const words = await starterWords();
  const names = (await readdir(folder)).filter((name) => name.endsWith('.grammar')).sort();
  return Promise.all(names.map(async (name) => parseGrammar(await read(name), name, words)));
}

const wordsOf = (sentence: string) =>
  (sentence.toLowerCase().match(/[\p{L}'-]+/gu) ?? []).sort().join(' ');

function line(grammar: Grammar, { good, bad }: MadePair, pairId: number): string {
  return JSON.stringify({
    sentence_good: good,
    sentence_bad: bad,
    field: grammar.field,
    linguistics_term: grammar.phenomenon,
    UID: grammar.uid,
    simple_LM_method: true,
    one_prefix_method: false,
    two_prefix_method: false,
    lexically_identical: wordsOf(good) === wordsOf(bad),
    pairID: String(pairId),
  });
}

/** A class of the starter suite as a JSONL file in BLiMP's fields: its name and text. */
export function starterFile(grammar: Grammar): { name: string; text: string } {
  const lines = makePairs(grammar).map((pair, i) => `${line(grammar, pair, i)}\n`);
  return { name: `${basename(grammar.uid)}.jsonl`, text: lines.join('') };
}
