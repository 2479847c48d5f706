// What a sweep's gathered runs show together.
import type { Handlers, labApi } from '../../../../shared/api.ts';
import type { Condition, ConditionCurve, SweepClass, SweepFindings, sweepFindingMethods } from '../../../../shared/sweep-findings.ts'; // prettier-ignore
import type { AxisValue } from '../../../../shared/sweeps.ts';
import type { EntrenchmentRule, Measure } from '../../../../shared/trajectories.ts';
import { pooledSd, seedsNeeded, spread } from '../../analysis/between-runs/seeds.ts';
import { isBalanced, varianceSplit } from '../../analysis/between-runs/variance-split.ts';
import { describeEntrenchment } from '../../analysis/entrenchment/entrenchment-rule.ts';
import {
  figuresEntrenchment,
  wrongSide,
} from '../../analysis/entrenchment/figures-entrenchment.ts';
import { mean } from '../../analysis/stats/centre.ts';
import {
  classCountsOf,
  classesBelow,
  meanFigureOf,
  mostlyWrongOf,
} from '../../store/between-runs.ts';
import { listClasses } from '../../store/classes.ts';
import { listScored, listScorings, type Scored, type Scoring } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';
import { getSweep, listSweepRuns } from '../../store/sweeps.ts';
import { readable, type Lab } from '../lab.ts';

type FindingMethod = keyof typeof sweepFindingMethods;

interface ScoredRun {
  runId: number;
  values: Record<string, AxisValue>;
  scorings: Scoring[];
}

interface Gathered {
  chosen: Scored;
  choices: SweepFindings['choices'];
  runs: ScoredRun[];
  axes: string[];
  conditions: Condition[];
  missing: number;
}

export const sweepFindingHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, FindingMethod> => ({
  'sweeps.findings': ({ id, rule, halfWidth, ...selection }) => {
    const db = readable(lab);
    const found = gatheredRuns(db, id, selection);
    return found && findings(db, found, rule, halfWidth);
  },
  'sweeps.curves': ({ id, classId, measure, ...selection }) => {
    const db = readable(lab);
    const found = gatheredRuns(db, id, selection);
    return found ? curves(db, found, classId, measure) : [];
  },
});

/** The runs of a sweep that are scored under a suite and profile (left out: those of its first run); null: none is. */
function gatheredRuns(
  db: Db,
  id: number,
  selection: { suiteId?: number | undefined; profile?: string | undefined },
): Gathered | null {
  const { id: sweepId } = getSweep(db, id);
  const all = listSweepRuns(db, sweepId);
  const scored = all.flatMap(({ runId, values }) => (runId === null ? [] : [{ runId, values, scored: listScored(db, runId) }])); // prettier-ignore
  const known = new Map(scored.flatMap((one) => one.scored).map((one) => [`${one.suiteId} ${one.profile}`, one])); // prettier-ignore
  const choices = [...known.values()];
  const { suiteId, profile } = selection;
  const chosen = choices.find((one) => (suiteId ?? one.suiteId) === one.suiteId && (profile ?? one.profile) === one.profile) ?? choices[0]; // prettier-ignore
  if (!chosen) return null;
  const runs = scored
    .map(({ runId, values }) => ({
      runId,
      values,
      scorings: listScorings(db, runId, chosen.suiteId, chosen.profileId),
    })) // prettier-ignore
    .filter(({ scorings }) => scorings.length > 0);
  const names = Object.keys(runs[0]?.values ?? {});
  const axes = names.filter((name) => new Set(runs.map(({ values }) => values[name])).size > 1);
  const others = axes.filter((name) => name !== 'seed');
  const labelOf = ({ values }: ScoredRun): string => others.map((name) => `${name} ${values[name]}`).join(', ') || 'all runs'; // prettier-ignore
  const conditions = [...Map.groupBy(runs, labelOf)].map(([label, list]): Condition => {
    const values = Object.fromEntries(others.map((name) => [name, list[0]?.values[name] as AxisValue])); // prettier-ignore
    return { label, values, runIds: list.map(({ runId }) => runId) };
  });
  return {
    chosen,
    choices: choices.map(({ suiteId, suiteName, profile }) => ({ suiteId, suiteName, profile })),
    runs,
    axes,
    conditions,
    missing: all.length - runs.length,
  };
}

