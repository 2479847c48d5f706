// Statistics against scipy, statsmodels, krippendorff and irrCAC (stats_reference.py wrote the figures).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wilson } from '../../src/main/lab/analysis/intervals.ts';
import { agreement } from '../../src/main/lab/analysis/stats/agreement.ts';
import { mean, median, trimmedMean } from '../../src/main/lab/analysis/stats/centre.ts';
import { auc, dPrime, pairedDz } from '../../src/main/lab/analysis/stats/effect-size.ts';
import { logistic, type LogisticFit } from '../../src/main/lab/analysis/stats/logistic.ts';
import { holm, signTest } from '../../src/main/lab/analysis/stats/multiple-tests.ts';
import { spearman, spearmanPermutation } from '../../src/main/lab/analysis/stats/spearman.ts';

interface Term {
  estimate: number;
  standardError: number;
  p: number;
  low: number;
  high: number;
}
interface Reference {
  signTest: { right: number; wrong: number; p: number }[];
  holm: { p: number[]; adjusted: number[] };
  effects: Record<string, Record<'mean' | 'median' | 'trimmed' | 'auc' | 'dz' | 'dPrime', number | null> & { good: number[]; bad: number[] }>; // prettier-ignore
  spearman: { x: number[]; y: number[]; rho: number; small: { x: number[]; y: number[]; rho: number; p: number } }; // prettier-ignore
  logistic: Record<
    'x1' | 'x2' | 'y' | 'cluster' | 'group' | 'groupedOutcome' | 'separatedOutcome',
    number[]
  > & {
    // prettier-ignore
    plain: { intercept: Term; x1: Term; x2: Term; logLikelihood: number };
    robust: { x1: Term; x2: Term };
    fixed: { x1: Term; x2: Term };
    firth: { estimates: number[]; errors: number[] };
    firthGrouped: { estimates: number[]; errors: number[] };
  };
  agreement: Record<string, { units: string[][]; alpha: number | null; ac1: number }>;
}
// Python writes an infinite number as Infinity, which JSON does not know.
const reference = JSON.parse(
  readFileSync(new URL('stats-reference.json', import.meta.url), 'utf8').replace(/\bInfinity\b/g, '1e999'), // prettier-ignore
) as Reference;

const near = (actual: number, expected: number | null, digits = 9): void => {
  if (expected === null) expect(actual).toBeNaN();
  else expect(actual).toBeCloseTo(expected, digits);
};

describe('tests', () => {
  it.each(reference.signTest)('sign test of $right right, $wrong wrong', ({ right, wrong, p }) => {
    expect(signTest(right, wrong) / p).toBeCloseTo(1, 9);
  });

  it('has the bounds of DESIGN for 1,000 pairs', () => {
    expect(signTest(468, 532)).toBeLessThan(0.05);
    expect(signTest(469, 531)).toBeGreaterThan(0.05);
    expect(signTest(446, 554)).toBeLessThan(0.05 / 67);
    expect(signTest(447, 553)).toBeGreaterThan(0.05 / 67);
    expect(signTest(0, 0)).toBe(1);
  });

  it('Holm, with ties and with a NaN that is no test', () => {
    const { p, adjusted } = reference.holm;
    holm(p).forEach((value, i) => near(value, adjusted[i] as number));
    const withGap = holm([...p, NaN]);
    expect(withGap.at(-1)).toBeNaN();
    adjusted.forEach((value, i) => near(withGap[i] as number, value));
  });

  it('Wilson as in Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29', () => {
    const rounded = (right: number, of: number): number[] =>
      Object.values(wilson(right, of)).map((v: number) => Number(v.toFixed(4)));
    expect(rounded(81, 263)).toEqual([0.2553, 0.3662]);
    expect(rounded(15, 148)).toEqual([0.0624, 0.1605]);
    expect(rounded(0, 20)).toEqual([0, 0.1611]);
    expect(rounded(1, 29)).toEqual([0.0061, 0.1718]);
  });
});

describe('effects', () => {
  it.each(Object.entries(reference.effects))('of %s', (_, { good, bad, ...expected }) => {
    const deltas = Float64Array.from(good, (g, i) => g - (bad[i] as number));
    const sorted = deltas.toSorted();
    near(mean(deltas), expected.mean);
    near(median(sorted), expected.median);
    near(trimmedMean(sorted), expected.trimmed);
    near(auc(good, bad), expected.auc);
    expect(pairedDz(deltas)).toEqual(
      Number.isFinite(expected.dz)
        ? expect.closeTo(expected.dz as number, 9)
        : (expected.dz ?? NaN),
    );
    near(dPrime(good, bad), expected.dPrime);
  });

  it('are NaN for no pairs and for a NaN among the scores', () => {
    for (const values of [[], [1, NaN, 3]]) {
      for (const effect of [
        mean(values),
        pairedDz(values),
        auc(values, values),
        dPrime(values, values),
      ])
        // prettier-ignore
        expect(effect).toBeNaN();
    }
    expect(median([])).toBeNaN();
    expect(trimmedMean(new Float64Array())).toBeNaN();
  });
});

