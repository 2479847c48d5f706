// Separation at a checkpoint, and what became of early errors over all of training.
import type { Handlers, labApi } from '../../../../shared/api.ts';
import type {
  EntrenchmentReport,
  EntrenchmentRow,
  SeparationRow,
} from '../../../../shared/trajectories.ts';
import { momentAt } from '../../analysis/entrenchment/course.ts';
import {
  describeEntrenchment,
  earlyWindow,
} from '../../analysis/entrenchment/entrenchment-rule.ts';
import { SeparationParameters } from '../../analysis/separation/separation.ts';
import { withVerdicts } from '../../analysis/separation/separation-at.ts';
import { describeShapes } from '../../analysis/entrenchment/shape.ts';
import { sideOf } from '../../analysis/separation/verdicts.ts';
import { appendAct, shapeOverrides, undoState } from '../../store/annotations.ts';
import { getClass, listClasses } from '../../store/classes.ts';
import { getRun, getRunConfig } from '../../store/runs.ts';
import { classSummaries, listScored, listScorings } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';
import { requireScores } from '../views/choices.ts';
import { rememberCourses } from './known-courses.ts';
import { readable, writable, type Lab } from '../lab.ts';
import { axisOf, prepared } from './prepared.ts';
import { atStep, findScorings, selected, type Found } from '../views/selection.ts';

type TrajectoryMethod = 'separation.get' | 'entrenchment.get' | 'shapes.set';

export const trajectoryHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, TrajectoryMethod> => ({
  'separation.get': async (params) => {
    const db = readable(lab);
    const found = findScorings(db, params);
    requireScores(db, found.runId, 'separation of good and bad scores');
    const scoring = atStep(found, params.step);
    const key = await prepared(lab, found);
    const { rows, others: othersPs } = await lab.analysts.separation(key, found.scorings.indexOf(scoring), params.classId); // prettier-ignore
    const byClass = new Map(rows.map((row) => [row.classId, row]));
    const others = otherProfiles(db, found, scoring.step);
    const named = listClasses(db, found.suiteId).flatMap(({ classId, uid, field, phenomenon }) => {
      const row = byClass.get(classId);
      return row ? [{ uid, field, phenomenon, ...row, otherProfiles: others.get(classId) ?? [] }] : []; // prettier-ignore
    });
    const { resamples, seed, trim } = SeparationParameters.parse({});
    return { selected: selected(found, scoring), resamples, seed, trim, classes: withVerdicts(named, othersPs) }; // prettier-ignore
  },

  'entrenchment.get': async ({ rule, shapeRule, ...selection }) => {
    const db = readable(lab);
    const found = findScorings(db, selection);
    const key = await prepared(lab, found);
    const axis = axisOf(found);
    const warmupSteps = getRunConfig(db, found.runId).training?.warmupSteps ?? 0;
    const courses = await lab.analysts.courses(key, { axis, rule, shapeRule, warmupSteps });
    const byClass = new Map(courses.map((course) => [course.classId, course]));
    const overrides = shapeOverrides(db, found.runId);
    const classes = listClasses(db, found.suiteId).flatMap(
      ({ classId, uid, field, phenomenon }): EntrenchmentRow[] => {
        const course = byClass.get(classId);
        if (!course) return [];
        const override = overrides.get(classId) ?? null;
        const ruled = shapeRule.course === 'segments' ? course.shapeBySegments : course.shapeByRules; // prettier-ignore
        const shape = override?.shape ?? ruled;
        return [{ uid, field, phenomenon, ...course, shape, override }];
      },
    );
    const { resamples, seed } = SeparationParameters.parse({});
    const report: EntrenchmentReport = {
      selected: selected(found, atStep(found, undefined)),
      rule,
      shapeRule,
      resamples,
      seed,
      definition: describeEntrenchment(rule),
      shapeDefinitions: describeShapes(shapeRule, rule),
      warmup: warmupOf(axis, warmupSteps),
      ...axis,
      earlyWindow: Array.from(earlyWindow(axis, rule), (is) => is === 1),
      classes,
    };
    rememberCourses(db, key, report);
    return report;
  },

  'shapes.set': ({ runId, classId, shape, annotator }) => {
    const db = writable(lab);
    getRun(db, runId);
    getClass(db, classId);
    appendAct(db, annotator, { kind: 'shape', classId, runId, shape });
    lab.emit('annotations.changed', undoState(db));
    return shapeOverrides(db, runId).get(classId) ?? null;
  },
});

/** Sides of classes under the other profiles of the same suite at the same step. */
function otherProfiles(
  db: Db,
  { runId, suiteId, profile }: Found,
  step: number,
): Map<number, SeparationRow['otherProfiles']> {
  const sides = listScored(db, runId)
    .filter((scored) => scored.suiteId === suiteId && scored.profile !== profile.name)
    .flatMap((scored) => {
      const scoring = listScorings(db, runId, suiteId, scored.profileId).find((s) => s.step === step); // prettier-ignore
      if (!scoring) return [];
      return classSummaries(db, scoring.id).map(({ classId, meanDeltaLow, meanDeltaHigh }) => ({
        classId,
        profile: scored.profile,
        side: sideOf(meanDeltaLow, meanDeltaHigh),
      }));
    });
  const named = sides.map(({ classId, ...rest }) => ({ classId, rest }));
  return new Map([...Map.groupBy(named, (one) => one.classId)].map(([classId, list]) => [classId, list.map(({ rest }) => rest)])); // prettier-ignore
}

/** Where warm-up ends; tokens and words of a step are those of the run's average. */
function warmupOf(
  axis: ReturnType<typeof axisOf>,
  warmupSteps: number,
): EntrenchmentReport['warmup'] {
  if (warmupSteps === 0 || axis.steps.length === 0) return null;
  const { step, tokensSeen, wordsSeen } = momentAt(axis, axis.steps.length - 1);
  const scale = step === 0 ? 0 : warmupSteps / step;
  return { step: warmupSteps, tokensSeen: Math.round(tokensSeen * scale), wordsSeen: Math.round(wordsSeen * scale) }; // prettier-ignore
}
