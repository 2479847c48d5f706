// The hypothesis test on simulated studies: false positives at their nominal rate, power, words.
import { describe, expect, it } from 'vitest';
import { classLevel, standardised, type ClassEvidence } from '../../src/main/lab/analysis/hypothesis/class-level.ts'; // prettier-ignore
import { detectableEffect, HypothesisParameters, powerCurve, testHypothesis, type PairEvidence } from '../../src/main/lab/analysis/hypothesis/index.ts'; // prettier-ignore
import { pairLevel } from '../../src/main/lab/analysis/hypothesis/pair-level.ts';
import { countSigns, favours, ngramBias, signAgreement, splitByNgram } from '../../src/main/lab/analysis/ngrams/agreement.ts'; // prettier-ignore
import {
  separate,
  SeparationParameters,
} from '../../src/main/lab/analysis/separation/separation.ts';
import { logAxis, randomNumbers, simulateClass } from './analysis-simulation.ts';

// GARDENPATH_LONG=1: the whole power curve and 1,000 whole studies, printed (docs/validation.md); else what takes seconds.
const long = process.env.GARDENPATH_LONG === '1';
const simulations = 1_000;
/** Within so much of a nominal 5 %: four standard errors of a share over that many simulations. */
const tolerance = 4 * Math.sqrt((0.05 * 0.95) / simulations);
const quick = HypothesisParameters.parse({ resamples: 200, permutations: 499 });

/** Classes of 12 phenomena; `effect` correlates bias with the time in error. */
function simulateClasses(effect: number, seed: number, count = 67): ClassEvidence[] {
  const { normal } = randomNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const bias = normal();
    const error = effect * bias + Math.sqrt(1 - effect ** 2) * normal();
    return {
      uid: `class-${i}`,
      phenomenon: `phenomenon-${i % 12}`,
      bias,
      entrenched: error > 0.5,
      timeWrong: 1 / (1 + Math.exp(-error)),
      controls: { length: normal(), human: i === 3 ? NaN : normal() },
    };
  });
}

/** Pairs of classes that differ in how hard they are; `slope` is the log odds of an error for one nat. */
function simulatePairs(slope: number, seed: number, classes = 25, perClass = 40): PairEvidence {
  const { normal, uniform } = randomNumbers(seed);
  const classOf = Array.from({ length: classes * perClass }, (_, i) => i % classes);
  const hard = Array.from({ length: classes }, () => normal());
  const lean = hard.map((h) => h + normal());
  const ngramDelta = classOf.map((k) => (lean[k] as number) + normal());
  const delta = (): number[] =>
    classOf.map((k, i) => {
      const odds = (hard[k] as number) - slope * (ngramDelta[i] as number);
      return uniform() < 1 / (1 + Math.exp(-odds)) ? -1 : 1;
    });
  return { classOf, clusterOf: classOf, ngramDelta, earlyDelta: delta(), lateDelta: delta() };
}

describe('without an effect', () => {
  it(`the class-level tests have p < 0.05 in 5 % of ${simulations} simulations`, () => {
    const bias = simulateClasses(0, 1).map((c) => c.bias);
    const [none] = powerCurve({ bias, entrenchedShare: 0.3, effects: [0], simulations });
    expect(Math.abs((none?.spearman ?? NaN) - 0.05)).toBeLessThan(tolerance);
    // Wald's test of few outcomes is known to be on the careful side.
    expect(none?.logistic).toBeLessThan(0.05 + tolerance);
    expect(none?.logistic).toBeGreaterThan(0.015);
  });

  it(`the pair-level test has p < 0.05 in 5 % of ${simulations} simulations`, () => {
    let found = 0;
    for (let s = 0; s < simulations; s++)
      if ((pairLevel(simulatePairs(0, s, 25, 24)).early.terms[0]?.p ?? 1) < 0.05) found++;
    // Classes that differ in bias and difficulty together do not count: each has its own intercept.
    expect(Math.abs(found / simulations - 0.05)).toBeLessThan(tolerance);
  });

  it(`of all tests together, corrected, one is below 0.05 in no more than 5 % of ${long ? simulations : 60} studies`, () => {
    const studies = long ? simulations : 60;
    const least = Array.from(
      { length: studies },
      (_, s) => testHypothesis(simulateClasses(0, s), simulatePairs(0, s), quick).tests,
    );
    const share = (below: (tests: (typeof least)[number]) => boolean): number =>
      least.filter(below).length / studies;
    const family = share((tests) => tests.some((test) => test.adjustedP < 0.05));
    if (long) {
      console.log(`a corrected p < 0.05 without an effect: ${family} of ${studies} studies`);
      for (const [i, { name }] of (least[0] ?? []).entries())
        console.log(`  ${name}: p < 0.05 in ${share((tests) => (tests[i]?.p ?? 1) < 0.05)}`);
    }
    expect(family).toBeLessThan(0.05 + 4 * Math.sqrt((0.05 * 0.95) / studies));
  });
});

