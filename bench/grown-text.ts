// A text of any length that grows as a real one does, made from a real one of a few million words.
import { seededUint32 } from '../src/main/lab/analysis/random.ts';
import { continuations, countLevel, childrenOf, findChild, type NgramLevel } from '../src/main/lab/ngram/ngram-table.ts'; // prettier-ignore
import { sortEndings } from '../src/main/lab/ngram/sort-endings.ts';

const longest = 5;
const lineEnd = 0;
const nowhere = 2 ** 32 - 1;
/** Of new word forms (Zipf–Mandelbrot): P(rank) ∝ (rank + offset)^−exponent. */
const tail = { exponent: 1.5, offset: 20_000 };

/** The n-grams of one order in the source. */
interface Order extends NgramLevel {
  /** Of each n-gram: where its occurrences begin among the sorted positions. */
  starts: Uint32Array;
  /** By position: the n-gram that ends there, or `nowhere`. */
  endingAt: Uint32Array;
  discount: number;
}

interface Source {
  ids: Uint32Array;
  words: string[];
  positions: Uint32Array;
  /** By position: its index in `positions`. */
  ranks: Uint32Array;
  orders: Order[];
}

const at = (array: ArrayLike<number>, i: number): number => array[i] as number;

function indexed(lines: Iterable<string>): Source {
  const known = new Map([['\n', lineEnd]]);
  const found = [lineEnd];
  for (const line of lines) {
    for (const word of line.split(/\s+/)) {
      if (word === '') continue;
      const id = known.get(word) ?? known.size;
      known.set(word, id);
      found.push(id);
    }
    found.push(lineEnd);
  }
  const ids = Uint32Array.from(found);
  const sorted = sortEndings(ids, longest, lineEnd);
  const { positions, lengths, shared } = sorted;
  const ranks = new Uint32Array(ids.length);
  positions.forEach((p, i) => (ranks[p] = i));
  const orders: Order[] = [];
  for (let index = 0; index < longest; index++) {
    const below = orders[index - 1];
    const size = below ? childrenOf(below) : known.size;
    const level = countLevel(ids, sorted, index, size, index + 1 === longest);
    const starts = new Uint32Array(size);
    const endingAt = new Uint32Array(ids.length).fill(nowhere);
    let ngram = -1;
    for (let i = 0; i < positions.length; i++) {
      if (at(lengths, i) <= index) continue;
      if (at(shared, i) <= index) {
        ngram = index === 0 ? at(ids, at(positions, i)) : ngram + 1;
        starts[ngram] = i;
      }
      endingAt[at(positions, i)] = ngram;
    }
    const n = [0, 0, 0];
    for (let k = 0; k < size; k++) {
      const count = continuations(level, k);
      if (count < 3) n[count] = at(n, count) + 1;
    }
    orders.push({ ...level, starts, endingAt, discount: at(n, 1) / (at(n, 1) + 2 * at(n, 2)) });
  }
  return { ids, words: [...known.keys()], positions, ranks, orders };
}

/**
 * Lines sampled from the interpolated Kneser–Ney model of order 5 of the source's words: an occurrence of
 * the longest known context is drawn, and what follows it taken, but for the discounted share, which goes
 * to the next shorter context, where every different n-gram that ends so weighs the same. So new n-grams
 * come as often as Good and Turing expect in a text of the source's size; in a longer one, where a real
 * text repeats itself more, that is rather too many. What is left after the shortest goes to word forms that
 * the source lacks, glued from two of its own; the rarer of them come as the text grows.
 * @param words the text's length; words as white space parts them
 */
export function* grownText(
  source: Iterable<string>,
  words: number,
  seed: number,
): Generator<string, void, undefined> {
  const { ids, words: forms, positions, ranks, orders } = indexed(source);
  const next = seededUint32(seed);
  const uniform = (): number => (next() + 0.5) / 2 ** 32;

  /** A position that follows a context of k words. */
  const follower = (k: number, context: number): number => {
    const order = orders[k - 1];
    for (;;) {
      const from = order ? at(order.starts, context) : 0;
      const among = order ? at(order.counts, context) : positions.length;
      const p = at(positions, from + Math.floor(uniform() * among)) + 1;
      if (p < ids.length) return p;
    }
  };
  /** The same, such that each different n-gram of k + 2 words that ends there is as likely as another. */
  const followerOfKind = (k: number, context: number): number => {
    const { endingAt, starts } = orders[k + 1] as Order;
    for (;;) {
      const p = follower(k, context);
      const longer = at(endingAt, p);
      if (longer === nowhere || at(starts, longer) === at(ranks, p)) return p;
    }
  };
  const newForm = (): string => {
    const rank = Math.floor(tail.offset * (uniform() ** (-1 / (tail.exponent - 1)) - 1));
    const part = (salt: number): string =>
      forms[1 + ((Math.imul((rank + 1) ^ salt, 0x9e3779b1) >>> 8) % (forms.length - 1))] ?? '';
    const [head, end] = [part(0), part(0x5bd1e995)];
    return head.slice(0, Math.ceil(0.6 * head.length)) + end.slice(-Math.ceil(0.5 * end.length));
  };

  // Of the words so far the known contexts: index, order by order, of the n-gram that they end in.
  let path = [lineEnd];
  let before = [lineEnd];
  let line = '';
  for (let made = 0; made < words;) {
    let k = Math.min(path.length, longest - 1);
    let p = 0;
    for (; k >= 0; k--) {
      const isTop = k === longest - 1;
      p = (isTop ? follower : followerOfKind)(k, path[k - 1] ?? 0);
      const order = orders[k] as Order;
      const ngram = at(order.endingAt, p);
      const count = isTop ? at(order.counts, ngram) : continuations(order, ngram);
      if (uniform() * count >= order.discount) break;
    }
    // A new form stands for the word last drawn, a rare one; what follows it may follow that.
    const id = at(ids, p);
    if (id === lineEnd) {
      if (line !== '') yield line;
      [path, before, line] = [[lineEnd], [lineEnd], ''];
      continue;
    }
    line += `${line && ' '}${k < 0 ? newForm() : (forms[id] as string)}`;
    made++;
    path = orders.slice(0, Math.max(1, k + 1)).map(({ endingAt }) => at(endingAt, p));
    while (path.length < Math.min(longest - 1, before.length + 1)) {
      const [shorter, longer] = [orders[path.length - 1] as Order, orders[path.length] as Order];
      const ngram = findChild(shorter, path.at(-1) as number, longer, at(before, path.length - 1));
      if (ngram < 0) break;
      path.push(ngram);
    }
    path.length = Math.min(path.length, longest - 1);
    before = [id, ...before.slice(0, longest - 3)];
  }
  if (line !== '') yield line;
}
