// The x axis that charts share: steps, tokens or words, linear or logarithmic, checkpoint 0 included.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cellEdges,
  knownMetrics,
  momentAtStep,
  nearest,
  xScale,
  xTicks,
  type XAxis,
} from '../../../src/renderer/charts/x.ts';

const moment = (step: number) => ({ step, tokensSeen: step * 2048, wordsSeen: step * 1500 });
const steps = [0, 1, 2, 3, 5, 8, 11, 17, 26, 38, 58, 86, 130, 195, 292, 438, 657, 985, 1478, 2000];
const axis = (log: boolean, metric: XAxis['metric'] = 'steps'): XAxis => ({
  metric,
  log,
  moments: steps.map(moment),
});

test('a logarithmic axis has a place for checkpoint 0 and spaces decades evenly', () => {
  const x = xScale(axis(true), 600);
  const at = (step: number): number => x(moment(step));
  expect(at(0)).toBe(6);
  expect(at(2000)).toBe(594);
  // log1p: far from 0 a factor of ten is the same distance everywhere
  const early = at(1000) - at(100);
  const late = at(10_000) - at(1000);
  expect(late / early).toBeGreaterThan(0.98);
  expect(late / early).toBeLessThan(1.02);
});

test('tokens and words are proportional to steps, so every metric draws the same picture', () => {
  for (const log of [true, false])
    for (const metric of ['tokens', 'words'] as const) {
      const inSteps = xScale(axis(log), 500);
      const inMetric = xScale(axis(log, metric), 500);
      for (const step of steps)
        expect(inMetric(moment(step))).toBeCloseTo(inSteps(moment(step)), 6);
    }
});

test('the moment nearest to a moment’s own pixel is that moment', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(1e6), { minLength: 2, maxLength: 60 }),
      fc.boolean(),
      fc.integer({ min: 300, max: 2000 }),
      (someSteps, log, width) => {
        const moments = someSteps.sort((a, b) => a - b).map(moment);
        const each: XAxis = { metric: 'steps', log, moments };
        const x = xScale(each, width);
        for (const [i, one] of moments.entries()) {
          const found = moments[nearest(each, width, x(one))];
          // Moments on one pixel cannot be told apart.
          expect(Math.abs(x(found ?? moment(-1)) - x(moments[i] ?? moment(-1)))).toBeLessThan(1e-6);
        }
      },
    ),
  );
});

test('cells of a strip cover the width without gaps, each around its moment', () => {
  const edges = cellEdges(axis(true), 600);
  const x = xScale(axis(true), 600);
  expect(edges).toHaveLength(steps.length + 1);
  expect(edges[0]).toBe(0);
  expect(edges.at(-1)).toBe(600);
  steps.forEach((step, i) => {
    expect(edges[i]).toBeLessThan(x(moment(step)));
    expect(edges[i + 1]).toBeGreaterThan(x(moment(step)));
  });
});

test('ticks never come closer than their labels are wide', () => {
  for (const log of [true, false])
    for (const width of [120, 300, 900]) {
      const ticks = xTicks(axis(log), width);
      expect(ticks.length).toBeGreaterThan(0);
      for (let i = 1; i < ticks.length; i++)
        expect((ticks[i]?.at ?? 0) - (ticks[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(44);
    }
  expect(xTicks(axis(true), 900).map((tick) => tick.label)).toEqual([
    '0',
    '1',
    '10',
    '100',
    '1,000',
  ]);
});

test('a single checkpoint stands in the middle of its cell', () => {
  const one: XAxis = { metric: 'steps', log: true, moments: [moment(130)] };
  expect(xScale(one, 600)(moment(130))).toBe(300);
  expect(cellEdges(one, 600)).toEqual([0, 600]);
});

test('an axis may end with another run, whose last moment then stands at its end', () => {
  const longer = { ...axis(false), until: moment(4000) };
  const x = xScale(longer, 600);
  expect(x(moment(4000))).toBe(594);
  expect(x(moment(2000))).toBeCloseTo(300, 9);
  expect(nearest(longer, 600, 594)).toBe(steps.length - 1);
  expect(xScale({ ...axis(false), until: moment(5) }, 600)(moment(2000))).toBe(594);
});

test('a step between checkpoints has its share of tokens and words', () => {
  const moments = steps.map(moment);
  expect(momentAtStep(moments, 100)).toEqual(moment(100));
  expect(momentAtStep(moments, 86)).toEqual(moment(86));
  expect(momentAtStep(moments, 0)).toEqual(moment(0));
});

test('training time is counted in what is known of the run', () => {
  const at = (step: number, tokensSeen: number, wordsSeen: number) => ({ step, tokensSeen, wordsSeen }); // prettier-ignore
  expect(knownMetrics([at(0, 0, 0), at(10, 640, 500)])).toEqual(['steps', 'tokens', 'words']);
  expect(knownMetrics([at(1, 0, 1e6), at(2, 0, 2e6)])).toEqual(['steps', 'words']);
  expect(knownMetrics([at(80, 0, 0), at(900, 0, 0)])).toEqual(['steps']);
  expect(knownMetrics([at(0, 0, 0)])).toHaveLength(3); // before the first step nothing was seen
  expect(knownMetrics([at(1, 0, 0)])).toEqual(['steps']);
});
