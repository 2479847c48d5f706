// A class as an n-gram sees it, beside the model at one checkpoint.
import type { Profile } from '../../../../shared/domain.ts';
import type { NgramClassRow } from '../../../../shared/ngram.ts';
import { wilson } from '../intervals.ts';
import { favours } from './agreement.ts';
import { mean } from '../stats/centre.ts';

export type NgramClassFigures = Omit<NgramClassRow, 'classId' | 'uid' | 'field' | 'phenomenon'>;

/** A Δ this near 0 (nats) is rounding: the same terms were summed in another order. */
const roundingNats = 1e-9;

/** Sentences' scores as Δ of pairs, sums that differ by rounding alone as ties. */
export const deltasOf = (good: Float64Array, bad: Float64Array): Float64Array =>
  good.map((g, i) => {
    const delta = g - (bad[i] as number);
    return Math.abs(delta) < roundingNats ? 0 : delta;
  });

/**
 * Over the pairs that both have scored (neither Δ is NaN).
 * @param ngram @param model Δ of each pair of the class, nats
 */
export function ngramClassFigures(
  ngram: Float64Array,
  model: Float64Array,
  ties: Profile['ties'],
  neutralNats: number,
): NgramClassFigures {
  const both = [...ngram.keys()].filter((i) => !Number.isNaN(ngram[i]) && !Number.isNaN(model[i]));
  const pick = (deltas: Float64Array): Float64Array => Float64Array.from(both, (i) => deltas[i] as number); // prettier-ignore
  const [ofNgram, ofModel] = [pick(ngram), pick(model)];
  const pairs = both.length;
  const count = (of: Float64Array, is: (delta: number, i: number) => boolean): number => of.filter(is).length; // prettier-ignore
  const isRight = (delta: number): boolean => delta > 0 || (delta === 0 && ties === 'good');
  const ngramRight = count(ofNgram, isRight);
  const modelRight = count(ofModel, isRight);
  const { low: ngramLow, high: ngramHigh } = wilson(ngramRight, pairs);
  const { low: modelLow, high: modelHigh } = wilson(modelRight, pairs);
  const side = (which: -1 | 0 | 1): number => count(ofNgram, (delta) => favours(delta, neutralNats) === which); // prettier-ignore
  return {
    pairs,
    ngramRight,
    ngramTies: ties === 'good' ? 0 : count(ofNgram, (delta) => delta === 0),
    ngramAccuracy: ngramRight / pairs,
    ngramLow,
    ngramHigh,
    ngramMeanDelta: mean(ofNgram),
    favoursGood: side(1),
    favoursBad: side(-1),
    favoursNeither: side(0),
    modelAccuracy: modelRight / pairs,
    modelLow,
    modelHigh,
    modelMeanDelta: mean(ofModel),
    agreeing: count(ofNgram, (delta, i) => delta * (ofModel[i] as number) > 0),
    untied: count(ofNgram, (delta, i) => delta * (ofModel[i] as number) !== 0),
  };
}
