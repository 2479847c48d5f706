// Speed of scoring a suite with one model, every token stored: our side of the comparison with minicons, lm-eval and
// a batched PyTorch script. Prints one JSON line.
//
//   node bench/score.ts --suite BLiMP.zip --tokenizer DIR [--model DIR | --shape mini|opt-125m]
//                       [--pairs-per-class N] [--reps 5] [--write scores.jsonl]
//
// What is timed: encoding, planning, scoring and storing in a new project. What is not: opening model and suite.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadEngine } from '../src/main/lab/engine/index.ts';
import { recordClassScores } from '../src/main/lab/jobs/record.ts';
import { OptModel, parameterCount } from '../src/main/lab/model/index.ts';
import {
  aggregate,
  encodeSentence,
  planScoring,
  scorePlan,
} from '../src/main/lab/scoring/index.ts';
import { putCheckpoint } from '../src/main/lab/store/checkpoints.ts';
import { listClasses } from '../src/main/lab/store/classes.ts';
import { addCorpus, addSuite, addTokenizer, profileId } from '../src/main/lab/store/library.ts';
import { createProject } from '../src/main/lab/store/project.ts';
import { addRun } from '../src/main/lab/store/runs.ts';
import { beginScoring, encodingId, finishScoring, type ClassScores } from '../src/main/lab/store/scores.ts'; // prettier-ignore
import { readSuite } from '../src/main/lab/suite/index.ts';
import { openTokenizer } from '../src/main/lab/tokenizer/index.ts';
import { presets } from '../src/main/lab/training/index.ts';
import { profiles, type ModelConfig } from '../src/shared/domain.ts';

const { values: asked } = parseArgs({
  options: {
    suite: { type: 'string' },
    tokenizer: { type: 'string' },
    model: { type: 'string' },
    shape: { type: 'string', default: 'mini' },
    'pairs-per-class': { type: 'string' },
    reps: { type: 'string', default: '5' },
    write: { type: 'string' },
  },
});
if (!asked.suite || !asked.tokenizer) throw new Error('--suite and --tokenizer are needed');

const opt125m: ModelConfig = {
  vocabSize: 50_272,
  layers: 12,
  hiddenSize: 768,
  heads: 12,
  ffnSize: 3_072,
  maxPositions: 2_048,
  dropout: 0,
  preLayerNorm: true,
  wordEmbedSize: 768,
};
function newModel(shape: string): OptModel {
  const config = shape === 'opt-125m' ? opt125m : presets.find(({ name }) => name === shape)?.model;
  if (!config) throw new Error(`--shape ${shape} is neither opt-125m nor a preset`);
  return OptModel.init(config, 1);
}

const profile = profiles['gardenpath']!;
const perClass = asked['pairs-per-class'] ? Number(asked['pairs-per-class']) : Infinity;
const { info } = loadEngine();
const model = asked.model ? OptModel.load(asked.model) : newModel(asked.shape);
const tokenizerSource = asked.tokenizer;
const whole = await readSuite(asked.suite);
const suite = {
  ...whole,
  classes: whole.classes.map((one) => ({ ...one, human: null, pairs: one.pairs.slice(0, perClass) })), // prettier-ignore
};
const folder = mkdtempSync(join(tmpdir(), 'gardenpath-bench-'));
const project = createProject(join(folder, 'project'));
const { db } = project;
const suiteId = addSuite(db, suite).id;
const classes = listClasses(db, suiteId);
const scoringIds = newScorings(Number(asked.reps));

/** Runs of one checkpoint each, to store scores under. */
function newScorings(count: number): number[] {
  const { vocabSize, hash, json } = openTokenizer(tokenizerSource);
  const { id: tokenizerId } = addTokenizer(db, { name: 'bench', vocabSize, hash, json }); // prettier-ignore
  const corpus = addCorpus(db, { name: 'none', source: 'none', files: [], lines: 0, words: 0, bytes: 0, contentHash: 'none' }); // prettier-ignore
  const [preset] = presets;
  return Array.from({ length: count }, () => {
    const config = { preset: 'bench', corpusId: corpus.id, tokenizerId, model: model.config, training: preset!.training, scoring: { suiteIds: [suiteId], profile, pairsPerClass: null } }; // prettier-ignore
    const run = addRun(db, { name: '', config, engine: info, parameters: parameterCount(model.config) }); // prettier-ignore
    const checkpointId = putCheckpoint(db, run.id, { step: 0, tokensSeen: 0, wordsSeen: 0, heldOutNatsPerToken: null, hasWeights: false, hasOptimizer: false, savedAtMs: 0 }); // prettier-ignore
    return beginScoring(db, { checkpointId, suiteId, profileId: profileId(db, profile), encodingId: encodingId(db, tokenizerId, profile) }); // prettier-ignore
  });
}