describe('with an effect', () => {
  const bias = simulateClasses(0, 1).map((c) => c.bias);

  it('power rises with it, and with the number of classes', () => {
    const effects = long ? [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6] : [0, 0.3, 0.5];
    const plan = { entrenchedShare: 0.3, effects, simulations: long ? 1_000 : 100 };
    const curve = powerCurve({ bias, ...plan });
    if (long) console.log('power, 67 classes, 30 % entrenched:', curve);
    const power = curve.map((point) => point.spearman);
    expect(power).toEqual(power.toSorted((a, b) => a - b));
    expect(power.at(-1)).toBeGreaterThan(0.9);
    const few = powerCurve({ bias: bias.slice(0, 20), ...plan });
    expect(few.at(-1)?.spearman).toBeLessThan(power.at(-1) as number);
    const detectable = detectableEffect(curve, 'spearman');
    expect(detectable).toBeGreaterThan(0.2);
    expect(detectable).toBeLessThan(0.5);
    expect(detectableEffect(curve.slice(0, 1), 'spearman')).toBeNull();
  });

  it('the pair level gives the odds that were put in', () => {
    const { early, spreadNats } = pairLevel(simulatePairs(0.8, 5, 40, 200));
    expect(spreadNats).toBeCloseTo(1, 1);
    expect(early.terms[0]?.low).toBeLessThan(0.8 * spreadNats);
    expect(early.terms[0]?.high).toBeGreaterThan(0.8 * spreadNats);
    expect(early.terms[0]?.p).toBeLessThan(1e-6);
  });

  it('the class level names the phenomenon that carries it', () => {
    // Bias and error go together in one phenomenon only.
    const classes = simulateClasses(0, 3).map((c) =>
      c.phenomenon === 'phenomenon-0' ? { ...c, bias: 4, timeWrong: 0.99, entrenched: true } : c,
    );
    const { rho, leftOut, predictedAuc } = classLevel(classes, quick);
    const without = leftOut.find((l) => l.phenomenon === 'phenomenon-0');
    expect(leftOut).toHaveLength(12);
    expect(Math.max(...leftOut.map((l) => rho - l.rho))).toBe(rho - (without?.rho ?? NaN));
    expect(predictedAuc).toBeGreaterThan(0);
    expect(predictedAuc).toBeLessThan(0.75);
  });
});

describe('a study in words', () => {
  it('says what was found, with the number of classes', () => {
    const result = testHypothesis(simulateClasses(0.7, 2), simulatePairs(1, 2), quick);
    expect(result.sentence).toMatch(
      /^Over 67 classes \(\d+ entrenched, 12 phenomena\), classes whose n-grams favour the bad sentence more spent more of training in error \(Spearman’s ρ = 0\.\d\d, 95 % interval .* corrected for 4 tests\); within classes, an n-gram that leans one standard deviation further to the bad sentence goes with early [23]\.\d\d times the odds of an error \(.*\) and late [23]\.\d\d times the odds of an error \(.*\)\.$/, // prettier-ignore
    );
    expect(result.classLevel.controlled.rows).toBe(66); // one class lacks human agreement
    expect(result.tests.every((t) => t.adjustedP >= t.p)).toBe(true);
  });

  it('claims nothing where nothing is shown', () => {
    const result = testHypothesis(simulateClasses(0, 4), simulatePairs(0, 4), quick);
    expect(result.sentence).toContain('it is not shown that n-gram bias and error go together');
    expect(result.sentence).toContain('which is not beyond chance');
  });

  it('says so where there is nothing to correlate', () => {
    const same = simulateClasses(0, 4).map((c) => ({ ...c, bias: 1 }));
    expect(testHypothesis(same, simulatePairs(0, 4), quick).sentence).toContain('cannot be correlated'); // prettier-ignore
    expect(testHypothesis([], simulatePairs(0, 4), quick).sentence).toContain('Over 0 classes');
  });

  it('standardises what is known only', () => {
    expect(standardised([1, NaN, 3])).toEqual([expect.closeTo(-Math.SQRT1_2), NaN, expect.closeTo(Math.SQRT1_2)]); // prettier-ignore
    expect(standardised([2, 2])).toEqual([0, 0]);
  });
});

describe('n-grams beside the model', () => {
  const axis = logAxis(5);
  const scores = simulateClass(axis, { pairs: 120, course: (s) => 2 * s, lastingSd: 1 }, 8);
  const separation = separate(scores, SeparationParameters.parse({ resamples: 100 }));
  const last = Float64Array.from({ length: 120 }, (_, i) => separation.deltas[i * 5 + 4] as number);

  it('agree wholly with themselves, and beyond chance only where they share more than their rates', () => {
    expect(signAgreement(countSigns(separation, last))[4]).toMatchObject({
      pairs: 120,
      share: 1,
      kappa: 1,
    });
    expect(signAgreement(countSigns(separation, last.map((d) => -d)))[4]?.share).toBe(0); // prettier-ignore
    const { normal } = randomNumbers(4);
    const unrelated = last.map(() => normal() + 1);
    const chance = signAgreement(countSigns(separation, unrelated))[4];
    expect(chance?.share).toBeGreaterThan(0.6);
    expect(Math.abs(chance?.kappa ?? NaN)).toBeLessThan(0.2);
    expect(signAgreement(countSigns(separation, last.map(() => 0)))[4]).toMatchObject({ pairs: 0, share: NaN }); // prettier-ignore
  });

  it('split a trajectory into the pairs that they favour, do not, and leave open', () => {
    const ngram = last.map((_, i) => [1, -1, 0.05][i % 3] as number);
    const { good, bad, neither } = splitByNgram(separation, ngram);
    expect([good.pairs, bad.pairs, neither.pairs]).toEqual([40, 40, 40]);
    const means = [good, bad, neither].map((s) => s.meanDelta[4] as number);
    expect((means[0] as number) + (means[1] as number) + (means[2] as number)).toBeCloseTo(3 * (separation.meanDelta[4] as number), 5); // prettier-ignore
    expect(splitByNgram(separation, ngram, 2).good.meanDelta[0]).toBeNaN();
  });

  it('have a bias of a sign that is positive towards the bad sentence', () => {
    expect(ngramBias([-1, -2, 0.05, 3], 'share')).toBeCloseTo(0.25);
    expect(ngramBias([-1, -2, 0], 'mean')).toBe(1);
    expect(ngramBias([-1, -2, 0], 'dz')).toBe(1);
    expect([favours(0.2), favours(-0.2), favours(0.1)]).toEqual([1, -1, 0]);
  });
});