describe('Spearman', () => {
  const { x, y, rho, small } = reference.spearman;

  it('with ties', () => near(spearman(x, y), rho));

  it('has the exact permutation p within its sampling error', () => {
    near(spearman(small.x, small.y), small.rho);
    const permutations = 20_000;
    const { pTwoSided, pGreater } = spearmanPermutation(small.x, small.y, { permutations });
    const fourErrors = 4 * Math.sqrt((small.p * (1 - small.p)) / permutations);
    expect(Math.abs(pTwoSided - small.p)).toBeLessThan(fourErrors);
    expect(pGreater).toBeLessThan(pTwoSided);
  });

  it('is NaN where nothing varies, for one point, and for NaN', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
    expect(spearman([1], [1])).toBeNaN();
    expect(spearman([1, NaN, 3], [1, 2, 3])).toBeNaN();
    expect(spearmanPermutation([1, 1, 1], [1, 2, 3]).pTwoSided).toBeNaN();
  });
});

describe('logistic regression', () => {
  const { x1, x2, y, cluster, group, groupedOutcome, separatedOutcome, ...expected } =
    reference.logistic;
  const predictors = { x1, x2 };
  const same = (fit: LogisticFit, terms: { x1: Term; x2: Term }): void => {
    for (const { name, ...term } of fit.terms)
      for (const key of ['estimate', 'standardError', 'p', 'low', 'high'] as const)
        near(term[key], terms[name as 'x1' | 'x2'][key], 6);
  };

  it('is statsmodels’ maximum likelihood', () => {
    const fit = logistic({ outcome: y, predictors });
    expect(fit.method).toBe('maximum likelihood');
    near(fit.logLikelihood, expected.plain.logLikelihood);
    near(fit.intercept, expected.plain.intercept.estimate, 7);
    same(fit, expected.plain);
  });

  it('has statsmodels’ CR1 errors on t', () => {
    const fit = logistic({ outcome: y, predictors, clusters: cluster });
    expect(fit).toMatchObject({ errors: 'CR1', clusters: 14 });
    same(fit, expected.robust);
  });

  it('absorbs intercepts of groups as dummies would, and drops a group without contrast', () => {
    const fit = logistic({ outcome: groupedOutcome, predictors, groups: group, clusters: cluster });
    expect(fit).toMatchObject({ groups: 3, groupsWithoutContrast: 1, rows: 140 });
    same(fit, expected.fixed);
  });

  it('falls back to Firth’s under separation', () => {
    const fit = logistic({ outcome: separatedOutcome, predictors });
    expect(fit.method).toBe('Firth');
    near(fit.intercept / (expected.firth.estimates[0] as number), 1, 3);
    fit.terms.forEach((term, j) => {
      near(term.estimate / (expected.firth.estimates[j + 1] as number), 1, 3);
      near(term.standardError / (expected.firth.errors[j + 1] as number), 1, 3);
    });
    const three = group.map((g, i) => (g === 9 ? NaN : (x1[i] as number)));
    const grouped = logistic({ outcome: separatedOutcome, predictors: { x1: three, x2 }, groups: group }); // prettier-ignore
    expect(grouped).toMatchObject({ method: 'Firth', groups: 3 });
    grouped.terms.forEach((term, j) =>
      near(term.estimate / (expected.firthGrouped.estimates[j] as number), 1, 3),
    );
  });

  it('under Firth’s gives a two-by-two table its log odds with half a case more in each cell', () => {
    const exposed = [...Array<number>(12).fill(1), ...Array<number>(9).fill(0)];
    const outcome = exposed.map((e, i) => (e === 1 ? 1 : Number(i % 3 === 0)));
    const fit = logistic({ outcome, predictors: { exposed } });
    expect(fit.method).toBe('Firth');
    near(fit.terms[0]?.estimate ?? NaN, Math.log(12.5 / 0.5 / (3.5 / 6.5)), 6);
  });

  it('says NaN of what the data cannot tell', () => {
    const twice = { x1, again: x1.map((v) => 2 * v + 1), constant: x1.map(() => 3), x2 };
    const fit = logistic({ outcome: y, predictors: twice });
    const [first, again, constant, second] = fit.terms;
    near(first?.estimate ?? NaN, expected.plain.x1.estimate, 6);
    near(second?.estimate ?? NaN, expected.plain.x2.estimate, 6);
    expect([again?.estimate, constant?.estimate]).toEqual([NaN, NaN]);
    expect(logistic({ outcome: [], predictors: { x: [] } }).terms[0]?.estimate).toBeNaN();
    const none = logistic({ outcome: [1, 1, 0, 0], predictors: { x: [1, 2, 3, 4] }, groups: [1, 1, 2, 2] }); // prettier-ignore
    expect(none).toMatchObject({ rows: 0, groupsWithoutContrast: 2 });
  });

  it('leaves out rows with NaN', () => {
    const fit = logistic({ outcome: [...y, 1], predictors: { x1: [...x1, NaN], x2: [...x2, 0] } });
    expect(fit.rows).toBe(y.length);
    same(fit, expected.plain);
  });
});

describe('agreement', () => {
  it.each(Object.entries(reference.agreement))('%s', (_, { units, alpha, ac1 }) => {
    const result = agreement(units);
    near(result.alpha, alpha);
    near(result.ac1, ac1, 4.3); // irrCAC rounds to five decimals
  });

  it('is NaN where no unit has two ratings', () => {
    expect(agreement([['a'], []])).toMatchObject({ alpha: NaN, ac1: NaN, units: 0 });
  });
});
