// Lines of a run's training text that hold an n-gram of tokens or of words.
import type { labApi, Parsed } from '../../../../shared/api.ts';
import { trainingOf } from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { NgramConcordance } from '../../../../shared/ngram.ts';
import { readLines, type CorpusSummary } from '../../corpus/index.ts';
import { boundaryOf } from '../../jobs/counter/count.ts';
import { concordance, wordConcordance, wordsOf } from '../../ngram/index.ts';
import { getCorpusSummary } from '../../store/library.ts';
import { getRunConfig, runTokenizerId } from '../../store/runs.ts';
import { tokenizerOf } from '../../store/tokenizers.ts';
import { encodeCorpus } from '../../tokenizer/index.ts';
import { opened, type Lab } from '../lab.ts';
import { findScorings } from '../views/selection.ts';

const lineEndText = '</s>';

/** Reads the whole text through once: about a second for 100 M tokens, longer for words. */
export async function concordanceOf(
  lab: Lab,
  params: Parsed<typeof labApi, 'ngrams.concordance'>,
): Promise<NgramConcordance> {
  const { project, cacheDir } = opened(lab);
  const { db } = project;
  const { unit, ngram, offset, limit } = params;
  const runId = params.runId ?? findScorings(db, {}).runId;
  const config = getRunConfig(db, runId);
  const corpus = getCorpusSummary<CorpusSummary>(db, config.corpusId);

  if (unit === 'words') {
    if (typeof ngram !== 'string') throw new AppError('bad-params', 'N-grams of words are asked for as text.'); // prettier-ignore
    const { text, begins, ends } = anchored(ngram);
    const words = [...(begins ? [lineEndText] : []), ...wordsOf(text), ...(ends ? [lineEndText] : [])]; // prettier-ignore
    const found = await wordConcordance(readLines(corpus, 'train'), words, { offset, limit });
    return shown(found, words, (line) => line.words);
  }

  const tokenizerId = runTokenizerId(db, runId);
  if (tokenizerId === null) throw new AppError('not-found', `Run ${runId} has no tokenizer yet. Let it begin to train first.`); // prettier-ignore
  const tokenizer = tokenizerOf(db, tokenizerId);
  const { lineEnd } = trainingOf(config);
  const boundary = boundaryOf(tokenizer, lineEnd);
  const ids =
    typeof ngram === 'string'
      ? idsOf(ngram, (text) => tokenizer.encode(text), boundary)
      : ngram.map((id) => (id === tokenizer.eosId ? boundary : id));
  const { trainPath, dtype } = await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd });
  const found = await concordance(trainPath, ids, { dtype, lineEnd: boundary, offset, limit });
  const textOf = (id: number): string => (id === boundary ? lineEndText : tokenizer.tokenText(id));
  return shown(found, ids.map(textOf), (line) => line.ids.map(textOf));

  function shown<L extends { line: number; at: number }>(
    { occurrences, linesWithIt, lines }: { occurrences: number; linesWithIt: number; lines: L[] },
    looked: string[],
    tokensOf: (line: L) => string[],
  ): NgramConcordance {
    return {
      unit,
      ngram: looked,
      occurrences,
      linesWithIt,
      lines: lines.map((line) => ({ line: line.line + 1, at: line.at, tokens: tokensOf(line) })),
    };
  }
}

/** `^` and `$` stand for a line's begin and end. */
function anchored(text: string): { text: string; begins: boolean; ends: boolean } {
  const begins = text.startsWith('^');
  const ends = text.length > 1 && text.endsWith('$');
  return { text: text.slice(begins ? 1 : 0, ends ? -1 : undefined).trim(), begins, ends };
}

/** Within a line a word begins with its space; at a line's begin with none. */
function idsOf(ngram: string, encode: (text: string) => number[], boundary: number): number[] {
  const { text, begins, ends } = anchored(ngram);
  const ids = text === '' ? [] : encode(begins ? text : ` ${text}`);
  return [...(begins ? [boundary] : []), ...ids, ...(ends ? [boundary] : [])];
}
