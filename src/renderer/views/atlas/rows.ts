// The atlas as a list of rows: classes filtered, sorted and under their group's heading.
import { group, mean } from 'd3';
import type { ClassRow } from '../../../shared/domain.ts';
import { classFilter } from '../../filter/class-filter.ts';

export type Sort = 'name' | 'accuracy' | 'meanDelta' | 'finalAccuracy' | 'worstAccuracy' | 'timeWrong' | 'shape' | 'human' | 'judgement'; // prettier-ignore
export const sortNames: { value: Sort; label: string }[] = [
  { value: 'name', label: 'name' },
  { value: 'accuracy', label: 'accuracy at the cursor' },
  { value: 'meanDelta', label: 'mean Δ at the cursor' },
  { value: 'finalAccuracy', label: 'final accuracy' },
  { value: 'worstAccuracy', label: 'worst accuracy' },
  { value: 'timeWrong', label: 'time wrong' },
  { value: 'shape', label: 'trajectory shape' },
  { value: 'human', label: 'human agreement' },
  { value: 'judgement', label: 'judgement' },
];
export const sorts: readonly Sort[] = sortNames.map(({ value }) => value);
export type Grouping = 'phenomenon' | 'field' | 'none';

export interface AtlasOrder {
  group: Grouping;
  sort: Sort;
  descending: boolean;
  filter: string;
}

export type AtlasRow =
  | { kind: 'heading'; name: string; classes: number; accuracy: number }
  | { kind: 'class'; row: ClassRow };

/**
 * Classes are sorted within their groups, and the groups by their first class; by name, both are
 * alphabetical. Classes without the value sorted by (no human figure, no judgement) come last either way.
 */
export function atlasRows(classes: ClassRow[], order: AtlasOrder): AtlasRow[] {
  const kept = classes.filter(classFilter(order.filter, classes).keeps);
  const sorted = kept.sort(comparator(order));
  if (order.group === 'none') return sorted.map((row) => ({ kind: 'class', row }));
  const nameOf = order.group === 'field' ? (row: ClassRow) => row.field : (row: ClassRow) => row.phenomenon; // prettier-ignore
  const groups = [...group(sorted, nameOf)];
  if (order.sort === 'name') {
    groups.sort(([a], [b]) => a.localeCompare(b));
    if (order.descending) groups.reverse();
  }
  return groups.flatMap(([name, rows]): AtlasRow[] => [
    { kind: 'heading', name: words(name), classes: rows.length, accuracy: mean(rows, (row) => row.accuracy) ?? NaN }, // prettier-ignore
    ...rows.map((row): AtlasRow => ({ kind: 'class', row })),
  ]);
}

function comparator({ sort, descending }: AtlasOrder): (a: ClassRow, b: ClassRow) => number {
  const sign = descending ? -1 : 1;
  const byName = (a: ClassRow, b: ClassRow): number => a.uid.localeCompare(b.uid);
  if (sort === 'name') return (a, b) => sign * byName(a, b);
  const value = (row: ClassRow): number | string | null =>
    sort === 'judgement' ? (row.judgement?.verdict ?? null) : row[sort];
  return (a, b) => {
    const x = value(a);
    const y = value(b);
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName(a, b);
    return sign * (x < y ? -1 : x > y ? 1 : 0) || byName(a, b);
  };
}

/** An identifier as words: `subject_verb_agreement` → "subject verb agreement". */
export const words = (identifier: string): string => identifier.replaceAll('_', ' ');
