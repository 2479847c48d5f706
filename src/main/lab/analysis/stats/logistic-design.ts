// Data of a logistic regression as one table, and its predictors centred within groups.
import { denseLabels } from './resample.ts';
import { cholesky } from './symmetric-matrix.ts';

export interface LogisticData {
  /** Outcome of each row: 0 or 1. */
  outcome: ArrayLike<number>;
  /** Predictors by name, one number a row; an intercept is always added. */
  predictors: Record<string, ArrayLike<number>>;
  /** Rows with the same number share an intercept of their own (classes); one for all where left out. */
  groups?: ArrayLike<number> | undefined;
  /** Rows with the same number may depend on one another: robust errors are computed over these. */
  clusters?: ArrayLike<number> | undefined;
}

export interface Design {
  rows: number;
  columns: number;
  y: Float64Array;
  /** Row-major [rows × columns]. */
  x: Float64Array;
  group: Uint32Array;
  groupCount: number;
  cluster: Uint32Array;
  clusterCount: number;
  groupsWithoutContrast: number;
}

export function makeDesign({ outcome, predictors, groups, clusters }: LogisticData): Design {
  const columns = Object.values(predictors);
  const finite = Array.from({ length: outcome.length }, (_, i) => i).filter(
    (i) => Number.isFinite(outcome[i]) && columns.every((c) => Number.isFinite(c[i])),
  );
  const groupOf = (i: number): number => groups?.[i] ?? 0;
  const seen = new Map<number, Set<number>>();
  for (const i of finite)
    seen.set(groupOf(i), (seen.get(groupOf(i)) ?? new Set()).add(outcome[i] as number));
  // With one intercept for all, a constant outcome is left to Firth; a group among others is dropped.
  const contrast = (i: number): boolean => groups === undefined || seen.get(groupOf(i))?.size === 2;
  const rows = finite.filter(contrast);
  const group = denseLabels(rows.map(groupOf));
  const cluster = denseLabels(rows.map((i) => clusters?.[i] ?? i));
  const x = new Float64Array(rows.length * columns.length);
  rows.forEach((i, at) => {
    columns.forEach((column, j) => (x[at * columns.length + j] = column[i] as number));
  });
  return {
    rows: rows.length,
    columns: columns.length,
    y: Float64Array.from(rows, (i) => outcome[i] as number),
    x,
    group: group.labels,
    groupCount: group.count,
    cluster: cluster.labels,
    clusterCount: cluster.count,
    groupsWithoutContrast: seen.size - group.count,
  };
}

/** Columns that vary within groups and are no sum of multiples of earlier ones. */
export function identified(design: Design, p: number): number[] {
  const even = new Float64Array(design.rows).fill(1);
  const kept: number[] = [];
  for (let column = 0; column < p; column++) {
    const tried = selectColumns(design, p, [...kept, column]);
    const information = within(tried, even).information;
    const lower = cholesky(information, kept.length + 1);
    const last = kept.length * (kept.length + 2);
    const size = squaredSize(design, column);
    const rest = lower ? (lower[last] as number) ** 2 : 0;
    if (rest > 1e-10 * Math.max(size, information[last] as number)) kept.push(column);
  }
  return kept;
}

function squaredSize(design: Design, column: number): number {
  let sum = 0;
  for (let i = 0; i < design.rows; i++) sum += (design.x[i * design.columns + column] as number) ** 2; // prettier-ignore
  return sum;
}

export function selectColumns(design: Design, p: number, kept: number[]): Design {
  const x = new Float64Array(design.rows * kept.length);
  for (let i = 0; i < design.rows; i++)
    kept.forEach((from, j) => (x[i * kept.length + j] = design.x[i * p + from] as number));
  return { ...design, columns: kept.length, x };
}

export interface Within {
  /** Predictors less their weighted mean in the row's group, row-major [rows × columns]. */
  centred: Float64Array;
  /** Weighted mean of each predictor in each group, row-major [groups × columns]. */
  middles: Float64Array;
  groupWeight: Float64Array;
  /** Information about the estimates once the groups' intercepts are profiled out. */
  information: Float64Array;
}

/** Absorbs intercepts: the information's block of the estimates is Σ w x̃ x̃ᵀ, x̃ centred in its group. */
export function within(
  { rows, columns: p, x, group, groupCount }: Design,
  weights: Float64Array,
): Within {
  const groupWeight = new Float64Array(groupCount);
  const middles = new Float64Array(groupCount * p);
  for (let i = 0; i < rows; i++) {
    const g = group[i] as number;
    const w = weights[i] as number;
    groupWeight[g] = (groupWeight[g] as number) + w;
    for (let j = 0; j < p; j++)
      middles[g * p + j] = (middles[g * p + j] as number) + w * (x[i * p + j] as number);
  }
  for (let g = 0; g < groupCount; g++)
    for (let j = 0; j < p; j++)
      middles[g * p + j] = (middles[g * p + j] as number) / (groupWeight[g] as number);
  const centred = new Float64Array(rows * p);
  const information = new Float64Array(p * p);
  for (let i = 0; i < rows; i++) {
    const w = weights[i] as number;
    for (let j = 0; j < p; j++) {
      const own = (x[i * p + j] as number) - (middles[(group[i] as number) * p + j] as number);
      centred[i * p + j] = own;
      for (let k = 0; k <= j; k++)
        information[j * p + k] =
          (information[j * p + k] as number) + w * own * (centred[i * p + k] as number);
    }
  }
  for (let j = 0; j < p; j++)
    for (let k = 0; k < j; k++) information[k * p + j] = information[j * p + k] as number;
  return { centred, middles, groupWeight, information };
}
