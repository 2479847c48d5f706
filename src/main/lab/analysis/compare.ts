// Two scorings of the same classes side by side: is their difference real?
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Profile } from '../../../shared/domain.ts';
import type { ClassComparison, ComparedSide } from '../../../shared/workbench.ts';
import type { ClassNats } from '../store/nats.ts';
import { bootstrapResamples, wilson, type Interval } from './intervals.ts';
import { holm, signTest } from './stats/multiple-tests.ts';
import { lanes, pairResamples, percentileInterval, resampledMeans } from './stats/resample.ts';
import { sideOf } from './separation/verdicts.ts';

interface Named {
  classId: number;
  uid: string;
  field: string;
  phenomenon: string;
}
/** A class's scores on both sides, pair by pair in the same order. */
export interface ClassInBoth extends Named {
  a: ClassNats;
  b: ClassNats;
}

export interface TieRules {
  a: Profile['ties'];
  b: Profile['ties'];
}

/**
 * Over the pairs that both sides scored; a class that has none is left out.
 * Gives way to others in between: a suite of a million pairs takes a second.
 */
export async function compareClasses(
  classes: AsyncIterable<ClassInBoth>,
  ties: TieRules,
): Promise<ClassComparison[]> {
  const differences: Float64Array[] = [];
  const rows: (Named & ReturnType<typeof compared>)[] = [];
  for await (const { a, b, ...named } of classes) {
    const deltas = deltasOfBoth(a, b);
    if (deltas.a.length === 0) continue;
    differences.push(deltas.b.map((delta, i) => delta - (deltas.a[i] as number)));
    rows.push({ ...named, ...compared(deltas, ties) });
  }
  const intervals = await meanIntervals(differences);
  const adjusted = holm(rows.map((row) => row.p));
  return rows.map((row, i) => ({
    ...row,
    difference: mean(differences[i] as Float64Array),
    low: intervals[i]?.low ?? NaN,
    high: intervals[i]?.high ?? NaN,
    pHolm: adjusted[i] ?? NaN,
  }));
}

type Deltas = Record<'a' | 'b', Float64Array>;

function deltasOfBoth(a: ClassNats, b: ClassNats): Deltas {
  const inA = new Float64Array(a.good.length);
  const inB = new Float64Array(a.good.length);
  let pairs = 0;
  for (let i = 0; i < a.good.length; i++) {
    const deltaA = (a.good[i] as number) - (a.bad[i] as number);
    const deltaB = (b.good[i] as number) - (b.bad[i] as number);
    if (Number.isNaN(deltaA) || Number.isNaN(deltaB)) continue;
    inA[pairs] = deltaA;
    inB[pairs++] = deltaB;
  }
  return { a: inA.subarray(0, pairs), b: inB.subarray(0, pairs) };
}

function compared(deltas: Deltas, ties: TieRules) {
  const isRight = (side: 'a' | 'b', i: number): boolean =>
    (deltas[side][i] as number) > 0 || (deltas[side][i] === 0 && ties[side] === 'good');
  const isWrong = (side: 'a' | 'b', i: number): boolean => (deltas[side][i] as number) < 0;
  const pairs = deltas.a.length;
  let rightInBOnly = 0;
  let rightInAOnly = 0;
  const right = { a: 0, b: 0 };
  for (let i = 0; i < pairs; i++) {
    right.a += Number(isRight('a', i));
    right.b += Number(isRight('b', i));
    if (isRight('b', i) && isWrong('a', i)) rightInBOnly++;
    if (isRight('a', i) && isWrong('b', i)) rightInAOnly++;
  }
  const a = sideFigures(deltas.a, right.a);
  const b = sideFigures(deltas.b, right.b);
  return {
    pairs,
    a,
    b,
    rightInBOnly,
    rightInAOnly,
    p: signTest(rightInBOnly, rightInAOnly),
    verdictChanged: sideOf(a.low, a.high, 0.5) !== sideOf(b.low, b.high, 0.5),
  };
}

const sideFigures = (deltas: Float64Array, right: number): ComparedSide => ({
  right,
  accuracy: right / deltas.length,
  ...wilson(right, deltas.length),
  meanDelta: mean(deltas),
});

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Percentile bootstrap intervals (95 %) of the mean of each set of values: those of `bootstrapMean`,
 * but that sets of one size share one draw, which makes dozens of classes a matter of milliseconds.
 */
async function meanIntervals(sets: readonly Float64Array[]): Promise<Interval[]> {
  const intervals = sets.map((): Interval => ({ low: NaN, high: NaN }));
  const bySize = Map.groupBy(sets.keys(), (k) => (sets[k] as Float64Array).length);
  for (const [size, members] of bySize) {
    const drawn = pairResamples(size, bootstrapResamples, 1);
    for (let from = 0; from < members.length; from += lanes) {
      const some = members.slice(from, from + lanes);
      const means = resampledMeans(drawn, some.map((k) => sets[k] as Float64Array)); // prettier-ignore
      some.forEach((k, column) => {
        const draws = Float64Array.from({ length: bootstrapResamples }, (_, r) => means[r * some.length + column] as number); // prettier-ignore
        intervals[k] = percentileInterval(draws);
      });
      await othersTurn();
    }
  }
  return intervals;
}
