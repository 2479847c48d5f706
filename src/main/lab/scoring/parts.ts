// Which of a sentence's tokens lie in a part of it, and what they score together.
import type { Profile } from '../../../shared/domain.ts';
import type { Part } from '../../../shared/scoring-method.ts';
import type { Tokenizer } from '../tokenizer/index.ts';
import { aggregate } from './encode.ts';

/** Characters that are no white space: what a profile's text form leaves in its place and number. */
function visible(text: string): number {
  let count = 0;
  for (const char of text) if (!/\s/u.test(char)) count++;
  return count;
}

/**
 * How many visible characters are before each token, as far as they are whole. White space belongs to what comes
 * after it, and so does a token that is nothing else.
 * @returns one a token and, last, all of them
 */
export function charactersBefore(tokenizer: Tokenizer, ids: ArrayLike<number>): number[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let count = 0;
  const before = Array.from(ids, (id) => {
    const here = count;
    count += visible(decoder.decode(tokenizer.tokenBytes(id), { stream: true }));
    return here;
  });
  return [...before, count];
}

/**
 * The tokens of a sentence that begin in some parts of it.
 * @param ids what the model read, its prefix with it; tokens before `scoredFrom` have no score
 * @returns their indexes, in order; null: there are none, one of them has no score, or tokens and text do not match
 * (special tokens spelled out, a tokenizer that rewrites the text)
 */
export function tokensInParts(
  tokenizer: Tokenizer,
  form: Profile['text'],
  sentence: string,
  { ids, scoredFrom }: { ids: ArrayLike<number>; scoredFrom: number },
  parts: readonly Part[],
): number[] | null {
  const upTo = (end: number): number => {
    const text = sentence.slice(0, end);
    return visible(form === 'like-corpus' ? text.toLowerCase() : text);
  };
  const before = charactersBefore(tokenizer, ids);
  if (before.at(-1) !== upTo(sentence.length)) return null;
  const bounds = parts.map(([from, to]) => [upTo(from), upTo(to)] as const);
  const lies = (at: number): boolean => bounds.some(([from, to]) => at >= from && at < to);
  const within = before.slice(0, -1).flatMap((at, t) => (lies(at) ? [t] : []));
  const own = within.filter((t) => tokenizer.tokenBytes(ids[t] ?? 0).length > 0); // a prefix stands for no text
  return own.length > 0 && own.every((t) => t >= scoredFrom) ? own : null;
}

/** The score of some tokens (nats), as a profile aggregates; `nats` are of the scored tokens. */
export const scoreOfTokens = (
  profile: Profile,
  nats: ArrayLike<number>,
  tokens: readonly number[],
  scoredFrom: number,
): number =>
  aggregate(
    profile,
    tokens.map((t) => nats[t - scoredFrom] ?? NaN),
  );
