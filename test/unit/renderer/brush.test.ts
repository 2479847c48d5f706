// The rectangle of a brush stays inside its plot, whatever moves it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { between, moved, resized, type Range } from '../../../src/renderer/charts/brush.ts';

const domain: Range = [-40, -10];

test('corners may be given in any order, and may lie outside', () => {
  expect(between([-20, -30], [-60, -15], domain)).toEqual({ x: [-40, -20], y: [-30, -15] });
});

test('moving keeps its size and stops at the edge', () => {
  const brush = between([-30, -30], [-25, -20], domain);
  expect(moved(brush, 2, -3, domain)).toEqual({ x: [-28, -23], y: [-33, -23] });
  expect(moved(brush, 100, -100, domain)).toEqual({ x: [-15, -10], y: [-40, -30] });
});

test('moved and resized rectangles lie inside, low before high', () => {
  const by = fc.double({ min: -50, max: 50, noNaN: true });
  fc.assert(
    fc.property(by, by, by, by, (dx, dy, ex, ey) => {
      const start = between([-30, -30], [-25, -20], domain);
      for (const { x, y } of [moved(resized(start, dx, dy, domain), ex, ey, domain)])
        for (const [low, high] of [x, y]) {
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(domain[0] - 1e-9);
          expect(high).toBeLessThanOrEqual(domain[1] + 1e-9);
        }
    }),
  );
});
