// Do a suite's classes mean anything? What speaks for each, and the headline with and without the doubtful ones.
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Handlers, labApi } from '../../../../shared/api.ts';
import type { EvidenceRow, Headline } from '../../../../shared/trajectories.ts';
import { agreement } from '../../analysis/stats/agreement.ts';
import { lengthEvidence, sameWordCount } from '../../analysis/class-evidence.ts';
import { finite } from '../../analysis/figures.ts';
import { headlineSide, type HeadlineClass } from '../../analysis/headline.ts';
import { ngramClassFigures, deltasOf } from '../../analysis/ngrams/classes.ts';
import { templateNote, templatesOf } from '../../analysis/separation/templates.ts';
import { judgings, meaningfulOf } from '../../store/annotations.ts';
import { listClasses, type StoredClass } from '../../store/classes.ts';
import { classSummaries } from '../../store/scores.ts';
import { classNats } from '../../store/nats.ts';
import { listPairs } from '../../store/pairs.ts';
import { findNgramModel, findNgramScoring, ngramKey, ngramSource } from '../../store/ngrams.ts';
import type { Db } from '../../store/sql.ts';
import { classTokenCounts } from '../../store/token-counts.ts';
import { isBlimp, publishedFigures, publishedSource } from '../../suite/index.ts';
import { publishedAccuracies } from '../views/class-list.ts';
import { readable, type Lab } from '../lab.ts';
import { ngramDeltas } from '../bigrams/ngram-selection.ts';
import { atStep, findScorings, selected, type Found } from '../views/selection.ts';
import { trajectoryHandlers } from './trajectories.ts';

type EvidenceMethod = 'evidence.list' | 'headline.get';

/** Of the run's tokens; the hypothesis is about bigrams. */
const evidenceOrder = 2;

export const evidenceHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, EvidenceMethod> => {
  const { 'entrenchment.get': entrenchment } = trajectoryHandlers(lab);
  return {
    'evidence.list': async (params) => {
      const db = readable(lab);
      const found = findScorings(db, params);
      const scoring = atStep(found, params.step);
      const all = listClasses(db, found.suiteId);
      const blimp = isBlimp(all);
      const judged = judgings(db);
      const ngrams = bigramDeltas(db, found);
      const rowOf = ({ firstPairRowId, sameWordsPairs, ...one }: StoredClass): EvidenceRow[] => {
        const { classId, uid, field, phenomenon, pairs, human } = one;
        const nats = classNats(db, classId, [scoring.id]).get(scoring.id);
        if (!nats) return [];
        const sentences = listPairs(db, classId);
        const templates = templatesOf(sentences);
        const judging = judged.get(classId);
        const votes = judging?.votes ?? [];
        const ngram = ngrams?.get(classId);
        const beside = ngram && ngramClassFigures(ngram, deltasOf(nats.good, nats.bad), found.profile.ties, 0); // prettier-ignore
        return [
          {
            classId,
            uid,
            field,
            phenomenon,
            pairs,
            human,
            humanJudgements: blimp ? (publishedFigures(uid)?.humanJudgements ?? null) : null,
            published: publishedAccuracies(uid, blimp),
            ngram: beside ? { order: evidenceOrder, accuracy: beside.ngramAccuracy, low: beside.ngramLow, high: beside.ngramHigh } : null, // prettier-ignore
            length: lengthEvidence(classTokenCounts(db, scoring.encodingId, { firstPairRowId, pairs })), // prettier-ignore
            sameWords: sameWordsPairs / pairs,
            sameWordCount: sameWordCount(sentences),
            templates: templates.count,
            lexicalDiversity: finite(templates.diversity),
            votes,
            adjudicated: judging?.adjudicated ?? null,
            agreement: votes.length < 2 ? null : finite(agreement([votes.map((vote) => vote.verdict)]).observed), // prettier-ignore
            meaningful: meaningfulOf(judging),
          },
        ];
      };
      const classes: EvidenceRow[] = [];
      for (const one of all) {
        classes.push(...rowOf(one));
        await othersTurn();
      }
      return {
        selected: selected(found, scoring),
        publishedSource: blimp ? publishedSource() : null,
        templateNote,
        classes,
      };
    },

    'headline.get': async ({ step, ...params }): Promise<Headline> => {
      const report = await entrenchment(params);
      const db = readable(lab);
      const found = findScorings(db, params);
      const scoring = atStep(found, step);
      const courses = new Map(report.classes.map((row) => [row.classId, row]));
      const judged = judgings(db);
      const classes = classSummaries(db, scoring.id).flatMap((summary) => {
        const course = courses.get(summary.classId);
        if (!course) return [];
        const { entrenched, onset, recovered, shape } = course;
        const one: HeadlineClass = { ...summary, entrenched, everWrong: onset !== null, recovered: recovered !== null, shape }; // prettier-ignore
        return [{ one, meaningful: meaningfulOf(judged.get(summary.classId)) }];
      });
      const kept = classes.filter(({ meaningful }) => meaningful !== false);
      return {
        selected: selected(found, scoring),
        rule: report.rule,
        all: headlineSide(classes.map(({ one }) => one)),
        meaningful: kept.length < classes.length ? headlineSide(kept.map(({ one }) => one)) : null,
      };
    },
  };
};

/** null where bigrams have not been counted, or have not scored the suite. */
function bigramDeltas(db: Db, found: Found): Map<number, Float64Array> | null {
  const source = ngramSource(db, found.runId, 'tokens');
  const record = source && findNgramModel(db, ngramKey(db, source));
  const encoding = found.scorings[0]?.encodingId ?? null;
  if (!record || record.order < evidenceOrder) return null;
  const scoringId = findNgramScoring(db, record.id, found.suiteId, encoding);
  return scoringId === undefined ? null : ngramDeltas(db, { record, scoringId }, found, evidenceOrder); // prettier-ignore
}
