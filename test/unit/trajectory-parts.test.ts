// The pieces behind separation and evidence: templates, lengths, headline figures, clustered intervals.
import { describe, expect, it } from 'vitest';
import { lengthEvidence, sameWordCount } from '../../src/main/lab/analysis/class-evidence.ts';
import { courseOf, prepareClass } from '../../src/main/lab/analysis/entrenchment/course.ts';
import { headlineSide, type HeadlineClass } from '../../src/main/lab/analysis/headline.ts';
import { SeparationParameters, type ScoresOverTime } from '../../src/main/lab/analysis/separation/separation.ts'; // prettier-ignore
import {
  separationAt,
  withVerdicts,
} from '../../src/main/lab/analysis/separation/separation-at.ts';
import { templatesOf } from '../../src/main/lab/analysis/separation/templates.ts';
import { html, shown, table } from '../../src/main/lab/export/report/html.ts';
import { defaultEntrenchmentRule, defaultShapeRule, type Shape } from '../../src/shared/trajectories.ts'; // prettier-ignore
import { logAxis, randomNumbers, simulateClass } from '../property/analysis-simulation.ts';

const parameters = SeparationParameters.parse({ resamples: 400 });

describe('templates', () => {
  it('are frames that pairs share once rare words are left open', () => {
    const names = 'Ann Bob Cid Dan Eve Fay Gus Hal Ida Jim Kai Lea'.split(' ');
    const pairs = names.map((name, i) =>
      i < 6
        ? { good: `Who should ${name} hug?`, bad: `Who ${name} should hug?` }
        : { good: `These ${name} sing.`, bad: `This ${name} sing.` },
    );
    const { labels, count, diversity } = templatesOf(pairs);
    expect([...labels]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
    expect(count).toBe(2);
    expect(diversity).toBe(1);
    expect(templatesOf(pairs.map(() => ({ good: 'a b', bad: 'b a' }))).diversity).toBeNaN();
  });

  it('widen intervals where pairs of one template go together, as they should', () => {
    const { normal } = randomNumbers(4);
    const trials = 50;
    const rows = Array.from({ length: trials }, () => {
      const shift = Array.from({ length: 30 }, () => 2 * normal());
      const templates = Uint32Array.from({ length: 150 }, (_, i) => i % 30);
      const good = Float64Array.from(templates, (t) => (shift[t] as number) + 0.5 * normal());
      const tokens = new Float64Array(150).fill(5);
      const scores: ScoresOverTime = { uid: '', good: [good], bad: [new Float64Array(150)], goodTokens: tokens, badTokens: tokens, ties: 'apart', templates }; // prettier-ignore
      return separationAt(scores, Uint32Array.from(good.keys()), 0, parameters);
    });
    /** How often the interval has the truth, 0, in it. */
    const covers = (by: 'pairs' | 'template'): number =>
      rows.filter((row) => {
        const { low, high } = (by === 'pairs' ? row?.all.meanDelta : row?.byTemplate?.meanDelta) ?? { low: 1, high: 0 }; // prettier-ignore
        return (low ?? 1) < 0 && (high ?? 0) > 0;
      }).length / trials;
    // The definitions' own intervals draw pairs, whatever the templates.
    const axis = { steps: [1], tokensSeen: [1], wordsSeen: [1] };
    const shared: ScoresOverTime = { ...simulateClass(axis, { pairs: 60, course: () => -0.5 }, 1), templates: Uint32Array.from({ length: 60 }, (_, i) => i % 4) }; // prettier-ignore
    expect(prepareClass(1, shared, [1], parameters).separation.draws).toEqual(prepareClass(1, { ...shared, templates: undefined }, [1], parameters).separation.draws); // prettier-ignore
    expect(covers('template')).toBeGreaterThan(0.85);
    expect(covers('pairs')).toBeLessThan(0.7);
  });
});

describe('a class at one checkpoint', () => {
  const scores = (deltas: number[], good: number[], bad: number[]): ScoresOverTime => ({
    uid: '',
    good: [deltas.map((d) => d - 50)],
    bad: [deltas.map(() => -50)],
    goodTokens: good,
    badTokens: bad,
    ties: 'apart',
  });
  const all = Uint32Array.from({ length: 60 }, (_, i) => i);
  const { normal } = randomNumbers(8);
  const noise = Array.from(all, () => 0.3 * normal());

  it('has a badge where only length makes it right', () => {
    // The shorter sentence wins; of those as long as each other, the bad one does.
    const longer = Array.from(all, (i) => (i % 2 ? 10 : 8));
    const deltas = Array.from(all, (i) => (i % 2 ? -1 : 6) + (noise[i] as number));
    const row = separationAt(scores(deltas, Array.from(all, () => 10).map((t, i) => (i % 2 ? t : 6)), longer), all, 0, parameters); // prettier-ignore
    expect(row?.all.side).toBe(1);
    expect(row?.lengthMatched).toMatchObject({ pairs: 30, side: -1 });
    const [checked] = row ? withVerdicts([{ ...row, otherProfiles: [{ profile: 'minicons', side: 1 as const }] }]) : []; // prettier-ignore
    expect(checked?.disagreeing).toContain('length-matched');
    expect(checked?.disagreeing).not.toContain('profile minicons');
    expect(row?.byTemplate).toBeNull();
  });

  it('has no matched subset where no pair is, and nothing at all where it is not scored', () => {
    const uneven = scores(noise, Array.from(all, () => 4), Array.from(all, () => 5)); // prettier-ignore
    expect(separationAt(uneven, all, 0, parameters)?.lengthMatched).toBeNull();
    expect(separationAt(uneven, new Uint32Array(), 0, parameters)).toBeUndefined();
    const unscored = { ...uneven, good: [noise.map(() => NaN)] };
    expect(separationAt(unscored, all, 0, parameters)).toBeUndefined();
  });

  it('corrects p over the classes together', () => {
    const rows = [1, 0.4, 0.1].map((middle) => separationAt(scores(noise.map((d) => d + middle), [...all], [...all]), all, 0, parameters)); // prettier-ignore
    const checked = withVerdicts(
      rows.flatMap((row) => (row ? [{ ...row, otherProfiles: [] }] : [])),
    );
    checked.forEach(({ all: { p, pHolm } }) => expect(pHolm).toBeGreaterThanOrEqual(p ?? NaN));
    expect(checked[0]?.all.pHolm).toBeCloseTo(3 * (checked[0]?.all.p ?? NaN), 12);
  });
});

describe('length and words', () => {
  it('count how far they tell the sentences apart', () => {
    const tokens = { good: Float64Array.of(3, 4, 5, NaN), bad: Float64Array.of(4, 4, 6, 2) };
    expect(lengthEvidence(tokens)).toEqual({ shorter: 2 / 3, longer: 0, equal: 1 / 3, accuracy: 2.5 / 3 }); // prettier-ignore
    expect(lengthEvidence({ good: Float64Array.of(NaN), bad: Float64Array.of(1) })).toBeNull();
    expect(sameWordCount([{ good: 'a b.', bad: 'b, a' }, { good: 'a', bad: 'a b' }])).toBe(0.5); // prettier-ignore
  });
});

describe('the headline', () => {
  const one: HeadlineClass = { pairs: 100, right: 20, ties: 0, meanDeltaLow: -2, meanDeltaHigh: -1, entrenched: true, everWrong: true, recovered: false, shape: 'entrenched wrong' }; // prettier-ignore
  const fine: HeadlineClass = { ...one, right: 90, meanDeltaLow: 1, meanDeltaHigh: 2, entrenched: false, everWrong: true, recovered: true, shape: 'U' }; // prettier-ignore
  const chance: HeadlineClass = { ...fine, right: 50, meanDeltaLow: -1, everWrong: false, recovered: false }; // prettier-ignore

  it('counts classes, with Wilson’s intervals', () => {
    const side = headlineSide([one, fine, fine, chance]);
    expect(side).toMatchObject({ classes: 4, pairs: 400, wrong: { count: 1, of: 4, share: 0.25 }, significantlyWrong: { count: 1 }, entrenched: { count: 1 }, recovered: { count: 2, of: 3 } }); // prettier-ignore
    expect(side.wrong.low).toBeCloseTo(0.0456, 3); // R: prop.test(1, 4, correct = FALSE)
    expect(side.wrong.high).toBeCloseTo(0.6994, 3);
    expect(side.accuracy.value).toBeCloseTo(0.625);
    expect(side.shapes).toEqual([{ shape: 'entrenched wrong', classes: 1 }, { shape: 'U', classes: 3 }]); // prettier-ignore
  });

  it('says nothing that is not so of no classes', () => {
    expect(headlineSide([])).toMatchObject({ classes: 0, accuracy: { value: null }, wrong: { share: null } }); // prettier-ignore
    expect(headlineSide([chance]).sentence).toMatch(/No class was ever on the wrong side/);
  });
});

describe('courses of simulated classes (200 pairs, 40 a kind)', () => {
  const axis = logAxis();
  const question = { axis, rule: defaultEntrenchmentRule, shapeRule: defaultShapeRule, warmupSteps: 50 }; // prettier-ignore
  const kinds: [Shape, (share: number) => number][] = [
    ['entrenched wrong', (s) => (s < 0.004 ? 0.6 : -1.5)],
    ['rise', (s) => (s < 0.2 ? 0 : 2)],
    ['decline', (s) => (s < 0.15 ? 2.5 : -0.8)],
  ];
  it.each(kinds)('%s is found by rules in 19 of 20, on the segmented fit in 4 of 5', (shape, course) => {
    const rows = Array.from({ length: 40 }, (_, k) =>
      courseOf(prepareClass(k, simulateClass(axis, { pairs: 200, course }, 300 + k), Array.from(axis.steps), parameters), question),
    );
    const share = (is: (row: (typeof rows)[number]) => boolean): number => rows.filter(is).length / 40;
    expect(share((row) => row.shapeByRules === shape)).toBeGreaterThanOrEqual(0.95);
    expect(share((row) => row.shapeBySegments === shape)).toBeGreaterThanOrEqual(0.8);
    expect(share((row) => row.entrenched === (shape === 'entrenched wrong'))).toBeGreaterThanOrEqual(0.95);
    if (shape !== 'entrenched wrong') return;
    // The true onset is the first checkpoint at or after 0.4 % of the tokens.
    const truth = Array.from(axis.steps).find((step) => step >= 40) ?? 0;
    expect(share((row) => (row.onsetLowStep ?? Infinity) <= truth && truth <= (row.onsetHighStep ?? 0))).toBeGreaterThanOrEqual(0.9);
  }); // prettier-ignore
});

describe('a report’s HTML', () => {
  it('escapes what it is given, and writes numbers as a paper has them', () => {
    expect(html`<b>${'a<b & "c"'}${html`<i>${[1, null, 'x']}</i>`}</b>`.text).toBe('<b>a&lt;b &amp; &quot;c&quot;<i>1x</i></b>'); // prettier-ignore
    expect([shown(-1.23456), shown(12_345), shown(-0.0001)]).toEqual(['−1.235', '12,345', '0.000']);
    expect(table('t', ['a', 'b'], [[1, '<'], [null, 'y']]).text).toMatch(/<td class="n">–<\/td><td>y/); // prettier-ignore
  });
});
