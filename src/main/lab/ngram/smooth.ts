// Interpolated modified Kneser–Ney: a probability for each n-gram, a weight for each context.
import { discountOf, discounts, type Discounts } from './discounts.ts';
import { release } from './memory.ts';
import { childrenOf, continuations, countLevel, type NgramLevel } from './ngram-table.ts';
import type { SortedEndings } from './sort-endings.ts';
import type { TokenIds } from './token-file.ts';

/**
 * Of one order n. A model of order n uses counts of what was seen at its highest order and
 * continuation counts below it; so each n-gram has a figure for either use, and one table serves the
 * models of every order.
 */
export interface SmoothedLevel extends NgramLevel {
  /** P(last token | those before it) where n is the model's order. */
  topChance: Float32Array;
  /** The same where the model's order is higher; null at the highest. */
  lowerChance: Float32Array | null;
  /** As a context of n tokens: the weight of what lies below, in a model of order n + 1; else 1. */
  topWeight: Float32Array | null;
  /** The same in a model of a higher order than n + 1; null where there is none. */
  lowerWeight: Float32Array | null;
  topDiscounts: Discounts;
  lowerDiscounts: Discounts;
}

type Use = 'top' | 'lower';

/**
 * Counts and smooths order by order from the lowest, and gives each level when it is whole: nothing here
 * reads it afterwards. Takes `sorted` over and releases it.
 */
export function* smoothedLevels(
  ids: TokenIds,
  sorted: SortedEndings,
  order: number,
  vocabSize: number,
): Generator<SmoothedLevel, void, undefined> {
  let below = allocate(countLevel(ids, sorted, 0, vocabSize, order === 1));
  unigrams(below, 'top');
  unigrams(below, 'lower');
  // By position: index of the n-gram of the level below that ends there.
  let endingAt: TokenIds = ids;
  for (let index = 1; index < order; index++) {
    const isHighest = index + 1 === order;
    const level = allocate(countLevel(ids, sorted, index, childrenOf(below), isHighest));
    // They lie where the chances will: each is read for the last time when its chance is written.
    const contexts = new Uint32Array(level.topChance.buffer);
    findContexts(sorted, index, endingAt, contexts);
    if (isHighest) release(sorted.positions, sorted.lengths, sorted.shared, endingAt === ids ? null : endingAt); // prettier-ignore
    if (!isHighest) below.lowerWeight = interpolate(level, below, contexts, 'lower');
    below.topWeight = interpolate(level, below, contexts, 'top');
    if (!isHighest) {
      if (endingAt === ids) endingAt = new Uint32Array(ids.length);
      indexEndings(sorted, index, endingAt);
    }
    yield below;
    below = level;
  }
  yield below;
}

/** A level without its weights, which the level above gives. */
function allocate(level: NgramLevel): SmoothedLevel {
  return {
    ...level,
    topChance: new Float32Array(level.size),
    lowerChance: level.firstChild && new Float32Array(level.size),
    topWeight: null,
    lowerWeight: null,
    topDiscounts: discounts(level, 'seen'),
    lowerDiscounts: discounts(level, 'continuations'),
  };
}

const countOf = (level: NgramLevel, at: number, use: Use): number =>
  use === 'top' ? (level.counts[at] as number) : continuations(level, at);

/** Order 1 is interpolated with the uniform distribution over the vocabulary. */
function unigrams(level: SmoothedLevel, use: Use): void {
  const chance = use === 'top' ? level.topChance : level.lowerChance;
  if (!chance) return;
  const off = use === 'top' ? level.topDiscounts : level.lowerDiscounts;
  let total = 0;
  let mass = 0;
  for (let at = 0; at < level.size; at++) {
    const count = countOf(level, at, use);
    total += count;
    mass += discountOf(off, count);
  }
  const rest = total === 0 ? 1 / level.size : mass / total / level.size;
  for (let at = 0; at < level.size; at++) {
    const count = countOf(level, at, use);
    chance[at] = rest + (total === 0 ? 0 : (count - discountOf(off, count)) / total);
  }
}

/** For each n-gram, the index one level below of the n-gram without its last token. */
function findContexts(
  { positions, lengths, shared }: SortedEndings,
  index: number,
  endingAt: TokenIds,
  contexts: Uint32Array,
): void {
  let at = 0;
  for (let i = 0; i < positions.length; i++)
    if ((shared[i] as number) <= index && (lengths[i] as number) > index)
      contexts[at++] = endingAt[(positions[i] as number) - 1] as number;
}

function indexEndings(
  { positions, lengths, shared }: SortedEndings,
  index: number,
  endingAt: TokenIds,
): void {
  let at = -1;
  for (let i = 0; i < positions.length; i++) {
    if ((lengths[i] as number) <= index) continue;
    if ((shared[i] as number) <= index) at++;
    endingAt[positions[i] as number] = at;
  }
}

/**
 * P = (count − D(count)) / total(context) + weight(context) × P of the n-gram less its first token.
 * Gives the contexts' weights: of one that nothing follows 1.
 */
function interpolate(
  level: SmoothedLevel,
  below: SmoothedLevel,
  contexts: Uint32Array,
  use: Use,
): Float32Array {
  const off = use === 'top' ? level.topDiscounts : level.lowerDiscounts;
  const chance = use === 'top' ? level.topChance : level.lowerChance;
  const { firstChild, lowerChance: belowChance } = below;
  const weights = new Float32Array(below.size).fill(1);
  if (!chance || !belowChance || !firstChild) return weights;
  // Each context’s total of counts beside what is taken off them, later its share: contexts come in no order.
  const sums = new Float64Array(2 * below.size);
  for (let at = 0; at < level.size; at++) {
    const of = 2 * (contexts[at] as number);
    const count = countOf(level, at, use);
    sums[of] = (sums[of] as number) + count;
    sums[of + 1] = (sums[of + 1] as number) + discountOf(off, count);
  }
  for (let context = 0; context < below.size; context++) {
    const total = sums[2 * context] as number;
    if (total === 0) continue;
    weights[context] = (sums[2 * context + 1] as number) / total;
    sums[2 * context + 1] = weights[context] as number;
  }
  for (let parent = 0; parent < below.size; parent++) {
    const end = firstChild[parent + 1] as number;
    for (let at = firstChild[parent] as number; at < end; at++) {
      const of = 2 * (contexts[at] as number);
      const count = countOf(level, at, use);
      chance[at] =
        (count - discountOf(off, count)) / (sums[of] as number) +
        (sums[of + 1] as number) * (belowChance[parent] as number);
    }
  }
  release(sums);
  return weights;
}
