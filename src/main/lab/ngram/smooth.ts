// Interpolated modified Kneser–Ney: a probability for each n-gram, a weight for each context.
import { discountOf, discounts, type Discounts } from './discounts.ts';
import { continuations, type NgramLevel } from './ngram-table.ts';
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
  /** The same in a model of a higher order than n + 1. */
  lowerWeight: Float32Array | null;
  topDiscounts: Discounts;
  lowerDiscounts: Discounts;
}

type Use = 'top' | 'lower';

/** Turns counts into probabilities, order by order from the lowest. */
export function smooth(
  ids: TokenIds,
  sorted: SortedEndings,
  levels: NgramLevel[],
  onLevel: (done: number) => void = () => undefined,
): SmoothedLevel[] {
  const smoothed = levels.map((level) => allocate(level));
  const first = smoothed[0] as SmoothedLevel;
  unigrams(first, 'top');
  unigrams(first, 'lower');
  onLevel(1);
  // By position: index of the n-gram of the level last done that ends there.
  let endingAt = new Uint32Array(ids.length);
  for (let index = 1; index < smoothed.length; index++) {
    const level = smoothed[index] as SmoothedLevel;
    const below = smoothed[index - 1] as SmoothedLevel;
    const contexts = contextIndexes(ids, sorted, index, endingAt, level.size);
    // Memory is shortest at the highest order, which nothing is indexed for any more.
    if (!level.lowerChance) endingAt = new Uint32Array();
    interpolate(level, below, contexts, 'top');
    if (level.lowerChance) {
      interpolate(level, below, contexts, 'lower');
      indexEndings(sorted, index, endingAt);
    }
    onLevel(index + 1);
  }
  return smoothed;
}

function allocate(level: NgramLevel): SmoothedLevel {
  const lower = level.firstChild !== null;
  const make = (value: number): Float32Array => new Float32Array(level.size).fill(value);
  return {
    ...level,
    topChance: make(0),
    lowerChance: lower ? make(0) : null,
    topWeight: lower ? make(1) : null,
    lowerWeight: lower ? make(1) : null,
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
function contextIndexes(
  ids: TokenIds,
  { positions, reach, shared }: SortedEndings,
  index: number,
  endingAt: Uint32Array,
  size: number,
): Uint32Array {
  const contexts = new Uint32Array(size);
  let at = 0;
  for (let i = 0; i < positions.length; i++) {
    if ((shared[i] as number) > index) continue;
    const p = positions[i] as number;
    if ((reach[p] as number) < index) continue;
    contexts[at++] = index === 1 ? (ids[p - 1] as number) : (endingAt[p - 1] as number);
  }
  return contexts;
}

function indexEndings(
  { positions, reach, shared }: SortedEndings,
  index: number,
  endingAt: Uint32Array,
): void {
  // prettier-ignore
  let at = -1;
  for (let i = 0; i < positions.length; i++) {
    const p = positions[i] as number;
    if ((reach[p] as number) < index) continue;
    if ((shared[i] as number) <= index) at++;
    endingAt[p] = at;
  }
}

/** P = (count − D(count)) / total(context) + weight(context) × P of the n-gram less its first token. */
function interpolate(
  level: SmoothedLevel,
  below: SmoothedLevel,
  contexts: Uint32Array,
  use: Use,
): void {
  // prettier-ignore
  const off = use === 'top' ? level.topDiscounts : level.lowerDiscounts;
  const chance = use === 'top' ? level.topChance : level.lowerChance;
  const weight = use === 'top' ? below.topWeight : below.lowerWeight;
  const belowChance = below.lowerChance;
  if (!chance || !weight || !belowChance || !below.firstChild) return;
  const totals = new Uint32Array(below.size);
  const masses = new Float64Array(below.size);
  for (let at = 0; at < level.size; at++) {
    const context = contexts[at] as number;
    const count = countOf(level, at, use);
    totals[context] = (totals[context] as number) + count;
    masses[context] = (masses[context] as number) + discountOf(off, count);
  }
  for (let context = 0; context < below.size; context++) {
    const total = totals[context] as number;
    if (total > 0) weight[context] = (masses[context] as number) / total;
  }
  for (let parent = 0; parent < below.size; parent++) {
    const end = below.firstChild[parent + 1] as number;
    for (let at = below.firstChild[parent] as number; at < end; at++) {
      const context = contexts[at] as number;
      const count = countOf(level, at, use);
      chance[at] =
        (count - discountOf(off, count)) / (totals[context] as number) +
        (weight[context] as number) * (belowChance[parent] as number);
    }
  }
}
