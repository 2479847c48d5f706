// Experiments on the Bigram Hypothesis: made, listed, and their conditions compared.
import type { Handlers, labApi } from '../../../../shared/api.ts';
import type { Contrast, ExperimentRun } from '../../../../shared/experiment.ts';
import { AppError } from '../../../../shared/errors.ts';
import { contrast, type ClassInConditions } from '../../analysis/contrast.ts';
import { deltasOf } from '../../analysis/ngrams/classes.ts';
import { bigramsOf } from '../../experiment/index.ts';
import { wordsOf } from '../../ngram/index.ts';
import { listClasses } from '../../store/classes.ts';
import { getExperiment, listExperimentRuns, listExperiments, type StoredExperiment } from '../../store/experiments.ts'; // prettier-ignore
import { classNats } from '../../store/nats.ts';
import { listPairs } from '../../store/pairs.ts';
import { getRunConfig } from '../../store/runs.ts';
import { listScored, listScorings, type Scoring } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';
import { opened, readable, writable, type Lab } from '../lab.ts';
import { runHandlers } from '../runs.ts';
import { findScorings } from '../views/selection.ts';

type ExperimentMethod = 'experiments.list' | 'experiments.get' | 'experiments.create';

export const experimentHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, ExperimentMethod> => {
  const { 'runs.start': startRun } = runHandlers(lab);
  return {
    'experiments.list': () =>
      listExperiments(readable(lab)).map((one) => opened(lab).experiments.row(one)),

    'experiments.get': async ({ id }) => {
      const db = readable(lab);
      const stored = getExperiment(db, id);
      return {
        ...opened(lab).experiments.row(stored),
        plan: stored.plan,
        bigrams: stored.edits?.bigrams ?? [],
        conditions: stored.edits?.conditions ?? [],
        runList: listExperimentRuns(db, id),
        contrasts: await contrasts(db, stored),
      };
    },

    'experiments.create': ({ plan }) => {
      const db = writable(lab);
      const { suiteId, profile } = findScorings(db, plan);
      const uids = listClasses(db, suiteId).map(({ uid }) => uid);
      const missing = plan.classes.filter((uid) => !uids.includes(uid));
      if (missing.length > 0) throw new AppError('bad-config', `The suite has no class ${missing.join(', ')}.`); // prettier-ignore
      return opened(lab).experiments.create({ plan, suiteId, profile }, async (run) => startRun(run)); // prettier-ignore
    },
  };
};

/** Each edit against its control, each condition against the original; those with a seed finished in both. */
async function contrasts(db: Db, { id, plan, edits }: StoredExperiment): Promise<Contrast[]> {
  const runs = listExperimentRuns(db, id).filter(({ state }) => state === 'finished');
  const names = new Set(runs.map(({ condition }) => condition));
  const pairs = [...names].flatMap((b) => {
    const controlled = names.has(`control-${b}`) ? [`control-${b}`] : [];
    return [...controlled, ...(b === 'original' ? [] : ['original'])].map((a) => ({ a, b }));
  });
  const isOffending = new Set(edits?.bigrams.map(({ bigram }) => bigram.join(' ')));
  const found: Contrast[] = [];
  for (const { a, b } of pairs) {
    const one = compared(db, runs, { a, b }, plan.classes, isOffending);
    if (one) found.push(one);
    await new Promise(setImmediate); // other calls come in between
  }
  return found;
}

function compared(
  db: Db,
  runs: readonly ExperimentRun[],
  { a, b }: { a: string; b: string },
  chosen: readonly string[],
  isOffending: ReadonlySet<string>,
): Contrast | null {
  const of = (condition: string, seed: number): ExperimentRun | undefined =>
    runs.find((run) => run.condition === condition && run.seed === seed);
  const both = [...new Set(runs.map(({ seed }) => seed))].flatMap((seed) => {
    const [inA, inB] = [of(a, seed), of(b, seed)];
    return inA && inB ? [{ seed, a: scoringsOf(db, inA.runId), b: scoringsOf(db, inB.runId) }] : [];
  });
  const steps = both.flatMap((one) => [one.a, one.b]).map((list) => list.map(({ step }) => step));
  const step = steps[0]?.findLast((at) => steps.every((list) => list.includes(at)));
  const [first] = both;
  if (!first || step === undefined) return null;
  const at = (list: Scoring[]): Scoring => list.find((s) => s.step === step) as Scoring;
  const classes = listClasses(db, at(first.a).suiteId).flatMap(({ classId, uid, phenomenon }): ClassInConditions[] => {
    const deltas = (scoring: Scoring): Float64Array | undefined => {
      const nats = classNats(db, classId, [scoring.id]).get(scoring.id);
      return nats && deltasOf(nats.good, nats.bad);
    };
    const [inA, inB] = [both.map((one) => deltas(at(one.a))), both.map((one) => deltas(at(one.b)))];
    const all = [...inA, ...inB];
    const places = [...(inA[0]?.keys() ?? [])].filter((i) => all.every((of) => of && !Number.isNaN(of[i])));
    if (places.length === 0) return [];
    const pick = (of: Float64Array | undefined): Float64Array => Float64Array.from(places, (i) => of?.[i] ?? NaN);
    const touched = chosen.includes(uid);
    const carries = touched ? carrying(db, classId, isOffending) : [];
    return [{ classId, uid, phenomenon, touched, a: inA.map(pick), b: inB.map(pick), carrying: Uint8Array.from(places, (i) => Number(carries[i] ?? false)) }];
  }); // prettier-ignore
  return contrast(classes, { a, b, seeds: both.map(({ seed }) => seed), step });
}

/** Finished scorings of a run under the suite and profile that the experiment gave it. */
function scoringsOf(db: Db, runId: number): Scoring[] {
  const { scoring } = getRunConfig(db, runId);
  const scored = listScored(db, runId).find((one) => one.suiteId === scoring.suiteIds[0] && one.profile === scoring.profile.name); // prettier-ignore
  return scored ? listScorings(db, runId, scored.suiteId, scored.profileId) : [];
}

/** By place in the class: whether the bad sentence carries an offending bigram that the good one lacks. */
const carrying = (db: Db, classId: number, isOffending: ReadonlySet<string>): boolean[] =>
  listPairs(db, classId).map(({ good, bad }) => {
    const inGood = new Set(bigramsOf(wordsOf(good)));
    return bigramsOf(wordsOf(bad)).some((one) => isOffending.has(one) && !inGood.has(one));
  });
