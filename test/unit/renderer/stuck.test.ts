// What the pages of issue D say of their rows: fates, order, intervals, and the runs an experiment asks for.
import { describe, expect, it } from 'vitest';
import type { EntrenchmentRow } from '../../../src/shared/trajectories.ts';
import { fateOf, onsetInterval, placeText, sortRows } from '../../../src/renderer/views/entrenchment/course.ts'; // prettier-ignore
import { runsOf, seedsOf } from '../../../src/renderer/views/hypothesis/edits.ts';
import { odds } from '../../../src/renderer/views/hypothesis/words.ts';

const at = (step: number) => ({ step, tokensSeen: step * 4_096, wordsSeen: step * 3_000 });
const row = (uid: string, part: Partial<EntrenchmentRow>): EntrenchmentRow => ({ classId: 1, uid, field: '', phenomenon: '', pairs: 10, entrenched: false, support: 0, onset: null, onsetLowStep: null, onsetHighStep: null, early: false, onsetInWarmup: false, held: null, depth: null, deepest: null, timeWrong: 0, flipsPerPair: 0, recovered: null, recoveryTokens: null, entrenchedPairs: 0, shape: 'rise', shapeByRules: 'rise', shapeBySegments: 'rise', override: null, segments: [], sides: [], value: [], low: [], high: [], accuracy: [], ...part }); // prettier-ignore

describe('what became of a class', () => {
  const rows = [
    row('never', {}),
    row('late', { onset: at(900) }),
    row('mended', { onset: at(10), early: true, recovered: at(100) }),
    row('unsure', { onset: at(10), early: true, entrenched: true, support: 0.6 }),
    row('sure', { onset: at(20), early: true, entrenched: true, support: 1 }),
    row('let go', { onset: at(10), early: true }),
  ];
  it('is said by the worst that holds', () => {
    expect(rows.map(fateOf)).toEqual(['never wrong', 'wrong later', 'recovered', 'entrenched', 'entrenched', 'early, not held']); // prettier-ignore
  });
  it('orders classes from the surest entrenched to those never wrong', () => {
    const names = (how: Parameters<typeof sortRows>[1]) => sortRows(rows, how).map(({ uid }) => uid); // prettier-ignore
    expect(names({ sort: 'fate', descending: false })).toEqual(['sure', 'unsure', 'let go', 'late', 'mended', 'never']); // prettier-ignore
    // Without an onset a class comes last either way.
    expect(names({ sort: 'onset', descending: true })).toEqual(['late', 'sure', 'let go', 'mended', 'unsure', 'never']); // prettier-ignore
  });
  it('has its place and interval in the unit of the axis', () => {
    const moments = [at(10), at(300)];
    const uncertain = row('x', { onset: at(10), onsetLowStep: 10, onsetHighStep: 300 });
    expect(onsetInterval(uncertain, moments, 'steps')).toBe('[10, 300]');
    expect(onsetInterval(uncertain, moments, 'tokens')).toBe('[41.0\u202fk, 1.2\u202fM]');
    expect(onsetInterval(row('x', { onsetLowStep: 10, onsetHighStep: 10 }), moments, 'steps')).toBe('[10]'); // prettier-ignore
    expect(onsetInterval(row('x', {}), moments, 'steps')).toBe('');
    expect(placeText(null, 'words')).toBe('–');
  });
});

describe('a plan', () => {
  it('trains the original, each edit and a control of each edit by bigrams from every seed', () => {
    expect(runsOf(['drop'], true, 3)).toBe(9);
    expect(runsOf(['drop'], false, 3)).toBe(6);
    expect(runsOf(['drop', 'shuffle-words'], true, 2)).toBe(8);
  });
  it('takes seeds as a list of whole numbers, each once', () => {
    expect(seedsOf('1, 2 2;3')).toEqual([1, 2, 3]);
    for (const text of ['', 'one', '1.5', '-1']) expect(seedsOf(text)).toBeNull();
  });
});

it('odds ratios are as exact as they are near 1', () => {
  expect([odds(1.234), odds(1202.4), odds(null)]).toEqual(['1.23', '1,202', '–']);
});
