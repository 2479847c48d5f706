// Scores that another program computed, as a run: its model, its text and its tokenizer are not known, and a sentence
// is one token.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Handlers, labServes } from '../../../shared/api.ts';
import { profiles, type EngineInfo, type ModelConfig, type Profile } from '../../../shared/domain.ts'; // prettier-ignore
import { AppError } from '../../../shared/errors.ts';
import { recordClassScores } from '../jobs/record.ts';
import { lmEvalScores, tableScores, type SentenceScores } from '../scoring/index.ts';
import { putCheckpoint } from '../store/checkpoints.ts';
import { listClasses, type StoredClass } from '../store/classes.ts';
import { addCorpus, getSuite, profileId, unknownCorpus, unknownTokenizerId } from '../store/library.ts'; // prettier-ignore
import { listPairs } from '../store/pairs.ts';
import { addRun, editRun, getRun, setProgress } from '../store/runs.ts';
import { beginScoring, encodingId, finishScoring, type ClassScores } from '../store/scores.ts';
import { transaction, type Db } from '../store/sql.ts';
import { suiteFiles } from '../suite/index.ts';
import { writable, type Lab } from './lab.ts';

const notKnown: { model: ModelConfig; engine: EngineInfo } = {
  model: { vocabSize: 0, layers: 0, hiddenSize: 0, heads: 0, ffnSize: 0, maxPositions: 0, dropout: 0, preLayerNorm: true, wordEmbedSize: 0 }, // prettier-ignore
  engine: { tensorflowVersion: 'not known', device: 'CPU', deviceName: 'not known', origin: 'package installer', threads: 0 }, // prettier-ignore
};

/** How sentences were scored where nobody says. */
const elsewhere: Profile = { name: 'elsewhere', prefix: 'none', leadingSpace: false, text: 'as-is', aggregation: 'sum', ties: 'apart' }; // prettier-ignore

/** Where a single checkpoint stands: step 0 would be taken for an untrained model. */
const onlyStep = 1;

export const importScoresHandlers = (
  lab: Lab,
): Pick<Handlers<typeof labServes>, 'scores.import'> => ({
  'scores.import': async ({ path: source, format, columns, suiteId, name, profile: chosen }) => {
    const suite = getSuite(writable(lab), suiteId);
    const files = await suiteFiles(path.resolve(source));
    const scores = format === 'lm-eval' ? lmEvalScores(files, onlyStep) : tableScores(files, columns, onlyStep); // prettier-ignore
    const known = format === 'lm-eval' ? profiles['lm-eval'] : undefined;
    const profile = chosen ?? known ?? elsewhere;
    const db = writable(lab);
    const matched = matchedScores(db, suiteId, scores);
    if (matched.pairs === 0)
      throw new AppError('bad-file', `No pair of the suite ${suite.name} has scores of both its sentences in ${path.basename(source)}. Sentences are compared letter for letter: is it the right suite?`); // prettier-ignore
    const sha256 = createHash('sha256');
    for (const file of files) sha256.update(file.text);
    const note = `Scores of another program, from ${path.basename(source)} (${format}; sha256 of its text ${sha256.digest('hex')}). ${matched.pairs} of the suite’s ${suite.pairs} pairs have scores; ${matched.unused} of its sentences are not in the suite.`; // prettier-ignore
    const run = transaction(db, () => {
      const corpusId = addCorpus(db, unknownCorpus).id;
      const config = { preset: 'imported', corpusId, tokenizerId: null, model: notKnown.model, training: null, scoring: { suiteIds: [suiteId], profile, pairsPerClass: null } }; // prettier-ignore
      const { id } = addRun(db, { name: name || path.basename(source), config, engine: notKnown.engine, parameters: 0 }); // prettier-ignore
      const keys = { suiteId, profileId: profileId(db, profile), encodingId: encodingId(db, unknownTokenizerId(db), profile) }; // prettier-ignore
      for (const { step, classes } of matched.steps) {
        const checkpointId = putCheckpoint(db, id, { step, tokensSeen: 0, wordsSeen: 0, heldOutNatsPerToken: null, hasWeights: false, hasOptimizer: false, savedAtMs: Date.now() }); // prettier-ignore
        const scoringId = beginScoring(db, { checkpointId, ...keys });
        for (const [classId, ofClass] of classes)
          recordClassScores(db, { scoringId, classId, ties: profile.ties, scores: ofClass });
        finishScoring(db, scoringId);
      }
      setProgress(db, id, { state: 'finished', stage: 'finished', step: matched.steps.at(-1)?.step ?? 0 }); // prettier-ignore
      return editRun(db, id, { note });
    });
    lab.emit('run.progressed', run);
    return { run: getRun(db, run.id), pairs: matched.pairs, suitePairs: suite.pairs, unusedSentences: matched.unused }; // prettier-ignore
  },
});

interface Matched {
  /** In the order of steps; classes without any score are left out. */
  steps: { step: number; classes: Map<number, ClassScores> }[];
  /** Of the suite, that have scores at some step. */
  pairs: number;
  /** Sentences with a score that the suite does not have. */
  unused: number;
}

function matchedScores(db: Db, suiteId: number, scores: SentenceScores): Matched {
  const classes = listClasses(db, suiteId);
  const unused = new Set([...scores.values()].flatMap((ofStep) => [...ofStep.keys()]));
  const scored = new Set<number>();
  const steps = [...scores].sort(([a], [b]) => a - b).map(([step, ofStep]) => {
    const found = new Map<number, ClassScores>();
    for (const one of classes) {
      const ofClass = scoresOfClass(db, one, ofStep, unused);
      if (ofClass.pairRowIds.length > 0) found.set(one.classId, ofClass);
      ofClass.pairRowIds.forEach((id) => scored.add(id));
    }
    return { step, classes: found };
  }); // prettier-ignore
  return { steps: steps.filter((one) => one.classes.size > 0), pairs: scored.size, unused: unused.size }; // prettier-ignore
}

/** The pairs of which both sentences have a score; sentences of the class are no longer unused. */
function scoresOfClass(
  db: Db,
  one: StoredClass,
  scores: ReadonlyMap<string, number>,
  unused: Set<string>,
): ClassScores {
  const rows = listPairs(db, one.classId).flatMap(({ pairRowId, good, bad }) => {
    unused.delete(good);
    unused.delete(bad);
    const nats = [scores.get(good), scores.get(bad)] as const;
    return nats[0] === undefined || nats[1] === undefined ? [] : [[pairRowId, nats[0], nats[1]] as const]; // prettier-ignore
  });
  return {
    pairRowIds: Int32Array.from(rows, ([id]) => id),
    goodNats: Float64Array.from(rows, ([, good]) => good),
    badNats: Float64Array.from(rows, ([, , bad]) => bad),
    tokenNats: Float32Array.from(rows.flatMap(([, good, bad]) => [good, bad])),
    tokenCounts: Int32Array.from(rows, () => 2),
  };
}
