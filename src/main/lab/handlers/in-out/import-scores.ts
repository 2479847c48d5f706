// Figures that another program computed, as a run: its model and its text are not known. Where its tokens are not
// known either, a sentence is one token.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Handlers, labServes } from '../../../../shared/api.ts';
import { profiles, type EngineInfo, type ModelConfig, type Profile } from '../../../../shared/domain.ts'; // prettier-ignore
import { AppError } from '../../../../shared/errors.ts';
import type { ScoresFormat, ScoresPreview } from '../../../../shared/exchange.ts';
import { recordClassScores } from '../../jobs/record.ts';
import { readFigures, recogniseFigures, type Figures } from '../../scoring/index.ts';
import { putCheckpoint } from '../../store/checkpoints.ts';
import { addCorpus, getSuite, profileId, unknownCorpus, unknownTokenizerId } from '../../store/library.ts'; // prettier-ignore
import { addRun, editRun, getRun, setProgress } from '../../store/runs.ts';
import { beginScoring, encodingId, finishScoring, putPairTokens } from '../../store/scores.ts';
import { transaction } from '../../store/sql.ts';
import { columnsOf, firstRows, suiteFiles, type SuiteFile } from '../../suite/index.ts';
import { readable, writable, type Lab } from '../lab.ts';
import { matchFigures, tokensShown, type MatchedFigures } from './match-figures.ts';

const notKnown: { model: ModelConfig; engine: EngineInfo } = {
  model: { vocabSize: 0, layers: 0, hiddenSize: 0, heads: 0, ffnSize: 0, maxPositions: 0, dropout: 0, preLayerNorm: true, wordEmbedSize: 0 }, // prettier-ignore
  engine: { tensorflowVersion: 'not known', device: 'CPU', deviceName: 'not known', origin: 'package installer', threads: 0 }, // prettier-ignore
};

/** How sentences were scored where nobody says. */
const elsewhere: Profile = { name: 'elsewhere', prefix: 'none', leadingSpace: false, text: 'as-is', aggregation: 'sum', ties: 'apart' }; // prettier-ignore

/** How a tool scores by itself. */
const ownWay: Record<ScoresFormat, Profile | undefined> = {
  'lm-eval': profiles['lm-eval'],
  csv: undefined,
  minicons: undefined, // its tokens are summed here, its own mean is another profile
  babylm: { ...elsewhere, name: 'babylm-choices' },
};

type ImportMethod = 'scores.import' | 'scores.preview';

export const importScoresHandlers = (lab: Lab): Pick<Handlers<typeof labServes>, ImportMethod> => ({
  'scores.preview': async ({ path: source, suiteId, format: named, columns }) => {
    const suite = getSuite(readable(lab), suiteId);
    const files = await suiteFiles(path.resolve(source));
    const format = named ?? recogniseFigures(files);
    const [first] = files;
    const preview: ScoresPreview = { format, columns: first ? columnsOf(first) : [], rows: first && columnsOf(first).length > 0 ? firstRows(first) : [], checkpoints: 0, pairs: 0, suitePairs: suite.pairs, unusedSentences: 0, problem: null }; // prettier-ignore
    if (format === null)
      return { ...preview, problem: 'No format that is known. Say which it is.' };
    try {
      const matched = matchFigures(readable(lab), suiteId, readFigures(files, format, columns));
      const { checkpoints, pairs, unused } = matched;
      return { ...preview, checkpoints: checkpoints.length, pairs, unusedSentences: unused, problem: pairs === 0 ? nothingMatched(suite.name, source) : null }; // prettier-ignore
    } catch (error) {
      if (error instanceof AppError) return { ...preview, problem: error.message };
      throw error;
    }
  },

  'scores.import': async ({ path: source, format, columns, suiteId, name, profile: chosen }) => {
    const suite = getSuite(writable(lab), suiteId);
    const files = await suiteFiles(path.resolve(source));
    const figures = readFigures(files, format, columns);
    const profile = chosen ?? ownWay[format] ?? elsewhere;
    const matched = matchFigures(writable(lab), suiteId, figures);
    const { pairs, unused } = matched;
    if (pairs === 0) throw new AppError('bad-file', nothingMatched(suite.name, source));
    const what = figures.kept === 'choices' ? 'Choices between sentences, without their probabilities,' : 'Scores'; // prettier-ignore
    const note = `${what} of another program, from ${path.basename(source)} (${format}; sha256 of its text ${sha256Of(files)}). ${pairs} of the suite’s ${suite.pairs} pairs have them; ${unused} of its sentences are not in the suite.`; // prettier-ignore
    const run = store(lab, { name: name || path.basename(source), note, suiteId, profile, kept: figures.kept, matched }); // prettier-ignore
    lab.emit('run.progressed', run);
    return { run, pairs, suitePairs: suite.pairs, unusedSentences: unused };
  },
});

interface ToStore {
  name: string;
  note: string;
  suiteId: number;
  profile: Profile;
  kept: Figures['kept'];
  matched: MatchedFigures;
}

function store(lab: Lab, { name, note, suiteId, profile, kept, matched }: ToStore) {
  const db = writable(lab);
  return transaction(db, () => {
    const corpusId = addCorpus(db, unknownCorpus).id;
    const shown = tokensShown(db, matched);
    const config = { preset: 'imported', corpusId, tokenizerId: shown?.tokenizerId ?? null, model: notKnown.model, training: null, ...(kept === 'choices' && { choicesOnly: true as const }), scoring: { suiteIds: [suiteId], profile, pairsPerClass: null } }; // prettier-ignore
    const { id } = addRun(db, { name, config, engine: notKnown.engine, parameters: 0 });
    const encoding = encodingId(db, shown?.tokenizerId ?? unknownTokenizerId(db), profile);
    if (shown) putPairTokens(db, encoding, shown.pairs);
    const keys = { suiteId, profileId: profileId(db, profile), encodingId: encoding };
    for (const { step, wordsSeen, classes } of matched.checkpoints) {
      const checkpointId = putCheckpoint(db, id, { step, tokensSeen: 0, wordsSeen: wordsSeen ?? 0, heldOutNatsPerToken: null, hasWeights: false, hasOptimizer: false, savedAtMs: Date.now() }); // prettier-ignore
      const scoringId = beginScoring(db, { checkpointId, ...keys });
      for (const [classId, { scores }] of classes)
        recordClassScores(db, { scoringId, classId, ties: profile.ties, scores });
      finishScoring(db, scoringId);
    }
    const last = matched.checkpoints.at(-1);
    setProgress(db, id, { state: 'finished', stage: 'finished', step: last?.step ?? 0, wordsSeen: last?.wordsSeen ?? 0 }); // prettier-ignore
    editRun(db, id, { note });
    return getRun(db, id);
  });
}

const nothingMatched = (suite: string, source: string): string =>
  `No pair of the suite ${suite} has scores of both its sentences in ${path.basename(source)}. Sentences are compared letter for letter: is it the right suite?`; // prettier-ignore

function sha256Of(files: readonly SuiteFile[]): string {
  const sha256 = createHash('sha256');
  for (const file of files) sha256.update(file.text);
  return sha256.digest('hex');
}
