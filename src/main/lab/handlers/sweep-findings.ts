// What a sweep's gathered runs show together.
import type { Handlers, labApi } from '../../../shared/api.ts';
import type { Condition, ConditionCurve, SweepClass, SweepFindings, sweepFindingMethods } from '../../../shared/sweep-findings.ts'; // prettier-ignore
import type { AxisValue } from '../../../shared/sweeps.ts';
import type { EntrenchmentRule, Measure } from '../../../shared/trajectories.ts';
import { pooledSd, seedsNeeded, spread } from '../analysis/between-runs/seeds.ts';
import { isBalanced, varianceSplit } from '../analysis/between-runs/variance-split.ts';
import { describeEntrenchment } from '../analysis/entrenchment/entrenchment-rule.ts';
import { figuresEntrenchment, type StoredFigures } from '../analysis/entrenchment/figures-entrenchment.ts'; // prettier-ignore
import { mean } from '../analysis/stats/centre.ts';
import { figureColumns, type FigureColumns } from '../store/between-runs.ts';
import { listClasses } from '../store/classes.ts';
import { listScored, listScorings, type Scored, type Scoring } from '../store/scores.ts';
import type { Db } from '../store/sql.ts';
import { getSweep, listSweepRuns } from '../store/sweeps.ts';
import { readable, type Lab } from './lab.ts';

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
  const columns = knownColumns(db, runs.flatMap(({ scorings }) => scorings.map(({ id }) => id))); // prettier-ignore
  const byRun = new Map(runs.map((run) => [run.runId, { ...run, ...ofRun(columns, run, rule) }]));
  const inConditions = conditions.map(({ runIds }) => runIds.flatMap((id) => byRun.get(id) ?? []));
  const all = [...byRun.values()];
  const classes = listClasses(db, chosen.suiteId).flatMap(({ classId, uid, phenomenon }): SweepClass[] => {
    const of = (list: typeof all) => list.flatMap(({ values, classes }) => {
      const figures = figuresAt(columns, classes.get(classId)?.at(-1) ?? -1);
      return figures ? [{ values, accuracy: figures.right / figures.pairs, pairs: figures.pairs }] : []; // prettier-ignore
    });
    const outcomes = of(all);
    if (outcomes.length === 0) return [];
    const seedSd = pooledSd(inConditions.map((list) => of(list).map(({ accuracy }) => accuracy)));
    const entrenched = inConditions.map((list) => {
      const known = list.filter(({ classes }) => classes.has(classId));
      const stuck = known.filter(({ classes, isEntrenched }) => isEntrenched(classes.get(classId) as Int32Array)); // prettier-ignore
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

/** The rows of each class's figures, one a checkpoint (−1: not scored there), and the rule on this run's checkpoints. */
function ofRun(
  columns: FigureColumns,
  { scorings }: ScoredRun,
  rule: EntrenchmentRule,
): { classes: Map<number, Int32Array>; isEntrenched: (rows: Int32Array) => boolean } {
  const classes = new Map<number, Int32Array>();
  scorings.forEach(({ id }, c) => {
    const { from, to } = columns.at.get(id) ?? { from: 0, to: 0 };
    for (let row = from; row < to; row++) {
      const classId = columns.classId[row] as number;
      const rows = classes.get(classId) ?? new Int32Array(scorings.length).fill(-1);
      classes.set(classId, rows);
      rows[c] = row;
    }
  });
  const axis = {
    steps: scorings.map((s) => s.step),
    tokensSeen: scorings.map((s) => s.tokensSeen),
    wordsSeen: scorings.map((s) => s.wordsSeen),
  };
  const ruled = figuresEntrenchment(axis, rule);
  return { classes, isEntrenched: (rows) => ruled(Array.from(rows, (row) => figuresAt(columns, row))) }; // prettier-ignore
}

function figuresAt(columns: FigureColumns, row: number): StoredFigures | undefined {
  if (row < 0) return undefined;
  const { right, pairs, meanDelta, meanDeltaLow, meanDeltaHigh } = columns;
  return { right: right[row] as number, pairs: pairs[row] as number, meanDelta: meanDelta[row] as number, meanDeltaLow: meanDeltaLow[row] as number, meanDeltaHigh: meanDeltaHigh[row] as number }; // prettier-ignore
}

/** Of the sweep looked at last: another rule or half-width asks for the same figures again. */
const kept = new WeakMap<Db, { key: string; columns: FigureColumns }>();

function knownColumns(db: Db, scoringIds: readonly number[]): FigureColumns {
  const key = scoringIds.join(' ');
  const known = kept.get(db);
  if (known?.key === key) return known.columns;
  const columns = figureColumns(db, scoringIds);
  kept.set(db, { key, columns });
  return columns;
}

function curves(
  db: Db,
  { runs, conditions }: Gathered,
  classId: number | undefined,
  measure: Measure,
): ConditionCurve[] {
  const ids = runs.flatMap(({ scorings }) => scorings.map(({ id }) => id));
  const columns = classId === undefined ? knownColumns(db, ids) : figureColumns(db, ids, classId);
  /** Over the classes of a scoring; NaN for none. */
  const valueAt = (scoringId: number): number => {
    const { from, to } = columns.at.get(scoringId) ?? { from: 0, to: 0 };
    const value = (i: number): number => measure === 'accuracy' ? (columns.right[i] as number) / (columns.pairs[i] as number) : (columns.meanDelta[i] as number); // prettier-ignore
    return mean(Array.from({ length: to - from }, (_, i) => value(from + i)));
  };
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
