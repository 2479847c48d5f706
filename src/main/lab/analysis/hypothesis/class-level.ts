// Across classes: are those whose bigrams favour the bad sentence the ones that become entrenched?
import { z } from 'zod';
import type { Interval } from '../intervals.ts';
import { auc } from '../stats/effect-size.ts';
import { logistic, type LogisticFit } from '../stats/logistic.ts';
import {
  spearman,
  spearmanInterval,
  spearmanPermutation,
  type PermutationTest,
} from '../stats/spearman.ts';
import { mean, variance } from '../stats/centre.ts';

/** One class as the test sees it. */
export interface ClassEvidence {
  uid: string;
  phenomenon: string;
  /** How far its n-grams pull towards the bad sentence (`ngramBias`). */
  bias: number;
  entrenched: boolean;
  /** How much of training it spent in error, 0–1: what entrenchment is a threshold on. */
  timeWrong: number;
  /** By name: length difference, log frequency, human agreement, lexical identity, …; NaN where not known. */
  controls: Record<string, number>;
}

export const HypothesisParameters = z.object({
  /** What bias is correlated with: the share of training spent in error, or entrenched (1) or not (0). */
  outcome: z.enum(['timeWrong', 'entrenched']).default('timeWrong'),
  resamples: z.int().min(100).max(100_000).default(1_000),
  permutations: z.int().min(99).max(1_000_000).default(9_999),
  seed: z.int().min(0).max(0xffffffff).default(1),
  /** What the bootstrap draws, and robust errors are computed over: classes, or whole phenomena. */
  unit: z.enum(['class', 'phenomenon']).default('phenomenon'),
  /** Below which a p-value, corrected by Holm's method over the tests, is called evidence. */
  alpha: z.number().gt(0).lt(1).default(0.05),
});
export type HypothesisParameters = z.infer<typeof HypothesisParameters>;

export interface LeftOut {
  phenomenon: string;
  classes: number;
  /** Spearman's ρ, and the log odds for one SD of bias, without the classes of this phenomenon. */
  rho: number;
  estimate: number;
}

export interface ClassLevelResult {
  classes: number;
  entrenched: number;
  phenomena: number;
  rho: number;
  interval: Interval;
  permutation: PermutationTest;
  /** Log odds of being entrenched for one SD of bias; alone, and with the controls (each in SDs). */
  alone: LogisticFit;
  controlled: LogisticFit;
  leftOut: LeftOut[];
  /**
   * How well bias tells the entrenched classes of phenomena that the fit has not seen: area under the
   * curve over all classes; 0.5 is chance.
   */
  predictedAuc: number;
}

/** Classes without a finite bias or outcome are left out; so are, of the controlled fit, those without a control. */
export function classLevel(
  evidence: readonly ClassEvidence[],
  parameters: HypothesisParameters = HypothesisParameters.parse({}),
): ClassLevelResult {
  const classes = evidence.filter((c) => Number.isFinite(c.bias) && Number.isFinite(c.timeWrong));
  const phenomena = [...new Set(classes.map((c) => c.phenomenon))];
  const phenomenonOf = classes.map((c) => phenomena.indexOf(c.phenomenon));
  const clusters = parameters.unit === 'phenomenon' ? phenomenonOf : undefined;
  const bias = standardised(classes.map((c) => c.bias));
  const outcome = classes.map((c) => outcomeOf(c, parameters));
  const entrenched = classes.map((c) => Number(c.entrenched));
  const controls = Object.fromEntries(
    Object.keys(classes[0]?.controls ?? {}).map((name) => [
      name,
      standardised(classes.map((c) => c.controls[name] ?? NaN)),
    ]),
  );
  return {
    classes: classes.length,
    entrenched: entrenched.reduce((sum, e) => sum + e, 0),
    phenomena: phenomena.length,
    rho: spearman(bias, outcome),
    interval: spearmanInterval(bias, outcome, { ...parameters, clusters }),
    permutation: spearmanPermutation(bias, outcome, parameters),
    alone: logistic({ outcome: entrenched, predictors: { bias }, clusters }),
    controlled: logistic({ outcome: entrenched, predictors: { bias, ...controls }, clusters }),
    ...leaveOut(phenomena, phenomenonOf, bias, outcome, entrenched),
  };
}

const outcomeOf = (c: ClassEvidence, { outcome }: HypothesisParameters): number =>
  outcome === 'timeWrong' ? c.timeWrong : Number(c.entrenched);

/** Less their mean, over their standard deviation; what is not finite stays out of both. */
export function standardised(values: number[]): number[] {
  const finite = values.filter(Number.isFinite);
  const middle = mean(finite);
  const spread = Math.sqrt(variance(finite));
  return values.map((v) => (v - middle) / (spread > 0 ? spread : 1));
}

function leaveOut(
  phenomena: string[],
  phenomenonOf: number[],
  bias: number[],
  outcome: number[],
  entrenched: number[],
): Pick<ClassLevelResult, 'leftOut' | 'predictedAuc'> {
  const predicted = new Float64Array(bias.length);
  const leftOut = phenomena.map((phenomenon, left): LeftOut => {
    const kept = bias.map((_, i) => i).filter((i) => phenomenonOf[i] !== left);
    const pick = (values: number[]): number[] => kept.map((i) => values[i] as number);
    const fit = logistic({ outcome: pick(entrenched), predictors: { bias: pick(bias) } });
    const estimate = fit.terms[0]?.estimate ?? NaN;
    bias.forEach((b, i) => {
      if (phenomenonOf[i] === left) predicted[i] = fit.intercept + estimate * b;
    });
    return {
      phenomenon,
      classes: bias.length - kept.length,
      rho: spearman(pick(bias), pick(outcome)),
      estimate,
    };
  });
  const of = (value: number): Float64Array => predicted.filter((_, i) => entrenched[i] === value);
  return { leftOut, predictedAuc: auc(of(1), of(0)) };
}
