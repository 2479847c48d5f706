// Another text with the same bigrams: every pair of neighbouring words, line ends among them, occurs exactly as
// often. A text is a circuit through its words; a random one over the same arrows is drawn uniformly (Kandel et al.,
// "Shuffling biological sequences", 1996): for each word the arrow that is left by last comes from a random tree
// towards the line end (Wilson, "Generating random spanning trees …", 1996), all others are shuffled.
import { seededUint32 } from '../analysis/random.ts';

const lineEnd = 0;

/**
 * @param lines none of them blank
 * @returns as many lines, of the same words (split at white space) with the same bigrams
 */
export function* shuffleBigrams(lines: Iterable<string>, seed: number): Generator<string> {
  const known = new Map<string, number>();
  const text: number[] = [lineEnd];
  for (const line of lines) {
    for (const word of line.split(/\s+/).filter((w) => w !== '')) {
      const id = known.get(word) ?? known.size + 1;
      known.set(word, id);
      text.push(id);
    }
    text.push(lineEnd);
  }
  const next = seededUint32(seed);
  const { successors, starts } = arrows(Uint32Array.from(text), known.size + 1);
  putLastExits(successors, starts, next);
  const words = ['', ...known.keys()];
  const used = starts.slice();
  let line: string[] = [];
  for (let step = 1, at = lineEnd; step < text.length; step++) {
    const place = used[at] as number;
    used[at] = place + 1;
    at = successors[place] as number;
    if (at !== lineEnd) line.push(words[at] as string);
    else {
      yield line.join(' ');
      line = [];
    }
  }
}

/** What follows each word, in the order of the text: those of word w at starts[w] … starts[w + 1] − 1. */
function arrows(text: Uint32Array, size: number): { successors: Uint32Array; starts: Uint32Array } {
  const starts = new Uint32Array(size + 1);
  for (let i = 0; i + 1 < text.length; i++) {
    const after = (text[i] as number) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let w = 1; w <= size; w++) starts[w] = (starts[w] as number) + (starts[w - 1] as number);
  const successors = new Uint32Array(Math.max(0, text.length - 1));
  const at = starts.slice();
  for (let i = 0; i + 1 < text.length; i++) {
    const w = text[i] as number;
    successors[at[w] as number] = text[i + 1] as number;
    at[w] = (at[w] as number) + 1;
  }
  return { successors, starts };
}

/** Shuffles each word's arrows in place, that of the tree last. */
function putLastExits(successors: Uint32Array, starts: Uint32Array, next: () => number): void {
  const size = starts.length - 1;
  const below = (n: number): number => Math.floor((next() / 2 ** 32) * n);
  const exit = new Uint32Array(size);
  const inTree = new Uint8Array(size);
  inTree[lineEnd] = 1;
  for (let w = 1; w < size; w++) {
    // A random walk to the tree; the exits that it took last are a path without loops.
    for (let at = w; inTree[at] === 0; at = successors[exit[at] as number] as number) {
      const from = starts[at] as number;
      exit[at] = from + below((starts[at + 1] as number) - from);
    }
    for (let at = w; inTree[at] === 0; at = successors[exit[at] as number] as number)
      inTree[at] = 1;
  }
  const swap = (a: number, b: number): void => {
    const kept = successors[a] as number;
    successors[a] = successors[b] as number;
    successors[b] = kept;
  };
  for (let w = 0; w < size; w++) {
    const from = starts[w] as number;
    let last = (starts[w + 1] as number) - 1;
    if (w !== lineEnd) swap(exit[w] as number, last--);
    for (let i = last; i > from; i--) swap(i, from + below(i - from + 1));
  }
}
