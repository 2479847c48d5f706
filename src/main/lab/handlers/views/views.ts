// Queries behind the views: classes, their trajectories, pairs.
import type { Handlers, labApi } from '../../../../shared/api.ts';
import type {
  ClassFigures,
  PairDetail,
  PairTokensRow,
  Trajectories,
} from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import { wilson } from '../../analysis/intervals.ts';
import { getClass, listClasses } from '../../store/classes.ts';
import { classNats } from '../../store/nats.ts';
import { getPair, listPairs, pairOverScorings, pairTokenScores } from '../../store/pairs.ts';
import { runTokenizerId } from '../../store/runs.ts';
import { classCounts, classSummary, getPairTokens } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';
import { keepsChoices, unknown } from './choices.ts';
import { classRows } from './class-list.ts';
import { readable, type Lab } from '../lab.ts';
import { pagePairs } from './pair-list.ts';
import { atStep, findScorings, selected, type Selection } from './selection.ts';
import { classesWithout, ofPart } from './parts.ts';
import { tokenTexts } from './token-texts.ts';

type Course = Trajectories['classes'][number];
type ViewMethod =
  | 'classes.list'
  | 'classes.trajectories'
  | 'classes.trajectory'
  | 'classes.distribution'
  | 'pairs.page'
  | 'pairs.tokens'
  | 'pairs.get';

export const viewHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, ViewMethod> => ({
  'classes.list': (params) => {
    const db = readable(lab);
    const found = findScorings(db, params);
    const scoring = atStep(found, params.step);
    const classes = classRows(db, found, scoring.id);
    return { selected: selected(found, scoring), method: found.profile.method ?? 'sentence', classes, without: classesWithout(db, found, classes) }; // prettier-ignore
  },

  'classes.trajectories': (params) => {
    const db = readable(lab);
    const { scorings, suiteId, runId } = findScorings(db, params);
    const choices = keepsChoices(db, runId);
    const none = (): (number | null)[] => scorings.map(() => null);
    const rows = new Map(listClasses(db, suiteId).map(({ classId }): [number, Course] => [
      classId,
      { classId, pairs: none(), right: none(), ties: none(), accuracy: none(), low: none(), high: none(), meanDelta: none() },
    ])); // prettier-ignore
    const places = new Map(scorings.map((scoring, i) => [scoring.id, i]));
    for (const { scoringId, classId, pairs, right, ties, meanDelta } of classCounts(db, [
      ...places.keys(),
    ])) {
      const row = rows.get(classId);
      const i = places.get(scoringId);
      if (!row || i === undefined) continue;
      const figures: ClassFigures = { pairs, right, ties, accuracy: right / pairs, ...wilson(right, pairs), meanDelta }; // prettier-ignore
      for (const name of Object.keys(figures) as (keyof ClassFigures)[])
        row[name][i] = choices && name === 'meanDelta' ? null : figures[name];
    }
    return {
      steps: scorings.map((s) => s.step),
      tokensSeen: scorings.map((s) => s.tokensSeen),
      wordsSeen: scorings.map((s) => s.wordsSeen),
      classes: [...rows.values()],
    };
  },

  'classes.trajectory': (params) => {
    const db = readable(lab);
    const { runId, scorings } = findForClass(db, params);
    const choices = keepsChoices(db, runId);
    return scorings.flatMap(({ id, step, tokensSeen, wordsSeen }) => {
      const summary = classSummary(db, id, params.classId);
      if (!summary) return [];
      const { pairs, right, ties, meanDelta, meanDeltaLow, meanDeltaHigh } = summary;
      const accuracy = right / pairs;
      const interval = wilson(right, pairs);
      const point = { step, tokensSeen, wordsSeen, pairs, right, ties, accuracy, ...interval, meanDelta, meanDeltaLow, meanDeltaHigh }; // prettier-ignore
      return choices ? unknown(point, 'meanDelta', 'meanDeltaLow', 'meanDeltaHigh') : point;
    });
  },

  'classes.distribution': (params) => {
    const db = readable(lab);
    const found = findForClass(db, params);
    const scoring = atStep(found, params.step);
    if (keepsChoices(db, found.runId)) return { pairRowIds: [], good: [], bad: [] };
    const { firstPairRowId } = getClass(db, params.classId);
    const nats = classNats(db, params.classId, [scoring.id]).get(scoring.id);
    const places = [...(nats?.good.keys() ?? [])].filter((i) => !Number.isNaN(nats?.good[i]));
    return {
      pairRowIds: places.map((i) => firstPairRowId + i),
      good: places.map((i) => nats?.good[i] ?? NaN),
      bad: places.map((i) => nats?.bad[i] ?? NaN),
    };
  },

  'pairs.page': (params) => {
    const db = readable(lab);
    const found = findForClass(db, params);
    const page = pagePairs(db, found, atStep(found, params.step).id, params);
    if (!keepsChoices(db, found.runId)) return page;
    return { ...page, rows: page.rows.map((row) => unknown(row, 'goodLogProbNats', 'badLogProbNats')) }; // prettier-ignore
  },

  'pairs.tokens': (params) => {
    const db = readable(lab);
    const found = findForClass(db, params);
    const scoring = atStep(found, params.step);
    if (keepsChoices(db, found.runId)) return [];
    const tokenizer = runTokenizerId(db, found.runId);
    if (tokenizer === null) return wholeSentences(db, scoring.id, params);
    const textOf = tokenTexts(db, tokenizer);
    return params.pairRowIds.flatMap((pairRowId): PairTokensRow[] => {
      const tokens = getPairTokens(db, scoring.encodingId, pairRowId);
      if (!tokens) return [];
      const { scoredFrom, goodIds, badIds } = tokens;
      const scores = pairTokenScores(db, scoring.id, pairRowId, goodIds.length - scoredFrom);
      if (!scores) return [];
      const goodTokens = Array.from(goodIds, textOf).slice(scoredFrom);
      const badTokens = Array.from(badIds, textOf).slice(scoredFrom);
      return [{ pairRowId, goodTokens, badTokens, ...scores }];
    });
  },

  'pairs.get': (params) => {
    const db = readable(lab);
    const detail = pairDetail(db, params, params.pairRowId);
    if (!keepsChoices(db, findForClass(db, { ...params, classId: detail.classId }).runId)) return detail; // prettier-ignore
    const checkpoints = detail.checkpoints.map((point) => ({ ...unknown(point, 'goodLogProbNats', 'badLogProbNats'), goodTokenLogProbsNats: [], badTokenLogProbsNats: [] })); // prettier-ignore
    return { ...detail, checkpoints };
  },
});

