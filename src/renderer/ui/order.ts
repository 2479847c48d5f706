// The order of a table of classes.
export interface Order<Column extends string> {
  sort: Column;
  descending: boolean;
}

/** Rows by a column's value; those without one come last either way, equal ones by name. */
export function inOrder<Row extends { uid: string }, Column extends string>(
  rows: readonly Row[],
  { sort, descending }: Order<Column>,
  valueOf: Record<Column, (row: Row) => number | string | null>,
): Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [valueOf[sort](a), valueOf[sort](b)];
    const byName = a.uid.localeCompare(b.uid);
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName;
    return sign * (x < y ? -1 : x > y ? 1 : 0) || byName;
  });
}
