// The test over one set of classes as the window shows it: tables, one plain sentence, what it could have found.
import type { Figure, HypothesisSide, RegressionSummary } from '../../../../shared/ngram.ts';
import type { LogisticFit, LogisticTerm } from '../stats/logistic.ts';
import { detectableEffect, powerCurve, testHypothesis, type ClassEvidence, type HypothesisParameters, type PairEvidence, type PowerPoint } from './index.ts'; // prettier-ignore

/** Correlations at which power is simulated. */
const effects = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
/** Enough for a curve that is right to some ± 5 points. */
const simulations = 100;
const simulatedPermutations = 199;
const wantedPower = 0.8;

/** Takes seconds: the power curve one, the regressions over pairs more where there are many. */
export function hypothesisSide(
  classes: readonly ClassEvidence[],
  pairs: PairEvidence,
  parameters: HypothesisParameters,
): HypothesisSide {
  const { classLevel, pairLevel, tests, sentence } = testHypothesis(classes, pairs, parameters);
  const { alone, controlled, interval } = classLevel;
  const power = simulatedPower(classes, parameters);
  const detectable = detectableEffect(power, 'spearman', wantedPower);
  return {
    classes: classLevel.classes,
    phenomena: classLevel.phenomena,
    entrenched: classLevel.entrenched,
    pairs: pairLevel.pairs,
    sentence,
    detectableEffect: detectable,
    powerSentence: powerSentence(classLevel.classes, detectable, power),
    power,
    tests: tests.map(({ name, p, adjustedP }) => ({ name, p: known(p), adjustedP: known(adjustedP) })),
    rho: { value: known(classLevel.rho), low: known(interval.low), high: known(interval.high) },
    alone: regression(alone),
    controlled: regression(controlled),
    leftOut: classLevel.leftOut.map(({ phenomenon, classes: left, rho, estimate }) => ({ phenomenon, classes: left, rho: known(rho), oddsRatio: known(Math.exp(estimate)) })),
    predictedAuc: known(classLevel.predictedAuc),
    early: regression(pairLevel.early),
    late: regression(pairLevel.late),
    spreadNats: known(pairLevel.spreadNats),
  }; // prettier-ignore
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);

function regression(fit: LogisticFit): RegressionSummary {
  const { method, errors, rows, groups, clusters } = fit;
  const ratio = ({ name, p, ...term }: LogisticTerm): RegressionSummary['terms'][number] => ({ name, p: known(p), ...oddsRatio(term) }); // prettier-ignore
  return { terms: fit.terms.map(ratio), method, errors, rows, groups, clusters };
}

const oddsRatio = ({ estimate, low, high }: Omit<LogisticTerm, 'name' | 'p'>): Figure => ({
  value: known(Math.exp(estimate)),
  low: known(Math.exp(low)),
  high: known(Math.exp(high)),
});

function simulatedPower(
  classes: readonly ClassEvidence[],
  { alpha, seed }: HypothesisParameters,
): PowerPoint[] {
  const usable = classes.filter((c) => Number.isFinite(c.bias));
  if (usable.length < 4) return [];
  const bias = usable.map((c) => c.bias);
  const entrenchedShare = usable.filter((c) => c.entrenched).length / usable.length;
  // Each effect by itself, with the seed's own numbers.
  return effects.flatMap(
    (effect) =>
    powerCurve({ bias, entrenchedShare, effects: [effect], simulations, permutations: simulatedPermutations, alpha, seed }), // prettier-ignore
  );
}

function powerSentence(
  classes: number,
  detectable: number | null,
  power: readonly PowerPoint[],
): string {
  const last = power.at(-1);
  if (!last) return `With ${classes} classes nothing can be tested.`;
  if (detectable === null)
    return `With ${classes} classes even a correlation of ${last.effect} would be found in only ${Math.round(100 * last.spearman)} of 100 studies.`;
  return `With ${classes} classes a correlation of ${detectable.toFixed(2)} between bias and error would be found in ${100 * wantedPower} of 100 studies (simulated, classes independent), a smaller one less often.`;
}
