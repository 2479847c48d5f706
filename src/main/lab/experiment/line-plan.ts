// How often each line of a corpus stands in its edited form. Pure and seeded: the same seed, the same edit.
import { seededUint32 } from '../analysis/random.ts';

/** What of each line an edit needs, in the order of the text. */
export interface Lines {
  /** Words of each, by white space. */
  words: Uint32Array;
  /** 1: the line carries an offending bigram. */
  offending: Uint8Array;
  /** 1: it carries a favourable one and no offending one. */
  favourable: Uint8Array;
}

/** Times that each line is in the edited text: 0 it is gone, 1 it stays. */
export type LinePlan = Uint16Array;

const all = (lines: Lines): LinePlan => new Uint16Array(lines.words.length).fill(1);

/** Lines that carry an offending bigram go. */
export const drop = (lines: Lines): LinePlan => downWeight(lines, 0, 1);

/** Each of them stays with the chance `keep`. */
export function downWeight(lines: Lines, keep: number, seed: number): LinePlan {
  const next = seededUint32(seed);
  const plan = all(lines);
  lines.offending.forEach((carries, i) => {
    if (carries === 1 && next() / 2 ** 32 >= keep) plan[i] = 0;
  });
  return plan;
}

/**
 * Lines that carry a favourable bigram are repeated, drawn at random, until there are as many of them as of those
 * with an offending one. Nothing changes where there are as many already, or none to repeat.
 */
export function counterBalance(lines: Lines, seed: number): LinePlan {
  const plan = all(lines);
  const chosen = [...lines.favourable.keys()].filter((i) => lines.favourable[i] === 1);
  const offending = lines.offending.reduce((sum, carries) => sum + carries, 0);
  if (chosen.length === 0) return plan;
  const next = seededUint32(seed);
  for (let missing = offending - chosen.length; missing > 0; missing--) {
    const i = chosen[next() % chosen.length] as number;
    plan[i] = (plan[i] as number) + 1;
  }
  return plan;
}

/**
 * The control of an edit: as many words taken out, and put in, but of lines drawn at random from those that carry no
 * offending bigram. It stops at the line that would pass the edit's number of words.
 */
export function control(lines: Lines, edit: LinePlan, seed: number): LinePlan {
  const change = wordsChanged(lines, edit);
  const plan = all(lines);
  const free = [...plan.keys()].filter((i) => lines.offending[i] === 0);
  const order = shuffled(free, seededUint32(seed));
  let at = 0;
  for (let left = change.removed; left > 0 && at < order.length; at++) {
    const i = order[at] as number;
    left -= lines.words[i] as number;
    if (left >= 0) plan[i] = 0;
  }
  for (let left = change.added; left > 0 && order.length > 0; at++) {
    const i = order[at % order.length] as number;
    left -= lines.words[i] as number;
    if (left >= 0) plan[i] = (plan[i] as number) + 1;
  }
  return plan;
}

/** Words that a plan takes out and puts in. */
export function wordsChanged(lines: Lines, plan: LinePlan): { removed: number; added: number } {
  let [removed, added] = [0, 0];
  plan.forEach((copies, i) => {
    const words = lines.words[i] as number;
    if (copies === 0) removed += words;
    else added += (copies - 1) * words;
  });
  return { removed, added };
}

/** Fisher and Yates, in a copy. */
export function shuffled<T>(values: readonly T[], next: () => number): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor((next() / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
