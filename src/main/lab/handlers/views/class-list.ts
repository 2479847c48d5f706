// The class list: every class of a suite at one checkpoint, with what is published and judged of it.
import type { ClassRow } from '../../../../shared/domain.ts';
import type { PublishedAccuracies } from '../../../../shared/workbench.ts';
import { classCourse } from '../../analysis/class-courses.ts';
import { wilson } from '../../analysis/intervals.ts';
import { flaggedClasses, judgings, shapeOverrides } from '../../store/annotations.ts';
import { listClasses } from '../../store/classes.ts';
import { classCounts, classSummaries } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';
import { isBlimp, publishedFigures } from '../../suite/index.ts';
import { knownCourses } from '../entrenchment/known-courses.ts';
import { keyOf } from '../entrenchment/prepared.ts';
import { keepsChoices } from './choices.ts';
import type { Found } from './selection.ts';

export function classRows(
  db: Db,
  { runId, suiteId, scorings }: Found,
  scoringId: number,
): ClassRow[] {
  const summaries = new Map(classSummaries(db, scoringId).map((s) => [s.classId, s]));
  const steps = new Map(scorings.map((s) => [s.id, s.step]));
  const counts = classCounts(db, [...steps.keys()]);
  const points = Map.groupBy(
    counts.map((count) => ({ ...count, step: steps.get(count.scoringId) ?? 0 })),
    (count) => count.classId,
  );
  const courses = knownCourses(
    db,
    keyOf(
      [...steps.keys()],
      counts.reduce((sum, { pairs }) => sum + pairs, 0),
    ),
  );
  const overrides = shapeOverrides(db, runId);
  const judged = judgings(db);
  const flagged = flaggedClasses(db, runId);
  const classes = listClasses(db, suiteId);
  const blimp = isBlimp(classes);
  const choices = keepsChoices(db, runId);
  return classes.flatMap(({ classId, uid, field, phenomenon, human, ...one }): ClassRow[] => {
    const summary = summaries.get(classId);
    if (!summary) return [];
    const { pairs, right, ties, meanDelta } = summary;
    const { judgement = null, votes = [], adjudicated = null } = judged.get(classId) ?? {};
    return [
      {
        classId,
        uid,
        field,
        phenomenon,
        pairs,
        right,
        ties,
        accuracy: right / pairs,
        ...wilson(right, pairs),
        meanDelta: choices ? NaN : meanDelta,
        human,
        judgement,
        flagged: flagged.has(classId),
        published: publishedAccuracies(uid, blimp),
        ...classCourse(points.get(classId) ?? []),
        tags: [...new Set(votes.flatMap((vote) => vote.tags))],
        votes,
        adjudicated,
        lexicallyIdentical: one.sameWordsPairs / one.pairs,
        shape: overrides.get(classId)?.shape ?? courses.get(classId)?.shapeByRules ?? null,
        entrenched: courses.get(classId)?.entrenched ?? null,
      },
    ];
  });
}

const unpublished: PublishedAccuracies = { fiveGram: null, lstm: null, transformerXl: null, gpt2: null }; // prettier-ignore

/** @param blimp whether the class is of BLiMP: only its names mean those classes */
export function publishedAccuracies(uid: string, blimp: boolean): PublishedAccuracies {
  const figures = blimp ? publishedFigures(uid) : undefined;
  if (!figures) return unpublished;
  const { ngram, lstm, transformerXl, gpt2 } = figures;
  return { fiveGram: ngram, lstm, transformerXl, gpt2 };
}
