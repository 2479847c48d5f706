// Trains a byte-level BPE, merge for merge as Hugging Face's BpeTrainer does (tests hold it to that), but reading
// the corpus as a stream, for any size of vocabulary, with progress, and able to stop.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { byteLevelPreTokenizer } from 'tokenizers';
import {
  readLines,
  throwIfCancelled,
  type CorpusSummary,
  type OnProgress,
} from '../corpus/index.ts';
import { byteSymbols, toSymbols } from './bytes.ts';
import { Heap } from './heap.ts';
import { byteLevelBpeJson } from './json.ts';
import { detached, eachPreToken } from './pretokenize.ts';

/** Special tokens by id: `<s>` 0, `<pad>` 1, `</s>` 2, `<unk>` 3, as OPT has them. */
export const specialTokens = ['<s>', '<pad>', '</s>', '<unk>'] as const;
/** Special tokens and the 256 bytes: the least that a vocabulary holds. */
export const leastVocabSize = specialTokens.length + 256;

/** Merges learnt between two looks at the clock of the event loop. */
const mergesPerTurn = 200;
/** A pair of ids as one number, in the order of (left, right). */
const pairBase = 2 ** 24;

export interface TrainOptions {
  /** Told lines read and then merges learnt, as parts of both together. */
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** How often each pre-token, spelled in byte symbols, occurs in some lines. */
class PreTokenCounts {
  private readonly ofText = new Map<string, number>();
  private readonly ofSymbols = new Map<string, number>();
  private readonly preTokenizer = byteLevelPreTokenizer(false, true);

  add(line: string): void {
    const { ofText, ofSymbols } = this;
    const told = eachPreToken(line, (preToken) => {
      const count = ofText.get(preToken);
      if (count === undefined) ofText.set(detached(preToken), 1);
      else ofText.set(preToken, count + 1);
    });
    if (told) return;
    for (const [symbols] of this.preTokenizer.preTokenizeString(line))
      ofSymbols.set(symbols, (ofSymbols.get(symbols) ?? 0) + 1);
  }

  total(): Map<string, number> {
    const total = new Map(this.ofSymbols);
    for (const [text, count] of this.ofText) {
      const preToken = toSymbols(text);
      total.set(preToken, (total.get(preToken) ?? 0) + count);
    }
    return total;
  }
}

/** A pair of neighbours: how often it occurs, and in which words. */
interface Pair {
  count: number;
  words: number[];
}

/** A pair by its key, and how often it occurred when it was put in the queue. */
interface Candidate {
  count: number;
  key: number;
}

/** Learns merges: always the most frequent pair, of equally frequent ones that with the lowest ids. */
class MergeLearner {
  readonly tokens: string[] = [...specialTokens, ...byteSymbols];
  readonly merges: [string, string][] = [];
  private readonly words: number[][] = [];
  private readonly counts: number[] = [];
  private readonly pairs = new Map<number, Pair>();
  /** A count may be out of date (too large), and is put right when it comes up. */
  private readonly queue = new Heap<Candidate>(
    (a, b) => a.count > b.count || (a.count === b.count && a.key < b.key),
  );

  constructor(preTokens: Map<string, number>) {
    const idOf = new Map(this.tokens.map((token, id) => [token, id]));
    for (const [preToken, count] of preTokens) {
      const word = Array.from(preToken, (symbol) => idOf.get(symbol)!);
      const index = this.words.push(word) - 1;
      this.counts.push(count);
      for (let i = 0; i + 1 < word.length; i++) this.change(word[i]!, word[i + 1]!, count, index);
    }
    for (const [key, { count }] of this.pairs) this.queue.push({ count, key });
  }

  /** Learns the next merge; false where no pair is left. */
  learn(): boolean {
    for (let top = this.queue.pop(); top; top = this.queue.pop()) {
      const pair = this.pairs.get(top.key);
      if (!pair || pair.count < 1) continue;
      if (pair.count === top.count) {
        this.merge(top.key, pair);
        return true;
      }
      this.queue.push({ count: pair.count, key: top.key });
    }
    return false;
  }

  private merge(key: number, pair: Pair): void {
    const [left, right] = [Math.floor(key / pairBase), key % pairBase];
    this.merges.push([this.tokens[left]!, this.tokens[right]!]);
    const id = this.tokens.push(this.tokens[left]! + this.tokens[right]!) - 1;
    this.pairs.delete(key);
    const touched = new Set<number>();
    for (const index of new Set(pair.words)) this.mergeInWord(index, left, right, id, touched);
    for (const each of touched) this.queue.push({ count: this.pairs.get(each)!.count, key: each });
  }

  private mergeInWord(
    index: number,
    left: number,
    right: number,
    id: number,
    touched: Set<number>,
  ): void {
    const word = this.words[index]!;
    const count = this.counts[index]!;
    for (let i = 0; i + 1 < word.length; i++) {
      if (word[i] !== left || word[i + 1] !== right) continue;
      word.splice(i, 2, id);
      if (i > 0) {
        this.change(word[i - 1]!, left, -count, index);
        touched.add(this.change(word[i - 1]!, id, count, index));
      }
      if (i + 1 < word.length) {
        this.change(right, word[i + 1]!, -count, index);
        touched.add(this.change(id, word[i + 1]!, count, index));
      }
    }
  }

  /** Counts a pair up or down in a word; returns its key. */
  private change(left: number, right: number, by: number, index: number): number {
    const key = left * pairBase + right;
    const pair = this.pairs.get(key);
    if (pair) {
      pair.count += by;
      if (by > 0 && pair.words.at(-1) !== index) pair.words.push(index);
    } else if (by > 0) this.pairs.set(key, { count: by, words: [index] });
    return key;
  }
}

/**
 * Trains a byte-level BPE on batches of lines; returns the text of its tokenizer.json. Ids: special tokens, the 256
 * bytes, then merges until `vocabSize` (fewer where no pair is left). It adds `</s>` in front of a text where special
 * tokens are asked for, as OPT's does. Throws AppError('cancelled').
 */
export async function trainOnLines(
  batches: AsyncIterable<string[]> | Iterable<string[]>,
  vocabSize: number,
  { onProgress, signal, lines = 0 }: TrainOptions & { lines?: number } = {},
): Promise<string> {
  const counts = new PreTokenCounts();
  const mergesWanted = Math.max(0, vocabSize - leastVocabSize);
  let done = 0;
  for await (const batch of batches) {
    throwIfCancelled(signal);
    for (const line of batch) counts.add(line);
    done += batch.length;
    onProgress?.(done, lines + mergesWanted);
  }
  const learner = new MergeLearner(counts.total());
  while (learner.merges.length < mergesWanted && learner.learn())
    if (learner.merges.length % mergesPerTurn === 0) {
      await nextTurn();
      throwIfCancelled(signal);
      onProgress?.(lines + learner.merges.length, lines + mergesWanted);
    }
  const { tokens, merges } = learner;
  return byteLevelBpeJson({
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges,
    specialTokens: [...specialTokens],
    unkToken: '<unk>',
    prefixToken: '</s>',
  });
}

/** The same on the training lines of a corpus. */
export async function trainTokenizer(
  corpus: CorpusSummary,
  vocabSize: number,
  options: TrainOptions = {},
): Promise<string> {
  const lines = corpus.files.reduce((sum, { split, lines }) => sum + (split === 'train' ? lines : 0), 0); // prettier-ignore
  return trainOnLines(readLines(corpus, 'train'), vocabSize, { ...options, lines });
}
