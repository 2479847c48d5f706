// An n-gram model of every order up to its highest: log-probs of sentences, counts, distributions.
import { AppError } from '../../../shared/errors.ts';
import { release } from './memory.ts';
import { findChild } from './ngram-table.ts';
import { smoothedLevels, type SmoothedLevel } from './smooth.ts';
import { sortEndings } from './sort-endings.ts';
import type { TokenIds } from './token-file.ts';

export const highestOrder = 5;

/** How long orders 2 to 5 take to count and smooth, a pass of sorting taking 1; measured on 100 M words. */
const orderWeights = [3, 3, 5, 5];

export interface NgramBuild {
  /** Orders 1 … order can be asked for. */
  order: number;
  /** Ids are 0 … vocabSize − 1; each gets some probability, seen or not. */
  vocabSize: number;
  /** `</s>`: ends a sentence and, before its first token, begins it. */
  boundary: number;
  /** Parts done of all, in parts that take about as long as one another. */
  onProgress?: (done: number, of: number) => void;
}

/** Log-probs of the tokens of one sentence. */
export interface NgramScores {
  /** Natural log, one a token; the first id's is NaN: it is context only. */
  nats: Float64Array;
  /** Tokens of the longest n-gram that was seen and so carries each probability; 0 where not even the token. */
  matched: Uint8Array;
}

/**
 * Counts and smooths (interpolated modified Kneser–Ney: Chen and Goodman 1999); gives the orders one after
 * another, each whole and never read again here. Blocks its thread: run it in a worker. Throws `bad-config`
 * for an id outside the vocabulary or an order not 1 … 5.
 */
export function* countLevels(
  ids: TokenIds,
  { order, vocabSize, boundary, onProgress }: NgramBuild,
): Generator<SmoothedLevel, void, undefined> {
  if (!Number.isInteger(order) || order < 1 || order > highestOrder)
    throw new AppError('bad-config', `An n-gram model has order 1 to ${highestOrder}, not ${order}.`); // prettier-ignore
  for (let p = 0; p < ids.length; p++)
    if ((ids[p] as number) >= vocabSize)
      throw new AppError(
        'bad-config',
        `Token id ${ids[p]} at ${p} is outside the vocabulary of ${vocabSize}: the corpus was encoded with another tokenizer.`,
      );
  const weights = orderWeights.slice(0, order - 1);
  const steps = weights.reduce((sum, weight) => sum + weight, order);
  const report = (done: number): void => onProgress?.(done, steps);
  report(0);
  const sorted = sortEndings(ids, order, boundary, report);
  let done = order;
  for (const level of smoothedLevels(ids, sorted, order, vocabSize)) {
    yield level;
    done += weights.shift() ?? 0;
    report(done);
  }
}

/** The same, for whoever keeps nothing: a level's memory is given back when the next is asked for. */
export function* passingLevels(
  ids: TokenIds,
  options: NgramBuild,
): Generator<SmoothedLevel, void, undefined> {
  for (const level of countLevels(ids, options)) {
    yield level;
    const { tokens, counts, firstChild, topChance, lowerChance, topWeight, lowerWeight } = level;
    release(tokens, counts, firstChild, topChance, lowerChance, topWeight, lowerWeight);
  }
}

export class NgramModel {
  readonly order: number;
  readonly vocabSize: number;
  readonly boundary: number;
  readonly levels: readonly SmoothedLevel[];

  constructor(levels: readonly SmoothedLevel[], boundary: number) {
    this.levels = levels;
    this.order = levels.length;
    this.vocabSize = levels[0]?.size ?? 0;
    this.boundary = boundary;
  }

  /** Of the levels that `countLevels` gives. */
  static build(ids: TokenIds, options: NgramBuild): NgramModel {
    return new NgramModel([...countLevels(ids, options)], options.boundary);
  }

  /**
   * log P of each token given those before it, under the model of one order.
   * @param ids a sentence with its context first, usually `</s>`
   */
  score(ids: ArrayLike<number>, order = this.order): NgramScores {
    const { nats, matched } = this.scoreByOrder(ids);
    return {
      nats: nats[order - 1] as Float64Array,
      matched: matched.map((m) => Math.min(m, order)),
    };
  }

  /** The same under the models of every order 1, 2, … at once; `matched` is of the highest. */
  scoreByOrder(ids: ArrayLike<number>): { nats: Float64Array[]; matched: Uint8Array } {
    const nats = this.levels.map(() => new Float64Array(ids.length).fill(NaN));
    const matched = new Uint8Array(ids.length);
    let before = this.#path(ids, 0);
    for (let i = 1; i < ids.length; i++) {
      const path = this.#path(ids, i);
      const seen = this.#seen(path);
      nats.forEach((of, index) => {
        const order = index + 1;
        const longest = Math.max(1, Math.min(order, seen));
        of[i] = Math.log(this.#chance(path, before, longest, order));
      });
      matched[i] = seen;
      before = path;
    }
    return { nats, matched };
  }

  /** P of every token after a context; sums to 1. For tests and for what comes next. */
  distribution(context: ArrayLike<number>, order = this.order): Float64Array {
    const ids = [...Array.from(context), 0];
    const before = this.#path(ids, ids.length - 2);
    return Float64Array.from({ length: this.vocabSize }, (_, token) => {
      ids[ids.length - 1] = token;
      const path = this.#path(ids, ids.length - 1);
      return this.#chance(path, before, Math.min(order, path.length), order);
    });
  }

  /** Times that an n-gram was seen; a `</s>` at its begin is a sentence's begin, elsewhere its end. */
  count(ngram: ArrayLike<number>): number {
    const path = this.#path(ngram, ngram.length - 1);
    if (path.length < ngram.length) return 0;
    return this.levels[path.length - 1]?.counts[path[path.length - 1] as number] ?? 0;
  }

  /** Indexes, level by level, of the n-grams that end at i, as far as they were seen. */
  #path(ids: ArrayLike<number>, i: number): number[] {
    const path: number[] = [];
    if (i < 0) return path;
    let at = ids[i] as number;
    for (let back = 0; at >= 0;) {
      path.push(at);
      back++;
      const level = this.levels[back - 1] as SmoothedLevel;
      const next = this.levels[back];
      if (!next || back > i) break;
      at = findChild(level, at, next, ids[i - back] as number);
    }
    return path;
  }

  #seen(path: number[]): number {
    return path.length === 1 && this.levels[0]?.counts[path[0] as number] === 0 ? 0 : path.length;
  }

  /** The chance carried by the n-gram of `longest` tokens, times the weights of unmatched contexts. */
  #chance(path: number[], before: number[], longest: number, order: number): number {
    const level = this.levels[longest - 1] as SmoothedLevel;
    const at = path[longest - 1] as number;
    const table = longest === order ? level.topChance : level.lowerChance;
    let chance = table?.[at] ?? NaN;
    for (let length = longest; length <= Math.min(order - 1, before.length); length++) {
      const context = this.levels[length - 1] as SmoothedLevel;
      const weights = length === order - 1 ? context.topWeight : context.lowerWeight;
      chance *= weights?.[before[length - 1] as number] ?? 1;
    }
    return chance;
  }
}
