// The pair list of a class at a checkpoint: filtered, sorted, paged. A class is small enough to be
// looked at whole, which lets one sort by what no index could hold.
import type { labApi, Parsed } from '../../../../shared/api.ts';
import type { PairRow } from '../../../../shared/domain.ts';
import { courses } from '../../analysis/pair-courses.ts';
import { classNats } from '../../store/nats.ts';
import { listPairs } from '../../store/pairs.ts';
import type { Db } from '../../store/sql.ts';
import type { Found } from './selection.ts';

export type PairQuery = Pick<
  Parsed<typeof labApi, 'pairs.page'>,
  'classId' | 'sort' | 'text' | 'outcome' | 'lexical' | 'within' | 'offset' | 'limit'
>;

/** A page of a class's pairs in one scoring; total counts those that the filters keep. */
export function pagePairs(
  db: Db,
  { scorings, profile }: Found,
  scoringId: number,
  query: PairQuery,
): { total: number; rows: PairRow[] } {
  const kept = pairRows(db, scorings, scoringId, query.classId, profile.ties === 'good')
    .filter(filterOf(query, profile.ties === 'good'))
    .sort(comparators[query.sort]);
  return { total: kept.length, rows: kept.slice(query.offset, query.offset + query.limit) };
}

function pairRows(
  db: Db,
  scorings: Found['scorings'],
  scoringId: number,
  classId: number,
  tiesAreRight: boolean,
): PairRow[] {
  const nats = classNats(db, classId, scorings.map((s) => s.id)); // prettier-ignore
  const here = nats.get(scoringId);
  if (!here) return [];
  const trained = scorings.filter(({ id, step }) => step > 0 && nats.has(id));
  const deltas = trained.map(({ id }) => {
    const { good, bad } = nats.get(id) as typeof here;
    return good.map((g, i) => g - (bad[i] as number));
  });
  const course = courses(deltas, here.good.length, tiesAreRight);
  return listPairs(db, classId).flatMap((pair, i): PairRow[] => {
    const goodLogProbNats = here.good[i] ?? NaN;
    const badLogProbNats = here.bad[i] ?? NaN;
    if (Number.isNaN(goodLogProbNats)) return []; // not in the sample that was scored
    return [
      {
        pairRowId: pair.pairRowId,
        pairId: pair.pairId,
        good: pair.good,
        bad: pair.bad,
        goodLogProbNats,
        badLogProbNats,
        delta: goodLogProbNats - badLogProbNats,
        flips: course[i]?.flips ?? 0,
        firstWrongStep: trained[course[i]?.firstWrong ?? -1]?.step ?? null,
        lexicallyIdentical: pair.sameWords === 1,
      },
    ];
  });
}

function filterOf({ text, outcome, lexical, within }: PairQuery, tiesAreRight: boolean) {
  const wanted = text.toLowerCase();
  const outcomes: Record<PairQuery['outcome'], (delta: number) => boolean> = {
    all: () => true,
    right: (delta) => delta > 0 || (tiesAreRight && delta === 0),
    wrong: (delta) => delta < 0,
    tie: (delta) => !tiesAreRight && delta === 0,
  };
  return (row: PairRow): boolean =>
    outcomes[outcome](row.delta) &&
    (lexical === 'all' || row.lexicallyIdentical === (lexical === 'identical')) &&
    (!within || (lies(row.goodLogProbNats, within.good) && lies(row.badLogProbNats, within.bad))) &&
    (wanted === '' || row.good.toLowerCase().includes(wanted) || row.bad.toLowerCase().includes(wanted)); // prettier-ignore
}

const lies = (value: number, [low, high]: [number, number]): boolean => value >= low && value <= high; // prettier-ignore

type Comparator = (a: PairRow, b: PairRow) => number;
const byId: Comparator = (a, b) => a.pairRowId - b.pairRowId;
const up = (value: (row: PairRow) => number): Comparator => (a, b) => value(a) - value(b) || byId(a, b); // prettier-ignore
const down = (value: (row: PairRow) => number): Comparator => up((row) => -value(row));
const byText = (value: (row: PairRow) => string): Comparator => {
  const { compare } = new Intl.Collator('en');
  return (a, b) => compare(value(a), value(b)) || byId(a, b);
};
const words = ({ good }: PairRow): number => good.split(' ').length;
const flips = (row: PairRow): number => row.flips;

const comparators: Record<PairQuery['sort'], Comparator> = {
  delta: up((row) => row.delta),
  '-delta': down((row) => row.delta),
  pairId: byId,
  good: byText((row) => row.good),
  bad: byText((row) => row.bad),
  flips: up(flips),
  '-flips': down(flips),
  firstWrong: up((row) => row.firstWrongStep ?? Number.MAX_VALUE),
  '-firstWrong': up((row) => (row.firstWrongStep === null ? Number.MAX_VALUE : -row.firstWrongStep)), // prettier-ignore
  length: up(words),
  '-length': down(words),
};
