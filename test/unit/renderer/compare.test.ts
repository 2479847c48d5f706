import { describe, expect, test } from 'vitest';
import { compareRows, headline, outcomeOf, standing } from '../../../src/renderer/views/compare/finding.ts'; // prettier-ignore
import { firstSides, scoredSides } from '../../../src/renderer/views/compare/sides.ts';
import type { ClassComparison, ComparedSide } from '../../../src/shared/workbench.ts';

const side = (accuracy: number): ComparedSide => ({ right: 100 * accuracy, accuracy, low: accuracy - 0.1, high: accuracy + 0.1, meanDelta: 0 }); // prettier-ignore
const compared = (classId: number, a: number, b: number, pHolm: number): ClassComparison => ({
  classId,
  uid: `class_${classId}`,
  field: 'syntax',
  phenomenon: classId % 2 ? 'island_effects' : 'binding',
  pairs: 100,
  a: side(a),
  b: side(b),
  difference: b - a,
  low: b - a - 0.1,
  high: b - a + 0.1,
  rightInBOnly: b > a ? 30 : 2,
  rightInAOnly: b > a ? 2 : 30,
  p: pHolm / 3,
  pHolm,
  verdictChanged: standing(side(a)) !== standing(side(b)),
});
const better = compared(1, 0.3, 0.8, 0.001);
const worse = compared(2, 0.8, 0.75, 0.04);
const open = compared(3, 0.7, 0.8, 0.2);

test('a class is better in the side that is right on more pairs, unless that may be chance', () => {
  expect([better, worse, open].map(outcomeOf)).toEqual(['b', 'a', 'open']);
  expect(outcomeOf({ ...better, pHolm: 0.05 })).toBe('open');
});

test('a class stands where the interval of its accuracy lies', () => {
  expect([0.3, 0.45, 0.61].map((accuracy) => standing(side(accuracy)))).toEqual(['wrong', 'at chance', 'right']); // prettier-ignore
});

describe('the answer in a sentence', () => {
  test('counts the classes that differ either way, and what may be chance', () => {
    expect(headline([better, worse, open])).toEqual([
      'Yes, in 2 of 3 classes: B is right on more pairs in 1 and on fewer in 1.',
      'In the other 1 the difference may be chance.',
      'Mean accuracy over classes is .60 in A and .78 in B.',
      '1 class changes between right, at chance and wrong.',
    ]);
  });
  test('does not take chance for sameness', () => {
    expect(headline([open])[0]).toBe('Not shown to be: in none of 1 class is one side right on more pairs than chance would give.'); // prettier-ignore
    expect(headline([])).toEqual(['The two sides have no scored pairs in common.']);
  });
});

test('classes are filtered by every word of name and phenomenon, and sorted', () => {
  const of = (sort: 'difference' | 'pHolm', descending = false, filter = '') => compareRows([worse, open, better], { sort, descending, filter }).map((row) => row.classId); // prettier-ignore
  expect(of('difference')).toEqual([2, 3, 1]);
  expect(of('difference', true)).toEqual([1, 3, 2]);
  expect(of('pHolm', false, 'island effects')).toEqual([1, 3]);
  expect(of('pHolm', false, 'class 2')).toEqual([2]);
});

describe('the first proposal', () => {
  const scored = (suiteId: number, profile: string) => ({ suiteId, suiteName: '', profile, method: 'sentence' as const, checkpoints: 1, classes: 1 }); // prettier-ignore
  const sides = scoredSides([
    { id: 3, scored: [scored(1, 'gardenpath'), scored(1, 'lm-eval')] },
    { id: 2, scored: [scored(2, 'gardenpath')] },
    { id: 1, scored: [scored(1, 'gardenpath')] },
  ]);
  const where = (side: { runId: number; profile: string } | undefined) => [side?.runId, side?.profile]; // prettier-ignore

  test('is another run under the same profile against what one looks at', () => {
    const first = firstSides(sides, { runId: 3, suiteId: 1, profile: 'gardenpath' });
    expect([where(first?.a), where(first?.b)]).toEqual([
      [1, 'gardenpath'],
      [3, 'gardenpath'],
    ]);
  });
  test('is another profile where no run fits, and the same side where there is nothing else', () => {
    const first = firstSides(sides, { runId: 3, suiteId: 1, profile: 'lm-eval' });
    expect(where(first?.a)).toEqual([3, 'gardenpath']);
    const alone = firstSides(sides, { runId: 2, suiteId: 2, profile: 'gardenpath' });
    expect(alone?.a).toBe(alone?.b);
    expect(firstSides([], {})).toBeNull();
  });
});
