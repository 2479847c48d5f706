// N-gram models beside the model under study: counting them, and what they say of classes and pairs.
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Handlers, labApi } from '../../../../shared/api.ts';
import { AppError } from '../../../../shared/errors.ts';
import type {
  AgreementPoint,
  NgramClassRow,
  NgramSentence,
  SplitCourse,
} from '../../../../shared/ngram.ts';
import { wilson } from '../../analysis/intervals.ts';
import {
  countSigns,
  signAgreement,
  splitByNgram,
  type SignAgreement,
  type SignCounts,
  type SplitTrajectory,
} from '../../analysis/ngrams/agreement.ts';
import { deltasOf, ngramClassFigures } from '../../analysis/ngrams/classes.ts';
import { wordsOf } from '../../ngram/index.ts';
import { aggregate, encodeSentence, scoreOfTokens } from '../../scoring/index.ts';
import { getClass, listClasses } from '../../store/classes.ts';
import { classNats } from '../../store/nats.ts';
import { ngramPairTokens, ngramSource } from '../../store/ngrams.ts';
import { getPair } from '../../store/pairs.ts';
import { getRun, runTokenizerId } from '../../store/runs.ts';
import { tokenizerOf } from '../../store/tokenizers.ts';
import { opened, readable, writable, type Lab } from '../lab.ts';
import { concordanceOf } from './concordance.ts';
import { findNgrams, modelDeltas, ngramDeltas } from './ngram-selection.ts';
import { partsFound } from '../views/parts.ts';
import { atStep, findScorings, selected } from '../views/selection.ts';
import { findForClass } from '../views/views.ts';

type NgramMethod =
  | 'ngrams.list'
  | 'ngrams.start'
  | 'ngrams.cancel'
  | 'ngrams.classes'
  | 'ngrams.pair'
  | 'ngrams.concordance'
  | 'ngrams.agreement'
  | 'ngrams.split';

/** Orders counted where none is asked for. */
const usualOrder = { tokens: 5, words: 2 };

