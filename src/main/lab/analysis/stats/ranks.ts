// Ranks, and the order that gives them.

/** Indexes of values from the smallest up; equal values in the order in which they came. */
export function sortedOrder(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number) || a - b,
  );
}

/** Ranks from 1; tied values share the mean of the ranks that they span. NaN where any is NaN. */
export function midranks(values: ArrayLike<number>): Float64Array {
  const n = values.length;
  const ranks = new Float64Array(n);
  for (let i = 0; i < n; i++) if (Number.isNaN(values[i])) return ranks.fill(NaN);
  const order = sortedOrder(values);
  for (let from = 0, to = 0; from < n; from = to) {
    while (to < n && values[order[to] as number] === values[order[from] as number]) to++;
    for (let k = from; k < to; k++) ranks[order[k] as number] = (from + 1 + to) / 2;
  }
  return ranks;
}
