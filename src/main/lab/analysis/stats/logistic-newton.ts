// Newton's method for a logistic regression with absorbed intercepts, plain or with Firth's penalty.
import { within, type Design, type Within } from './logistic-design.ts';
import { cholesky, choleskyInverse, choleskySolve, logDeterminant } from './symmetric-matrix.ts';

/** Newton steps within which a maximum that exists is reached (it takes fewer than ten). */
const maximumSteps = 30;
const tolerance = 1e-9;

export interface State {
  beta: Float64Array;
  alpha: Float64Array;
  chances: Float64Array;
  logLikelihood: number;
  /** What is maximised: the log likelihood, under Firth's method with its penalty. */
  objective: number;
  within: Within;
  lower: Float64Array;
}

export interface Solution extends State {
  inverse: Float64Array;
  firth: boolean;
}

function evaluate(
  design: Design,
  beta: Float64Array,
  alpha: Float64Array,
  firth: boolean,
): State | null {
  // prettier-ignore
  const { rows, columns: p, x, y, group } = design;
  const chances = new Float64Array(rows);
  const weights = new Float64Array(rows);
  let logLikelihood = 0;
  for (let i = 0; i < rows; i++) {
    let eta = alpha[group[i] as number] as number;
    for (let j = 0; j < p; j++) eta += (beta[j] as number) * (x[i * p + j] as number);
    chances[i] = 1 / (1 + Math.exp(-eta));
    // π (1 − π) and log π without cancellation where π is near 1.
    const other = 1 / (1 + Math.exp(eta));
    weights[i] = (chances[i] as number) * other;
    const signed = y[i] === 1 ? eta : -eta;
    logLikelihood -= signed > 0 ? Math.log1p(Math.exp(-signed)) : -signed + Math.log1p(Math.exp(signed)); // prettier-ignore
  }
  const inner = within(design, weights);
  const lower = cholesky(inner.information, p);
  if (!lower || !inner.groupWeight.every((w) => w > 0)) return null;
  const logInformation =
    logDeterminant(lower, p) + inner.groupWeight.reduce((sum, w) => sum + Math.log(w), 0);
  const objective = firth ? logLikelihood + logInformation / 2 : logLikelihood;
  return { beta, alpha, chances, logLikelihood, objective, within: inner, lower };
}

/** What of each outcome the model leaves; under Firth's method plus h (½ − π), h the row's leverage. */
function residuals(
  { rows, columns: p, y, group }: Design,
  state: State,
  firth: boolean,
): Float64Array {
  // prettier-ignore
  const { chances, within: inner, lower } = state;
  return Float64Array.from({ length: rows }, (_, i) => {
    const chance = chances[i] as number;
    if (!firth) return (y[i] as number) - chance;
    const own = inner.centred.subarray(i * p, (i + 1) * p);
    const spread = choleskySolve(lower, own).reduce((sum, v, j) => sum + v * (own[j] as number), 0);
    const leverage =
      chance * (1 - chance) * (spread + 1 / (inner.groupWeight[group[i] as number] as number));
    return (y[i] as number) - chance + leverage * (0.5 - chance);
  });
}

/** null where no finite maximum is found within `maximumSteps`. */
export function newton(design: Design, firth: boolean): Solution | null {
  const { rows, columns: p, group, groupCount } = design;
  if (rows === 0) return null;
  let state = evaluate(design, new Float64Array(p), new Float64Array(groupCount), firth);
  // Firth's estimate always exists, but its steps are short where data are separated.
  const steps = firth ? 20 * maximumSteps : maximumSteps;
  for (let step = 0; state && step < steps; step++) {
    const left = residuals(design, state, firth);
    const score = new Float64Array(p);
    const groupScore = new Float64Array(groupCount);
    for (let i = 0; i < rows; i++) {
      const g = group[i] as number;
      groupScore[g] = (groupScore[g] as number) + (left[i] as number);
      for (let j = 0; j < p; j++)
        score[j] = (score[j] as number) + (left[i] as number) * (state.within.centred[i * p + j] as number); // prettier-ignore
    }
    const betaStep = choleskySolve(state.lower, score);
    const { middles, groupWeight } = state.within;
    const alphaStep = groupScore.map(
      (s, g) => s / (groupWeight[g] as number) - betaStep.reduce((sum, b, j) => sum + b * (middles[g * p + j] as number), 0), // prettier-ignore
    );
    const length = Math.max(...betaStep.map(Math.abs), ...alphaStep.map(Math.abs));
    if (length < tolerance) return { ...state, inverse: choleskyInverse(state.lower, p), firth };
    state = halvedStep(design, state, betaStep, alphaStep, firth);
  }
  return null;
}

/** The longest of step, step/2, step/4 … that does not lower the objective. */
function halvedStep(
  design: Design,
  from: State,
  betaStep: Float64Array,
  alphaStep: Float64Array,
  firth: boolean,
): State | null {
  // prettier-ignore
  for (let scale = 1; scale > 1e-6; scale /= 2) {
    const beta = from.beta.map((b, j) => b + scale * (betaStep[j] as number));
    const alpha = from.alpha.map((a, g) => a + scale * (alphaStep[g] as number));
    const next = evaluate(design, beta, alpha, firth);
    if (next && next.objective >= from.objective - 1e-9 * Math.abs(from.objective)) return next;
  }
  return null;
}
