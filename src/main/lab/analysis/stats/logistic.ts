// Logistic regression with intercepts of groups absorbed, by Newton's method; Firth's where it must.
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import {
  identified,
  makeDesign,
  selectColumns,
  type Design,
  type LogisticData,
} from './logistic-design.ts';
import { newton, type Solution } from './logistic-newton.ts';

export interface LogisticTerm {
  name: string;
  /** Change of the log odds for a unit of the predictor; NaN where the data cannot tell it. */
  estimate: number;
  standardError: number;
  /** 95 % Wald interval. */
  low: number;
  high: number;
  p: number;
}

export interface LogisticFit {
  terms: LogisticTerm[];
  /** Of the first group; with one group, the intercept. */
  intercept: number;
  /**
   * `Firth`: maximum likelihood had no finite estimate (separation), so the likelihood was penalised by
   * Jeffreys' prior (Firth, "Bias reduction of maximum likelihood estimates", 1993).
   */
  method: 'maximum likelihood' | 'Firth';
  /**
   * `CR1`: sandwich over clusters times G/(G−1) · (n−1)/(n−k), compared with t on G − 1 degrees of
   * freedom (Cameron and Miller, "A practitioner's guide to cluster-robust inference", 2015).
   */
  errors: 'model' | 'CR1';
  logLikelihood: number;
  rows: number;
  groups: number;
  clusters: number;
  /** Groups left out since all their outcomes are the same: they say nothing within themselves. */
  groupsWithoutContrast: number;
}

/**
 * Fits log odds = intercept of the group + Σ estimate × predictor. Rows with a number that is not finite
 * are left out. Predictors that do not vary within groups, or repeat others, get NaN.
 */
export function logistic(data: LogisticData): LogisticFit {
  const names = Object.keys(data.predictors);
  const design = makeDesign(data);
  const kept = identified(design, names.length);
  const reduced = selectColumns(design, names.length, kept);
  const fit = newton(reduced, false) ?? newton(reduced, true);
  const terms = names.map((name) => noTerm(name));
  const k = kept.length + reduced.groupCount;
  const clustered = data.clusters !== undefined;
  if (fit) {
    const covariance = clustered ? clusterRobust(reduced, fit, k) : fit.inverse;
    const df = clustered ? reduced.clusterCount - 1 : Infinity;
    kept.forEach((column, j) => {
      const error = Math.sqrt(covariance[j * kept.length + j] as number);
      terms[column] = wald(names[column] as string, fit.beta[j] as number, error, df);
    });
  }
  return {
    terms,
    intercept: fit?.alpha[0] ?? NaN,
    method: fit?.firth ? 'Firth' : 'maximum likelihood',
    errors: clustered ? 'CR1' : 'model',
    logLikelihood: fit?.logLikelihood ?? NaN,
    rows: reduced.rows,
    groups: reduced.groupCount,
    clusters: reduced.clusterCount,
    groupsWithoutContrast: design.groupsWithoutContrast,
  };
}

const noTerm = (name: string): LogisticTerm => ({
  name,
  estimate: NaN,
  standardError: NaN,
  low: NaN,
  high: NaN,
  p: NaN,
});

function wald(name: string, estimate: number, error: number, df: number): LogisticTerm {
  if (df < 1) return { ...noTerm(name), estimate };
  const z = -Math.abs(estimate / error);
  const p = 2 * (df === Infinity ? normalCdf(z, 0, 1) : tCdf(z, df));
  const reach = (df === Infinity ? normalQuantile(0.975, 0, 1) : tQuantile(0.975, df)) * error;
  return { name, estimate, standardError: error, low: estimate - reach, high: estimate + reach, p };
}

/** The estimates' block of the sandwich, intercepts profiled out; see `LogisticFit.errors`. */
function clusterRobust(
  design: Design,
  { within: inner, inverse, chances }: Solution,
  k: number,
): Float64Array {
  // prettier-ignore
  const { rows, columns: p, y, cluster, clusterCount: G } = design;
  const scores = new Float64Array(G * p);
  for (let i = 0; i < rows; i++) {
    const at = (cluster[i] as number) * p;
    const left = (y[i] as number) - (chances[i] as number);
    for (let j = 0; j < p; j++)
      scores[at + j] = (scores[at + j] as number) + left * (inner.centred[i * p + j] as number);
  }
  const covariance = new Float64Array(p * p);
  const factor = (G / (G - 1)) * ((rows - 1) / (rows - k));
  for (let g = 0; g < G; g++) {
    const influence = new Float64Array(p);
    for (let j = 0; j < p; j++)
      for (let m = 0; m < p; m++)
        influence[j] = (influence[j] as number) + (inverse[j * p + m] as number) * (scores[g * p + m] as number); // prettier-ignore
    for (let j = 0; j < p; j++)
      for (let m = 0; m < p; m++)
        covariance[j * p + m] = (covariance[j * p + m] as number) + factor * (influence[j] as number) * (influence[m] as number); // prettier-ignore
  }
  return covariance;
}
