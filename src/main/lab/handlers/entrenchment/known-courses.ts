// What entrenchment.get last said by the default rules, so that the class list can show it without computing.
import {
  defaultEntrenchmentRule,
  defaultShapeRule,
  type EntrenchmentReport,
  type Shape,
} from '../../../../shared/trajectories.ts';
import type { Db } from '../../store/sql.ts';

export interface KnownCourse {
  entrenched: boolean;
  shapeByRules: Shape;
}

const known = new WeakMap<Db, { key: string; courses: Map<number, KnownCourse> }>();
const defaults = JSON.stringify([defaultEntrenchmentRule, defaultShapeRule]);

/** @param key names what is scored (`scoredKey`) */
export function rememberCourses(db: Db, key: string, report: EntrenchmentReport): void {
  if (JSON.stringify([report.rule, report.shapeRule]) !== defaults) return;
  const courses = new Map(report.classes.map((row) => [row.classId, row]));
  known.set(db, { key, courses });
}

/** By class; empty where the selection was not asked for, or has been scored further since. */
export function knownCourses(db: Db, key: string): Map<number, KnownCourse> {
  const found = known.get(db);
  return found?.key === key ? found.courses : new Map<number, KnownCourse>();
}
