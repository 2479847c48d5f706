// What a sweep's gathered runs show together: curves with bands, entrenchment by condition, where variance comes from.
import { z } from 'zod';
import { returns } from './method.ts';
import type { AxisValue } from './sweeps.ts';
import { EntrenchmentRule, Measure, type Moment } from './trajectories.ts';

/** Runs that differ in their seed only. */
export interface Condition {
  /** Its values on the axes that vary, but for the seed: "corpus child, warmupSteps 20"; "all runs" where none does. */
  label: string;
  values: Record<string, AxisValue>;
  /** Gathered and scored under the suite and profile looked at. */
  runIds: number[];
}

/** A source's part of the variance of a class's accuracy; all parts add up to 1. */
export interface VariancePart {
  /** Name of an axis; `together`: axes that act together; `pairs`: which pairs the class happens to have. */
  source: string;
  share: number;
}

export interface SweepClass {
  classId: number;
  uid: string;
  phenomenon: string;
  /** Pairs scored in every run, at most. */
  pairs: number;
  /** Mean over runs at each one's last checkpoint. */
  accuracy: number;
  /** Standard deviation of that accuracy between seeds of one condition, pooled; null: no condition has two runs. */
  seedSd: number | null;
  /** Seeds for a mean that is known to ± the half-width asked for (95 %); null: no spread is known. */
  seedsNeeded: number | null;
  /** null: all runs agree and every pair is right, or wrong. */
  variance: VariancePart[] | null;
  /** By condition, in their order: in how many of how many runs the class is entrenched, and with which seeds. */
  entrenched: { count: number; of: number; seeds: AxisValue[] }[];
}

export interface SweepFindings {
  suiteId: number;
  suiteName: string;
  profile: string;
  /** What else the gathered runs are scored under. */
  choices: { suiteId: number; suiteName: string; profile: string }[];
  /** Names of axes whose values differ between the runs, the seed among them. */
  axes: string[];
  conditions: Condition[];
  /** Runs looked at, and those of the sweep that are not gathered or not scored so. */
  runs: number;
  missing: number;
  /** Whether every combination of values on those axes has the same number of runs; else parts of variance overlap. */
  balanced: boolean;
  rule: EntrenchmentRule;
  /** In words. */
  definition: string;
  classes: SweepClass[];
}

/** One condition's runs at the checkpoints that all of them have; NaN is never in it. */
export interface ConditionCurve {
  label: string;
  runs: number;
  moments: Moment[];
  mean: number[];
  /** Between runs, n − 1 in the denominator; 0 for one run. */
  sd: number[];
  low: number[];
  high: number[];
}

const sweep = {
  id: z.int().positive(),
  suiteId: z.int().positive().optional(),
  profile: z.string().max(60).optional(),
};

export const sweepFindingMethods = {
  /** null: no run of the sweep is gathered and scored. */
  'sweeps.findings': returns<SweepFindings | null>()(
    z.strictObject({
      ...sweep,
      rule: EntrenchmentRule.prefault({}),
      /** Of the 95 % interval that the mean over seeds shall have: points of accuracy. */
      halfWidth: z.number().min(0.001).max(0.5).default(0.02),
    }),
  ),
  /** Of one class, or (left out) the mean over classes. */
  'sweeps.curves': returns<ConditionCurve[]>()(
    z.strictObject({ ...sweep, classId: z.int().optional(), measure: Measure.default('accuracy') }),
  ),
};
