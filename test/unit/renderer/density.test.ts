// Densities of score distributions.
import { randomNormal } from 'd3';
import { expect, test } from 'vitest';
import { densities } from '../../../src/renderer/charts/density.ts';

const normal = (mean: number): number[] => {
  // A small linear congruential generator: the same numbers in every run.
  let state = 1;
  const random = randomNormal.source(() => (state = (state * 48271) % 2147483647) / 2147483647);
  const draw = random(mean, 3);
  return Array.from({ length: 2000 }, draw);
};

test('a density integrates to 1 and has its mode where the scores are', () => {
  const { at, good, bad } = densities(normal(-40), normal(-46));
  const step = (at[1] ?? 0) - (at[0] ?? 0);
  for (const [curve, mean] of [
    [good, -40],
    [bad, -46],
  ] as const) {
    expect(curve.reduce((sum, value) => sum + value * step, 0)).toBeCloseTo(1, 2);
    expect(Math.abs((at[curve.indexOf(Math.max(...curve))] ?? 0) - mean)).toBeLessThan(1);
    // The normal density's height, 1 / (3 √(2π)), a little lowered by smoothing
    expect(Math.max(...curve)).toBeGreaterThan(0.115);
    expect(Math.max(...curve)).toBeLessThan(0.14);
  }
});

test('identical scores still have a density', () => {
  const { good } = densities([-5, -5, -5], [-5, -5, -5]);
  expect(good.every(Number.isFinite)).toBe(true);
});
