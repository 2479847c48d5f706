// Where Δ arises: it adds up along the aligned sentences to the pair's own.
import { expect, test } from 'vitest';
import { align } from '../../../src/renderer/charts/align.ts';
import { countedOnly, cumulativeDelta } from '../../../src/renderer/views/pair/arises.ts';
import { tokenUnits } from '../../../src/renderer/views/pair/words.ts';

const goodTokens = ['</s>', 'The', '␣cats', '␣sleep', '.'];
const badTokens = ['</s>', 'The', '␣cats', '␣sleep', 's', '.'];
const goodNats = [-2, -5, -4, -1];
const badNats = [-2, -5, -4, -3, -0.5];
const sum = (nats: number[]): number => nats.reduce((total, each) => total + each, 0);
const columns = align(goodTokens, badTokens);
const units = [tokenUnits(goodTokens, goodNats, 1), tokenUnits(badTokens, badNats, 1)] as const;

test('shared tokens add nothing, the token that is in one sentence only what it costs', () => {
  const scores = { goodLogProbNats: sum(goodNats), badLogProbNats: sum(badNats), goodTokenLogProbsNats: goodNats, badTokenLogProbsNats: badNats }; // prettier-ignore
  expect(cumulativeDelta(columns, ...units, scores)).toEqual([0, 0, 0, 0, 3, 2.5]);
});

test('under a profile that takes the mean the last is still the pair’s Δ', () => {
  const [goodMean, badMean] = [sum(goodNats) / 4, sum(badNats) / 5];
  const scores = { goodLogProbNats: goodMean, badLogProbNats: badMean, goodTokenLogProbsNats: goodNats, badTokenLogProbsNats: badNats }; // prettier-ignore
  expect(cumulativeDelta(columns, ...units, scores).at(-1)).toBeCloseTo(goodMean - badMean, 12);
});

test('by a method that counts a part, only its tokens add to Δ', () => {
  // The bad one is a mean: half of its two tokens’ sum.
  const scores = { goodLogProbNats: -4, badLogProbNats: -3.5, goodTokenLogProbsNats: goodNats, badTokenLogProbsNats: badNats }; // prettier-ignore
  const counted = countedOnly(scores, { good: [3], bad: [3, 4] }, 1);
  const ofPart = [tokenUnits(goodTokens, counted.goodTokenLogProbsNats, 1), tokenUnits(badTokens, counted.badTokenLogProbsNats, 1)] as const; // prettier-ignore
  expect(cumulativeDelta(columns, ...ofPart, counted)).toEqual([0, 0, 0, -2, -0.5, -0.5]);
});
