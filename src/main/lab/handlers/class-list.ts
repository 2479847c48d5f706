// The class list: every class of a suite at one checkpoint, with what is published and judged of it.
import type { ClassRow } from '../../../shared/domain.ts';
import type { PublishedAccuracies } from '../../../shared/workbench.ts';
import { classCourse } from '../analysis/class-courses.ts';
import { wilson } from '../analysis/intervals.ts';
import { flaggedClasses, judgings } from '../store/annotations.ts';
import { listClasses } from '../store/classes.ts';
import { classCounts, classSummaries } from '../store/scores.ts';
import type { Db } from '../store/sql.ts';
import { isBlimp, publishedFigures } from '../suite/index.ts';
import type { Found } from './selection.ts';

export function classRows(
  db: Db,
  { runId, suiteId, scorings }: Found,
  scoringId: number,
): ClassRow[] {
  const summaries = new Map(classSummaries(db, scoringId).map((s) => [s.classId, s]));
  const steps = new Map(scorings.map((s) => [s.id, s.step]));
  const points = Map.groupBy(
    classCounts(db, [...steps.keys()]).map((count) => ({ ...count, step: steps.get(count.scoringId) ?? 0 })), // prettier-ignore
    (count) => count.classId,
  );
  const judged = judgings(db);
  const flagged = flaggedClasses(db, runId);
  const classes = listClasses(db, suiteId);
  const published = isBlimp(classes);
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
        meanDelta,
        human,
        judgement,
        flagged: flagged.has(classId),
        published: published ? publishedAccuracies(uid) : unpublished,
        ...classCourse(points.get(classId) ?? []),
        tags: [...new Set(votes.flatMap((vote) => vote.tags))],
        votes,
        adjudicated,
        lexicallyIdentical: one.sameWordsPairs / one.pairs,
        shape: null,
        entrenched: null,
      },
    ];
  });
}

const unpublished: PublishedAccuracies = { fiveGram: null, lstm: null, transformerXl: null, gpt2: null }; // prettier-ignore

function publishedAccuracies(uid: string): PublishedAccuracies {
  const figures = publishedFigures(uid);
  if (!figures) return unpublished;
  const { ngram, lstm, transformerXl, gpt2 } = figures;
  return { fiveGram: ngram, lstm, transformerXl, gpt2 };
}