function scoreAndStore(scoringId: number) {
  const times: Record<string, number> = {};
  let since = performance.now();
  const lap = (name: string) => {
    times[name] = Math.round(performance.now() - since);
    since = performance.now();
  };
  const tokenizer = openTokenizer(tokenizerSource);
  const sentences = suite.classes.flatMap(({ pairs }) =>
    pairs.flatMap(({ good, bad }) => [
      encodeSentence(tokenizer, profile, good),
      encodeSentence(tokenizer, profile, bad),
    ]),
  );
  lap('encodeMs');
  const plan = planScoring(sentences, { maxPositions: model.config.maxPositions });
  lap('planMs');
  const scored = scorePlan(model, plan);
  lap('scoreMs');
  let at = 0;
  for (const { classId, firstPairRowId, pairs } of classes) {
    const scores = classScores(scored.slice(at, (at += 2 * pairs)), firstPairRowId);
    recordClassScores(db, { scoringId, classId, ties: profile.ties, scores });
  }
  finishScoring(db, scoringId);
  lap('storeMs');
  return { times, plan, scored };
}

function classScores(scored: readonly Float32Array[], firstPairRowId: number): ClassScores {
  const pairs = scored.length / 2;
  const nats = scored.map((logProbs) => aggregate(profile, logProbs));
  const tokenNats = new Float32Array(scored.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const logProbs of scored) {
    tokenNats.set(logProbs, at);
    at += logProbs.length;
  }
  return {
    pairRowIds: Int32Array.from({ length: pairs }, (_, p) => firstPairRowId + p),
    goodNats: Float64Array.from({ length: pairs }, (_, p) => nats[2 * p]!),
    badNats: Float64Array.from({ length: pairs }, (_, p) => nats[2 * p + 1]!),
    tokenNats,
    tokenCounts: Int32Array.from({ length: pairs }, (_, p) => scored[2 * p]!.length + scored[2 * p + 1]!.length), // prettier-ignore
  };
}

function writeScores(path: string, scored: readonly Float32Array[]): void {
  let at = 0;
  const lines = suite.classes.flatMap(({ uid, pairs }) =>
    pairs.map((_, i) => {
      const [good, bad] = [scored[at++]!, scored[at++]!].map((logProbs) => aggregate(profile, logProbs)); // prettier-ignore
      return JSON.stringify({ UID: uid, i, good, bad });
    }),
  );
  writeFileSync(path, lines.join('\n') + '\n');
}

const pairs = classes.reduce((sum, one) => sum + one.pairs, 0);
const load = loadavg()[0];
const cpu = process.cpuUsage();
const runs = scoringIds.map(scoreAndStore);
const { user, system } = process.cpuUsage(cpu);
const total = ({ times }: (typeof runs)[number]) => Object.values(times).reduce((a, b) => a + b, 0);
const median = runs.toSorted((a, b) => total(a) - total(b))[Math.floor(runs.length / 2)]!;
if (asked.write) writeScores(asked.write, median.scored);
project.close();
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify({
    bench: 'score',
    model: asked.model ?? asked.shape,
    pairs,
    reps: runs.length,
    seconds: total(median) / 1000,
    pairsPerSecond: Math.round((pairs / total(median)) * 1e4) / 10,
    ...median.times,
    cells: median.plan.blocks.reduce((sum, { rows, rowTokens }) => sum + rows * rowTokens, 0),
    cpuSeconds: Math.round((user + system) / 1e5 / runs.length) / 10,
    peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    threads: info.threads,
    device: info.deviceName,
    tensorflow: info.tensorflowVersion,
    load,
    glibcTunables: process.env['GLIBC_TUNABLES'] ?? '',
  }),
);