/** Scorings of the suite that a class belongs to. */
export const findForClass = (db: Db, selection: Selection & { classId: number }) =>
  findScorings(db, { ...selection, suiteId: getClass(db, selection.classId).suiteId });

/** Pairs scored by another program, whose tokens are not known: each sentence is one. */
const wholeSentences = (
  db: Db,
  scoringId: number,
  params: { classId: number; pairRowIds: number[] },
): PairTokensRow[] => {
  const pairs = new Map(listPairs(db, params.classId).map((pair) => [pair.pairRowId, pair]));
  return params.pairRowIds.flatMap((pairRowId) => {
    const pair = pairs.get(pairRowId);
    const scores = pair && pairTokenScores(db, scoringId, pairRowId, 1);
    return scores ? [{ pairRowId, goodTokens: [pair.good], badTokens: [pair.bad], ...scores }] : [];
  });
};

/** A pair token by token over every checkpoint that has its scores. */
export function pairDetail(db: Db, selection: Selection, pairRowId: number): PairDetail {
  const pair = getPair(db, pairRowId);
  const one = getClass(db, pair.classId);
  const found = findScorings(db, { ...selection, suiteId: one.suiteId });
  const { runId, scorings } = found;
  const tokenizer = runTokenizerId(db, runId);
  if (tokenizer === null)
    return { ...pair, uid: one.uid, goodTokens: [pair.good], badTokens: [pair.bad], unscoredTokens: 0, part: null, checkpoints: pairOverScorings(db, pairRowId, scorings, 1) }; // prettier-ignore
  const tokens = getPairTokens(db, scorings[0]?.encodingId ?? 0, pairRowId);
  if (!tokens)
    throw new AppError('not-found', `Pair ${pair.pairId} of ${one.uid} has no scores in run ${runId}.`); // prettier-ignore
  const { scoredFrom, goodIds, badIds } = tokens;
  const textOf = tokenTexts(db, tokenizer);
  return {
    ...pair,
    uid: one.uid,
    goodTokens: Array.from(goodIds, textOf),
    badTokens: Array.from(badIds, textOf),
    unscoredTokens: scoredFrom,
    ...ofPart(db, found, one, pair, pairOverScorings(db, pairRowId, scorings, goodIds.length - scoredFrom)), // prettier-ignore
  };
}
