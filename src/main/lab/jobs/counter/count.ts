// Counts a corpus's n-grams and scores pairs with them, in the counter thread.
import fs from 'node:fs';
import path from 'node:path';
import type { Profile, TrainingConfig } from '../../../../shared/domain.ts';
import { readLines, type CorpusSummary } from '../../corpus/index.ts';
import {
  encodeWords,
  loadNgramModel,
  passingLevels,
  readTokenFile,
  saveNgramModel,
  sentenceEnd,
  wordEncoder,
  type NgramModel,
} from '../../ngram/index.ts';
import { encodeSentence } from '../../scoring/index.ts';
import type { NgramClassScores } from '../../store/ngrams.ts';
import { encodeCorpus, openTokenizer, type Tokenizer } from '../../tokenizer/index.ts';
import type { ClassToScore } from '../trainer/messages.ts';
import { noticeEveryMs } from '../trainer/prepare.ts';

export interface CountTask {
  corpus: CorpusSummary;
  /** null: words are counted. */
  tokenizerJson: string | null;
  lineEnd: TrainingConfig['lineEnd'];
  /** Tokenised corpora, shared by all projects. */
  cacheDir: string;
  order: number;
  /** The model's file; counted where it is not there, or `again`. */
  file: string;
  again: boolean;
  /** Pairs to score; of words the profile does not matter. */
  profile: Profile;
  classes: ClassToScore[];
}

/** What was counted. */
export interface Counted {
  order: number;
  tokens: number;
  distinct: number[];
  fileBytes: number;
}

export type CountStage = 'encoding the corpus' | 'counting' | 'scoring' | 'editing the corpus';

export type CountNotice =
  | { kind: 'progress'; stage: CountStage; share: number }
  | { kind: 'counted'; counted: Counted }
  | { kind: 'scores'; scores: NgramClassScores };

type Tell = (notice: CountNotice, handOver?: ArrayBuffer[]) => void;

/** A sentence as the n-gram reads it: ids, and where those that are scored begin. */
type Encode = (sentence: string) => { ids: number[]; scoredFrom: number };

/** The words of a word model, by id, one a line beside its file. */
export const wordsFile = (file: string): string => `${file}.words`;

export async function count(task: CountTask, tell: Tell): Promise<void> {
  const tokenizer =
    task.tokenizerJson === null ? null : openTokenizer({ json: task.tokenizerJson });
  const known = !task.again && fs.existsSync(task.file);
  const model = known ? loadNgramModel(task.file) : await build(task, tokenizer, tell);
  const encode = tokenizer ? tokenEncoder(tokenizer, task, model.boundary) : readWords(task.file);
  task.classes.forEach((one, done) => {
    if (done % 10 === 0) tell({ kind: 'progress', stage: 'scoring', share: done / task.classes.length }); // prettier-ignore
    const scores = scoreClass(model, one, encode);
    const { pairRowIds, goodTokens, badTokens, tokenNats, matched } = scores;
    const arrays = [pairRowIds, goodTokens, badTokens, tokenNats, matched];
    tell({ kind: 'scores', scores }, arrays.map((array) => array.buffer as ArrayBuffer)); // prettier-ignore
  });
}

async function build(task: CountTask, tokenizer: Tokenizer | null, tell: Tell) {
  fs.mkdirSync(path.dirname(task.file), { recursive: true });
  const { ids, vocabSize, boundary } = tokenizer
    ? await tokensOf(task, tokenizer, tell)
    : await wordsOfCorpus(task);
  const levels = passingLevels(ids, {
    order: task.order,
    vocabSize,
    boundary,
    onProgress: (done, of) => tell({ kind: 'progress', stage: 'counting', share: done / of }),
  });
  // One order after another, so that a large text's model and what counting takes never lie in memory together.
  saveNgramModel({ levels, boundary }, task.file);
  const model = loadNgramModel(task.file);
  tell({
    kind: 'counted',
    counted: {
      order: model.order,
      tokens: ids.length,
      distinct: model.levels.map(({ size, counts }, index) => index ? size : counts.filter((n) => n > 0).length), // prettier-ignore
      fileBytes: fs.statSync(task.file).size,
    },
  });
  return model;
}

async function tokensOf(
  { corpus, lineEnd, cacheDir }: CountTask,
  tokenizer: Tokenizer,
  tell: Tell,
) {
  let toldAtMs = 0;
  const encoded = await encodeCorpus(corpus, tokenizer, {
    cacheDir,
    lineEnd,
    onProgress: (done, of) => {
      if (Date.now() - toldAtMs < noticeEveryMs) return;
      toldAtMs = Date.now();
      tell({ kind: 'progress', stage: 'encoding the corpus', share: done / of });
    },
  });
  return {
    ids: readTokenFile(encoded.trainPath, encoded.dtype),
    vocabSize: tokenizer.vocabSize,
    boundary: boundaryOf(tokenizer, lineEnd),
  };
}

async function wordsOfCorpus({ corpus, file }: CountTask) {
  const { ids, words } = await encodeWords(readLines(corpus, 'train'));
  fs.writeFileSync(wordsFile(file), words.join('\n'));
  return { ids, vocabSize: words.length, boundary: sentenceEnd };
}

/** The id that ends a line of the training text. */
export const boundaryOf = (tokenizer: Tokenizer, lineEnd: TrainingConfig['lineEnd']): number =>
  lineEnd === 'eos' ? tokenizer.eosId : (tokenizer.encode('\n').at(-1) ?? tokenizer.eosId);

/** As the model reads it; where lines end in a line feed, that begins a sentence. */
function tokenEncoder(tokenizer: Tokenizer, { profile }: CountTask, boundary: number): Encode {
  return (sentence) => {
    const { ids, scoredFrom } = encodeSentence(tokenizer, profile, sentence);
    return { ids: ids.map((id) => (id === tokenizer.eosId ? boundary : id)), scoredFrom };
  };
}

function readWords(file: string): Encode {
  const encode = wordEncoder(fs.readFileSync(wordsFile(file), 'utf8').split('\n'));
  return (sentence) => ({ ids: encode(sentence), scoredFrom: 1 });
}

function scoreClass(model: NgramModel, one: ClassToScore, encode: Encode): NgramClassScores {
  const tokenNats: number[] = [];
  const matched: number[] = [];
  const counts = { good: new Int32Array(one.good.length), bad: new Int32Array(one.good.length) };
  one.good.forEach((good, i) => {
    const both = [good, one.bad[i] as string].map((sentence) => {
      const { ids, scoredFrom } = encode(sentence);
      const scores = model.scoreByOrder(ids);
      matched.push(...scores.matched.subarray(scoredFrom));
      return scores.nats.map((nats) => nats.subarray(scoredFrom));
    }) as [Float64Array[], Float64Array[]];
    for (let k = 0; k < model.order; k++)
      tokenNats.push(...(both[0][k] as Float64Array), ...(both[1][k] as Float64Array));
    counts.good[i] = both[0][0]?.length ?? 0;
    counts.bad[i] = both[1][0]?.length ?? 0;
  });
  return {
    classId: one.classId,
    order: model.order,
    pairRowIds: Int32Array.from(one.pairRowIds),
    goodTokens: counts.good,
    badTokens: counts.bad,
    tokenNats: Float32Array.from(tokenNats),
    matched: Uint8Array.from(matched),
  };
}
