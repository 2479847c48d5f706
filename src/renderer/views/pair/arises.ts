// Where along a pair Δ arises.
import type { Column } from '../../charts/align.ts';
import type { Unit } from './words.ts';

/** A pair's scores at one checkpoint; a PairDetail's checkpoint and a ScratchPair are such. */
export interface ScoredSides {
  goodLogProbNats: number;
  badLogProbNats: number;
  goodTokenLogProbsNats: number[];
  badTokenLogProbsNats: number[];
}

/** A pair's scores with nothing from the tokens that its method does not count; `unscored` tokens have no score. */
export function countedOnly<S extends ScoredSides>(
  scores: S,
  part: { good: number[]; bad: number[] } | null | undefined,
  unscored: number,
): S {
  if (!part) return scores;
  const only = (nats: number[], tokens: number[]): number[] =>
    nats.map((value, i) => (tokens.includes(i + unscored) ? value : 0));
  return {
    ...scores,
    goodTokenLogProbsNats: only(scores.goodTokenLogProbsNats, part.good),
    badTokenLogProbsNats: only(scores.badTokenLogProbsNats, part.bad),
  };
}

/**
 * Δ so far (nats) at each column of the aligned sentences: what the good sentence's units up to there
 * have gained over the bad one's. The last is the pair's Δ: where a profile takes the mean over tokens,
 * each unit counts by its share.
 */
export function cumulativeDelta(
  columns: Column[],
  good: Unit[],
  bad: Unit[],
  scores: ScoredSides,
): number[] {
  const goodShare = weight(scores.goodLogProbNats, scores.goodTokenLogProbsNats);
  const badShare = weight(scores.badLogProbNats, scores.badTokenLogProbsNats);
  let delta = 0;
  return columns.map(({ left, right }) => {
    if (left !== null) delta += (good[left]?.logProbNats ?? 0) * goodShare;
    if (right !== null) delta -= (bad[right]?.logProbNats ?? 0) * badShare;
    return delta;
  });
}

/** 1 where a score is the sum of its tokens, 1/n where it is their mean. */
function weight(score: number, nats: number[]): number {
  const sum = nats.reduce((total, each) => total + each, 0);
  return sum === 0 ? 1 : score / sum;
}
