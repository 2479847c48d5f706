// Agreement between annotators on classes.
import { expect, test } from 'vitest';
import { agreementReport } from '../../src/main/lab/analysis/votes.ts';

// Percent by hand; α = 1 − (n − 1)(n − Σo_cc) / (n² − n − Σn_c(n_c − 1)) and AC1 by their definitions, by hand.
const votes = [
  ['meaningful', 'meaningful'],
  ['meaningful', 'unsure'],
  ['not-meaningful', 'not-meaningful'],
  ['unsure', 'unsure'],
  ['meaningful'],
  [],
];

test('is of the classes with two votes or more', () => {
  const report = agreementReport(votes, ['ann', 'bob']);
  expect(report).toMatchObject({
    classes: 4,
    annotators: ['ann', 'bob'],
    percent: { value: 0.75 },
  });
  // 8 ratings: 3 meaningful, 3 unsure, 2 not meaningful; disagreement observed ¼, by chance (64 − 22) / 56.
  expect(report.alpha.value).toBeCloseTo(1 - 0.25 / ((64 - 22) / 56), 12);
  // Shares ⅜, ⅜, ¼ of three categories: chance agreement (15/64 + 15/64 + 12/64) / 2.
  const chance = (15 / 64 + 15 / 64 + 12 / 64) / 2;
  expect(report.ac1.value).toBeCloseTo((0.75 - chance) / (1 - chance), 12);
});

test('has intervals around the figures, the same each time', () => {
  const many = Array.from({ length: 40 }, (_, i) => votes[i % 4] ?? []);
  const report = agreementReport(many, ['ann', 'bob']);
  for (const { value, low, high } of [report.percent, report.alpha, report.ac1]) {
    expect(low).toBeLessThan(value ?? NaN);
    expect(high).toBeGreaterThan(value ?? NaN);
  }
  // A share of ¾ of 40: ±1.96 · √(¾ · ¼ / 40) = ±0.134.
  expect(report.percent.low).toBeCloseTo(0.75 - 0.134, 1);
  expect(agreementReport(many, ['ann', 'bob'])).toEqual(report);
});

test('is not defined without two votes on a class', () => {
  const none = { value: null, low: null, high: null };
  expect(agreementReport([['unsure'], []], ['ann'])).toEqual({ classes: 0, annotators: ['ann'], percent: none, alpha: none, ac1: none }); // prettier-ignore
});
