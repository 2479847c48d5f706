// The same scores seen in ways that sentence length cannot sway.
import type { ScoresOverTime } from './separation.ts';

/** Each sentence's score over its scored tokens: nats a token; the score itself where they are not known (NaN). */
export function perToken(scores: ScoresOverTime): ScoresOverTime {
  if (scores.aggregation === 'mean') return scores;
  const over = (sentences: ArrayLike<number>[], tokens: ArrayLike<number>): Float64Array[] =>
    sentences.map((nats) => Float64Array.from(nats, (v, i) => v / (tokens[i] || 1)));
  return {
    ...scores,
    good: over(scores.good, scores.goodTokens),
    bad: over(scores.bad, scores.badTokens),
  };
}

/** Only the pairs whose sentences have as many scored tokens as each other. */
export function lengthMatched(scores: ScoresOverTime): ScoresOverTime {
  const matched = Array.from(scores.goodTokens, (_, i) => i).filter(
    (i) => scores.goodTokens[i] === scores.badTokens[i],
  );
  const pick = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(matched, (i) => values[i] as number);
  return {
    ...scores,
    good: scores.good.map(pick),
    bad: scores.bad.map(pick),
    goodTokens: pick(scores.goodTokens),
    badTokens: pick(scores.badTokens),
    templates: scores.templates && pick(scores.templates),
  };
}

/** Share of pairs whose sentences have as many scored tokens as each other; NaN for no pairs. */
export function matchedShare({
  goodTokens,
  badTokens,
}: Pick<ScoresOverTime, 'goodTokens' | 'badTokens'>): number {
  // prettier-ignore
  let matched = 0;
  for (let i = 0; i < goodTokens.length; i++) if (goodTokens[i] === badTokens[i]) matched++;
  return matched / goodTokens.length;
}
