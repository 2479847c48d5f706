// How often the class-level test would find an effect of a given size, by simulation.
import { seededUint32 } from '../random.ts';
import { logistic } from '../stats/logistic.ts';
import { spearmanPermutation } from '../stats/spearman.ts';
import { standardised } from './class-level.ts';

export interface PowerPoint {
  /** Correlation, across classes, of bias with what decides on entrenchment; 0 is no effect. */
  effect: number;
  /** Share of simulations in which the permutation test of Spearman's ρ has p < alpha (two-sided). */
  spearman: number;
  /** The same of the logistic regression of entrenched on bias. */
  logistic: number;
}

export interface PowerPlan {
  /** Of the study's classes, as they are. */
  bias: readonly number[];
  /** Share of classes entrenched. */
  entrenchedShare: number;
  effects?: readonly number[];
  simulations?: number;
  permutations?: number;
  alpha?: number;
  seed?: number;
}

/**
 * In each simulation a class's time in error is effect × its bias (standardised) + √(1 − effect²) × noise
 * (standard normal), and the highest `entrenchedShare` of classes are entrenched. At effect 0 the shares are
 * the false-positive rates. Classes are simulated as independent of one another.
 */
export function powerCurve({
  bias,
  entrenchedShare,
  effects = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
  simulations = 200,
  permutations = 499,
  alpha = 0.05,
  seed = 1,
}: PowerPlan): PowerPoint[] {
  const x = standardised([...bias]);
  const normal = seededNormal(seed);
  const marked = Math.round(entrenchedShare * x.length);
  return effects.map((effect) => {
    let [bySpearman, byLogistic] = [0, 0];
    for (let s = 0; s < simulations; s++) {
      const error = x.map((b) => effect * b + Math.sqrt(1 - effect ** 2) * normal());
      const threshold = error.toSorted((a, b) => b - a)[marked - 1] ?? Infinity;
      const test = spearmanPermutation(x, error, { permutations, seed: seed + s });
      if (test.pTwoSided < alpha) bySpearman++;
      const outcome = error.map((e) => Number(e >= threshold));
      const [term] = logistic({ outcome, predictors: { bias: x } }).terms;
      if ((term?.p ?? 1) < alpha) byLogistic++;
    }
    return { effect, spearman: bySpearman / simulations, logistic: byLogistic / simulations };
  });
}

/** The least of effects at which the power reaches a level, between points by a straight line; null: none. */
export function detectableEffect(
  curve: readonly PowerPoint[],
  by: 'spearman' | 'logistic',
  level = 0.8,
): number | null {
  // prettier-ignore
  for (let k = 1; k < curve.length; k++) {
    const [below, above] = [curve[k - 1] as PowerPoint, curve[k] as PowerPoint];
    if (above[by] < level) continue;
    if (below[by] >= level) return below.effect;
    const along = (level - below[by]) / (above[by] - below[by]);
    return below.effect + along * (above.effect - below.effect);
  }
  return null;
}

/** Standard normal numbers by Box and Muller. */
export function seededNormal(seed: number): () => number {
  const next = seededUint32(seed);
  const uniform = (): number => (next() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
