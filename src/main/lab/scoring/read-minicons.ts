// The tokens that minicons scored, as its command line prints them (sentence_id, token_id, token, logprob, …) or as a
// CSV of the same columns. The sentences themselves are not in it: they are found by their tokens.
import { AppError } from '../../../shared/errors.ts';
import { rowsOf, textAt, type SuiteFile } from '../suite/index.ts';
import { bySentence, keepScore, ofEachCheckpoint, type CheckpointFigures, type Figures, type Place, type TokenScores } from './figures.ts'; // prettier-ignore
import { logProb } from './read-scores.ts';

const neededColumns = ['sentence_id', 'token', 'logprob'];
const printedColumns = ['sentence_id', 'token_id', 'token', 'logprob'];
/** What models put around a sentence. */
export const isSpecialToken = (token: string): boolean => /^(<\/?s>|<pad>|<\|\w+\|>|\[\w+\])$/.test(token); // prettier-ignore
/** minicons strips tokens, so that nothing says where a word begins: sentences are compared without any space. */
const squeezed = (text: string): string => text.replace(/\s+/gu, '');

interface Line {
  where: string;
  values: Record<string, string | undefined>;
}

interface Sentence extends TokenScores {
  scoredFrom: number;
}

/** @throws AppError 'bad-file' with file and line */
export function miniconsScores(files: readonly SuiteFile[]): Figures {
  const checkpoints = ofEachCheckpoint(files, sentencesOf);
  return { kept: 'scores', checkpoints: checkpoints.map(([at, sentences]) => ofTokens(at, sentences)) }; // prettier-ignore
}

/** By their text without spaces. */
function sentencesOf(files: readonly SuiteFile[]): Map<string, Sentence> {
  const sentences = new Map<string, Sentence>();
  for (const file of files) {
    let id: string | undefined;
    let now: Sentence = { tokens: [], nats: [], scoredFrom: 0 };
    const keep = (where: string): void => {
      if (now.nats.length > 0) keepScore(sentences, squeezed(textOf(now)), now, total, where);
      now = { tokens: [], nats: [], scoredFrom: 0 };
    };
    for (const { where, values } of linesOf(file)) {
      const [sentence, token, score] = neededColumns.map((column) => values[column]?.trim() ?? '');
      if (sentence !== id) keep(where);
      id = sentence;
      now.tokens.push(token ?? '');
      if (score === '' || /^(nan|none)$/i.test(score ?? '')) {
        if (now.nats.length > 0)
          throw new AppError('bad-file', `${where}: a token without a score after one that has it.`); // prettier-ignore
        now.scoredFrom++;
      } else now.nats.push(logProb(Number(score), where));
    }
    keep(`${file.name}, at its end`);
  }
  return sentences;
}

const ofTokens = (at: Place, sentences: Map<string, Sentence>): CheckpointFigures =>
  bySentence(at, sentences, squeezed, (good, bad) => {
    const scoredFrom = good.scoredFrom;
    const sums = { good: total(good), bad: total(bad) };
    return bad.scoredFrom === scoredFrom ? { ...sums, tokens: { scoredFrom, good, bad } } : sums;
  }); // prettier-ignore

/** Without what stands before or after the sentence. */
const textOf = ({ tokens }: Sentence): string =>
  tokens.slice(isSpecialToken(tokens[0] ?? '') ? 1 : 0, isSpecialToken(tokens.at(-1) ?? '') ? -1 : undefined).join(''); // prettier-ignore
const total = ({ nats }: TokenScores): number => nats.reduce((sum, one) => sum + one, 0);

/** Of a CSV by its header; of what was printed, by the place of numbers around the token. */
function* linesOf(file: SuiteFile): Generator<Line> {
  if (!/\.txt$/i.test(file.name)) {
    for (const row of rowsOf(file)) {
      const missing = neededColumns.find((column) => !Object.hasOwn(row.values, column));
      if (missing !== undefined)
        throw new AppError('bad-file', `${row.where}: no column “${missing}”. A table of minicons has ${neededColumns.join(', ')}.`); // prettier-ignore
      yield { where: row.where, values: Object.fromEntries(neededColumns.map((column) => [column, textAt(row, column)])) }; // prettier-ignore
    }
    return;
  }
  let header = 0;
  for (const [i, text] of file.text.split(/\r?\n/).entries()) {
    const where = `${file.name}, line ${i + 1}`;
    if (header === 0) {
      const names = text.trim().split(/\s+/);
      if (names.slice(0, 4).join() === printedColumns.join()) header = names.length;
      continue; // minicons says how it works before the table
    }
    if (text.trim() === '') continue;
    // sentence_id, token_id, the token (which may be empty), then as many numbers as the header has after it.
    const parts = new RegExp(`^\\s*(\\d+)\\s+\\d+(.*?)\\s+(\\S+)${'\\s+\\S+'.repeat(header - 4)}\\s*$`).exec(text); // prettier-ignore
    if (!parts)
      throw new AppError('bad-file', `${where}: not the columns of minicons’ table (${neededColumns.join(', ')}).`); // prettier-ignore
    yield { where, values: { sentence_id: parts[1], token: parts[2], logprob: parts[3] } };
  }
  if (header === 0)
    throw new AppError('bad-file', `${file.name}: no line names the columns of minicons’ table (${printedColumns.join(', ')}).`); // prettier-ignore
}
