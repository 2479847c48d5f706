// The Bigram Hypothesis put to the test on one run: class level and pair level, tests corrected, in words.
import { holm } from '../stats/multiple-tests.ts';
import type { LogisticFit } from '../stats/logistic.ts';
import {
  classLevel,
  HypothesisParameters,
  type ClassEvidence,
  type ClassLevelResult,
} from './class-level.ts';
import { pairLevel, type PairEvidence, type PairLevelResult } from './pair-level.ts';

export { HypothesisParameters, type ClassEvidence, type ClassLevelResult } from './class-level.ts';
export type { PairEvidence, PairLevelResult } from './pair-level.ts';
export { detectableEffect, powerCurve, type PowerPlan, type PowerPoint } from './power.ts';

export interface HypothesisTest {
  name: string;
  p: number;
  /** Corrected over the tests of this table by Holm's method; NaN where there is no test. */
  adjustedP: number;
}

export interface HypothesisResult {
  parameters: HypothesisParameters;
  classLevel: ClassLevelResult;
  pairLevel: PairLevelResult;
  tests: HypothesisTest[];
  sentence: string;
}

export function testHypothesis(
  classes: readonly ClassEvidence[],
  pairs: PairEvidence,
  parameters: HypothesisParameters = HypothesisParameters.parse({}),
): HypothesisResult {
  const across = classLevel(classes, parameters);
  const within = pairLevel(pairs);
  const p = [
    across.permutation.pTwoSided,
    biasTerm(across.controlled).p,
    biasTerm(within.early).p,
    biasTerm(within.late).p,
  ];
  const adjusted = holm(p);
  const tests = [
    'across classes: rank correlation of bias and error',
    'across classes: entrenched by bias, with controls',
    'within classes: early error by n-gram',
    'within classes: late error by n-gram',
  ].map((name, k) => ({ name, p: p[k] as number, adjustedP: adjusted[k] as number }));
  return {
    parameters,
    classLevel: across,
    pairLevel: within,
    tests,
    sentence: sentenceOf(across, within, tests, parameters),
  };
}

const biasTerm = (fit: LogisticFit): LogisticFit['terms'][number] =>
  fit.terms[0] ?? { name: '', estimate: NaN, standardError: NaN, low: NaN, high: NaN, p: NaN };

const two = (value: number): string => value.toFixed(2).replace('-', '−');
/** A model that is all but the n-gram itself has odds beyond any sense of their size. */
const times = (odds: number): string => (odds > 1_000 ? 'over 1,000' : two(odds));
const shownP = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** One plain sentence; no claim beyond the tests, and always the number of classes. */
function sentenceOf(
  across: ClassLevelResult,
  within: PairLevelResult,
  tests: HypothesisTest[],
  { alpha, outcome }: HypothesisParameters,
): string {
  const [ranks, , early, late] = tests;
  const count = `${across.classes} classes (${across.entrenched} entrenched, ${across.phenomena} phenomena)`;
  if (!ranks || Number.isNaN(ranks.p))
    return `Over ${count}, bias and error cannot be correlated: one of them does not vary.`;
  const figures = `Spearman’s ρ = ${two(across.rho)}, 95 % interval ${two(across.interval.low)} to ${two(across.interval.high)}, ${shownP(ranks.adjustedP)} corrected for ${tests.filter((t) => !Number.isNaN(t.p)).length} tests`;
  const degree = across.rho < 0 ? 'less' : 'more';
  const measured =
    outcome === 'timeWrong'
      ? `spent ${degree} of training in error`
      : `were ${degree} often entrenched`;
  const found =
    ranks.adjustedP < alpha
      ? `classes whose n-grams favour the bad sentence more ${measured}`
      : 'it is not shown that n-gram bias and error go together';
  return `Over ${count}, ${found} (${figures}); ${pairsSentence(within, early, late, alpha)}.`;
}

function pairsSentence(
  { early, late }: PairLevelResult,
  earlyTest: HypothesisTest | undefined,
  lateTest: HypothesisTest | undefined,
  alpha: number,
): string {
  // prettier-ignore
  const said = (when: string, fit: LogisticFit, test: HypothesisTest | undefined): string => {
    if (!test || Number.isNaN(test.p)) return `${when} it cannot be told`;
    const odds = Math.exp(biasTerm(fit).estimate);
    const { low, high } = biasTerm(fit);
    const ratio = `${times(odds)} times the odds of an error (${times(Math.exp(low))} to ${times(Math.exp(high))})`;
    return `${when} ${ratio}${test.adjustedP < alpha ? '' : ', which is not beyond chance'}`;
  };
  return `within classes, an n-gram that leans one standard deviation further to the bad sentence goes with ${said('early', early, earlyTest)} and ${said('late', late, lateTest)}`;
}