export const ngramHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, NgramMethod> => ({
  'ngrams.list': ({ runId }) => {
    if (runId !== undefined) getRun(readable(lab), runId);
    return opened(lab)
      .ngrams.list()
      .filter((row) => runId === undefined || row.runIds.includes(runId));
  },

  'ngrams.start': ({ unit, order = usualOrder[unit], ...selection }) => {
    const db = writable(lab);
    const { runId, suiteId, profile } = findScorings(db, selection);
    const source = ngramSource(db, runId, unit);
    if (!source) throw new AppError('not-found', `Run ${runId} has no tokenizer yet, or was imported, so that its training text is not known.`); // prettier-ignore
    return opened(lab).ngrams.start({ source, order, suiteId, profile });
  },

  'ngrams.cancel': ({ key }) => {
    writable(lab);
    return opened(lab).ngrams.cancel(key);
  },

  'ngrams.classes': async ({ unit, order, neutralNats, step, ...selection }) => {
    const db = readable(lab);
    const found = findScorings(db, selection);
    const scoring = atStep(found, step);
    const ngrams = findNgrams(db, found, unit, order);
    const classes: NgramClassRow[] = [];
    for (const { classId, uid, field, phenomenon } of listClasses(db, found.suiteId)) {
      const deltas = ngramDeltas(db, ngrams, found, order, classId).get(classId);
      const nats = classNats(db, classId, [scoring.id]).get(scoring.id);
      await othersTurn();
      if (!deltas || !nats) continue;
      const model = deltasOf(nats.good, nats.bad);
      classes.push({ classId, uid, field, phenomenon, ...ngramClassFigures(deltas, model, found.profile.ties, neutralNats) }); // prettier-ignore
    }
    return { selected: selected(found, scoring), unit, order, neutralNats, classes };
  },

  'ngrams.pair': ({ unit, order, pairRowId, ...selection }) => {
    const db = readable(lab);
    const pair = getPair(db, pairRowId);
    const found = findForClass(db, { ...selection, classId: pair.classId });
    const { scoringId } = findNgrams(db, found, unit, order);
    const scores = ngramPairTokens(db, scoringId, pairRowId, order);
    if (!scores) throw new AppError('not-found', `The n-grams have no scores of pair ${pairRowId}. Count them again.`); // prettier-ignore
    const read = readerOf(lab, found.runId, unit, found.profile);
    const [good, bad] = [read(pair.good), read(pair.bad)];
    const goodScored = good.ids.length - good.scoredFrom;
    const parts = unit === 'words' ? undefined : partsFound(db, found, getClass(db, pair.classId)).find((one) => one.pairRowId === pairRowId); // prettier-ignore
    const sentence = (
      { ids, texts, scoredFrom }: Read,
      from: number,
      part?: number[],
    ): NgramSentence => {
      const to = from + ids.length - scoredFrom;
      const nats = scores.nats.subarray(from, to);
      const unscored = ids.slice(0, scoredFrom);
      return {
        tokens: texts,
        bits: [...unscored.map(() => null), ...Array.from(nats, (n) => -n / Math.LN2)],
        matched: [...unscored.map(() => 0), ...scores.matched.subarray(from, to)],
        ids: unit === 'words' ? [] : ids,
        logProbNats: part
          ? scoreOfTokens(found.profile, nats, part, scoredFrom)
          : aggregate(found.profile, nats),
      };
    };
    const sentences = {
      good: sentence(good, 0, parts?.good),
      bad: sentence(bad, goodScored, parts?.bad),
    };
    const delta = sentences.good.logProbNats - sentences.bad.logProbNats;
    return { pairRowId, unit, order, ...sentences, delta };
  },

  'ngrams.concordance': (params) => concordanceOf(lab, params),

  'ngrams.agreement': async ({ unit, classId, ...selection }) => {
    const db = readable(lab);
    const found = classId === undefined ? findScorings(db, selection) : findForClass(db, { ...selection, classId }); // prettier-ignore
    const ngrams = findNgrams(db, found, unit);
    const ids = classId === undefined ? listClasses(db, found.suiteId).map((one) => one.classId) : [classId]; // prettier-ignore
    const counts = Array.from({ length: ngrams.record.order }, (): SignCounts | undefined => undefined); // prettier-ignore
    for (const id of ids) {
      const model = modelDeltas(db, id, found);
      for (const k of counts.keys()) {
        const ngram = ngramDeltas(db, ngrams, found, k + 1, id).get(id);
        if (ngram) counts[k] = countSigns(model, Float64Array.from(model.pairs, (place) => ngram[place] as number), counts[k]); // prettier-ignore
      }
      await othersTurn();
    }
    const orders = counts.map((of, k) => ({ order: k + 1, points: of ? signAgreement(of).map(agreementPoint) : [] })); // prettier-ignore
    return { unit, ...axisOf(found), orders };
  },

  'ngrams.split': ({ unit, order, neutralNats, classId, ...selection }) => {
    const db = readable(lab);
    const found = findForClass(db, { ...selection, classId });
    const deltas = ngramDeltas(db, findNgrams(db, found, unit, order), found, order, classId).get(classId); // prettier-ignore
    const model = modelDeltas(db, classId, found);
    const ngram = Float64Array.from(model.pairs, (place) => deltas?.[place] ?? NaN);
    const { good, bad, neither } = splitByNgram(model, ngram, neutralNats);
    const { uid } = getClass(db, classId);
    return {
      classId,
      uid,
      unit,
      order,
      neutralNats,
      ...axisOf(found),
      good: course(good),
      bad: course(bad),
      neither: course(neither),
    };
  },
});

interface Read {
  ids: number[];
  texts: string[];
  scoredFrom: number;
}

/** How a sentence is read: as the model's tokens, or as words. */
function readerOf(
  lab: Lab,
  runId: number,
  unit: 'tokens' | 'words',
  profile: ReturnType<typeof findScorings>['profile'],
): (sentence: string) => Read {
  if (unit === 'words')
    return (sentence) => {
      const texts = ['</s>', ...wordsOf(sentence)];
      return { ids: texts.map((_, i) => i), texts, scoredFrom: 1 };
    };
  const tokenizer = tokenizerOf(readable(lab), runTokenizerId(readable(lab), runId) ?? 0);
  return (sentence) => {
    const { ids, scoredFrom } = encodeSentence(tokenizer, profile, sentence);
    return { ids, texts: ids.map((id) => tokenizer.tokenText(id)), scoredFrom };
  };
}

const axisOf = ({ scorings }: ReturnType<typeof findScorings>) => ({
  steps: scorings.map((s) => s.step),
  tokensSeen: scorings.map((s) => s.tokensSeen),
  wordsSeen: scorings.map((s) => s.wordsSeen),
});

export const known = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

const agreementPoint = ({ pairs, share, low, high, kappa }: SignAgreement): AgreementPoint => ({
  pairs,
  share: known(share),
  low: known(low),
  high: known(high),
  kappa: known(kappa),
});

function course({ pairs, accuracy, meanDelta }: SplitTrajectory): SplitCourse {
  const intervals = Array.from(accuracy, (share) => wilson(Math.round(share * pairs), pairs));
  return {
    pairs,
    accuracy: Array.from(accuracy, known),
    low: intervals.map(({ low }) => known(low)),
    high: intervals.map(({ high }) => known(high)),
    meanDelta: Array.from(meanDelta, known),
  };
}