function findings(
  db: Db,
  { chosen, choices, runs, axes, conditions, missing }: Gathered,
  rule: EntrenchmentRule,
  halfWidth: number,
): SweepFindings {
  const counts = classCountsOf(db);
  const wrong = wrongClasses(db, rule);
  const byRun = new Map(runs.map((run) => {
    const last = new Map(counts(run.scorings.at(-1)?.id ?? 0).map(([classId, ...count]) => [classId, count]));
    return [run.runId, { ...run, last, entrenched: entrenchedIn(run, wrong, rule) }];
  })); // prettier-ignore
  const inConditions = conditions.map(({ runIds }) => runIds.flatMap((id) => byRun.get(id) ?? []));
  const all = [...byRun.values()];
  const classes = listClasses(db, chosen.suiteId).flatMap(({ classId, uid, phenomenon }): SweepClass[] => {
    const of = (list: typeof all) => list.flatMap(({ values, last }) => {
      const [pairs, right] = last.get(classId) ?? [0, 0];
      return pairs > 0 ? [{ values, accuracy: right / pairs, pairs }] : [];
    });
    const outcomes = of(all);
    if (outcomes.length === 0) return [];
    const seedSd = pooledSd(inConditions.map((list) => of(list).map(({ accuracy }) => accuracy)));
    const entrenched = inConditions.map((list) => {
      const known = list.filter(({ last }) => last.has(classId));
      const stuck = known.filter(({ entrenched }) => entrenched.has(classId));
      return { count: stuck.length, of: known.length, seeds: stuck.map(({ values, runId }) => values['seed'] ?? runId) }; // prettier-ignore
    });
    return [{
      classId, uid, phenomenon, seedSd, entrenched,
      pairs: Math.max(...outcomes.map(({ pairs }) => pairs)),
      accuracy: mean(outcomes.map(({ accuracy }) => accuracy)),
      seedsNeeded: seedSd === null ? null : seedsNeeded(seedSd, halfWidth),
      variance: varianceSplit(outcomes, axes),
    }];
  }); // prettier-ignore
  const { suiteId, suiteName, profile } = chosen;
  return { suiteId, suiteName, profile, choices, axes, conditions, runs: runs.length, missing, balanced: isBalanced(runs, axes), rule, definition: describeEntrenchment(rule), classes }; // prettier-ignore
}

/** The classes of a scoring that are on the wrong side. */
function wrongClasses(db: Db, rule: EntrenchmentRule): (scoringId: number) => number[] {
  const side = wrongSide(rule);
  if (side.measure === 'meanDelta') return classesBelow(db, side);
  const mostlyWrong = mostlyWrongOf(db);
  return (id) => mostlyWrong(id).filter(([, pairs, right]) => side.isWrong(right, pairs)).map(([classId]) => classId); // prettier-ignore
}

/** The classes that are entrenched in a run. */
function entrenchedIn(
  { scorings }: ScoredRun,
  wrong: (scoringId: number) => number[],
  rule: EntrenchmentRule,
): Set<number> {
  const sides = new Map<number, Int8Array>();
  for (const [c, { id }] of scorings.entries())
    for (const classId of wrong(id)) {
      const known = sides.get(classId) ?? new Int8Array(scorings.length);
      known[c] = -1;
      sides.set(classId, known);
    }
  const axis = {
    steps: scorings.map((s) => s.step),
    tokensSeen: scorings.map((s) => s.tokensSeen),
    wordsSeen: scorings.map((s) => s.wordsSeen),
  };
  const isEntrenched = figuresEntrenchment(axis, rule);
  return new Set([...sides].filter(([, one]) => isEntrenched(one)).map(([classId]) => classId));
}

function curves(
  db: Db,
  { runs, conditions }: Gathered,
  classId: number | undefined,
  measure: Measure,
): ConditionCurve[] {
  const valueAt = meanFigureOf(db, measure, classId);
  const byId = new Map(runs.map((run) => [run.runId, run]));
  return conditions.map(({ label, runIds }) => {
    const list = runIds.flatMap((id) => byId.get(id) ?? []);
    const values = list.map(
      ({ scorings }) => new Map(scorings.map(({ id, step }) => [step, valueAt(id)])),
    );
    const moments = (list[0]?.scorings ?? []).filter(({ step }) => values.every((of) => !Number.isNaN(of.get(step) ?? NaN))); // prettier-ignore
    const spreads = moments.map(({ step }) => spread(values.map((of) => of.get(step) as number)));
    return {
      label,
      runs: list.length,
      moments: moments.map(({ step, tokensSeen, wordsSeen }) => ({ step, tokensSeen, wordsSeen })),
      mean: spreads.map((one) => one.mean),
      sd: spreads.map((one) => one.sd),
      low: spreads.map((one) => one.low),
      high: spreads.map((one) => one.high),
    };
  });
}
