// What a run will take on this machine, before it is started.
import type { Result, labApi } from '../../../shared/api.ts';
import { trainingOf, type RunConfig } from '../../../shared/domain.ts';
import type { CorpusSummary } from '../corpus/index.ts';
import { parameterCount } from '../model/index.ts';
import { listClasses } from '../store/classes.ts';
import { getCorpusSummary, getTokenizer } from '../store/library.ts';
import { getPair } from '../store/pairs.ts';
import { getRunConfig, listRuns } from '../store/runs.ts';
import type { Db } from '../store/sql.ts';
import { checkpointSteps } from '../training/index.ts';
import { stepFlops, trainingBytes } from './flops.ts';
import { requireMemory } from './memory.ts';
import type { ClassToScore, Speeds } from './trainer/messages.ts';
import { wantedPairs } from './targets.ts';
import type { TrainerThread } from './trainer/thread.ts';

type Estimate = Result<typeof labApi, 'runs.estimate'>;

/** Sentences of a class share their beginnings, so whole classes are taken, of about so many pairs. */
const sampledPairs = 10_000;
/** Held-out windows that one evaluation reads at most (training/data.ts). */
const mostHeldOutWindows = 256;
/** Bytes that a disk takes in a millisecond, synced; a plain SSD. */
const diskBytesPerMs = 3e5;
/** Bytes of the project file for a scored pair, both sentences' log-probs with it. */
const bytesPerPair = 170;
/** What planning and storing a pair's scores take beside computing them, ms. */
const storedPairMs = 0.08;
/** Tokens for a word of English, roughly, under a vocabulary of thousands. */
const tokensPerWord = 1.35;

/** Bytes of text a millisecond that a tokenizer is trained on, and that are encoded; 2 cores of a server. */
const prepared = { trainedBytesPerMs: 8e3, encodedBytesPerMs: 6e3 };
/** What opening a run, and storing a checkpoint, take whatever its size. */
const openMs = 500;
const checkpointMs = 50;

const measured = new Map<string, Promise<Speeds>>();

export async function estimate(
  { db, thread }: { db: Db; thread: TrainerThread },
  config: RunConfig,
): Promise<Estimate> {
  const { model, scoring } = config;
  const training = trainingOf(config);
  const parameters = parameterCount(model);
  const corpus = getCorpusSummary<CorpusSummary>(db, config.corpusId);
  const wordsPerStep = (training.batchWindows * training.windowTokens) / tokensPerWord;
  const checkpoints = checkpointSteps(training.checkpoints, training.totalSteps, wordsPerStep).length; // prettier-ignore
  const pairs = scoring.suiteIds
    .flatMap((id) => listClasses(db, id))
    .reduce((sum, one) => sum + Math.min(one.pairs, scoring.pairsPerClass ?? one.pairs), 0);
  requireMemory(model, training, (await thread.engine()).device); // before it is tried
  const { isMeasured, stepMs, heldOutWindowMs, pairMs } = await speeds(db, thread, config);
  const heldOutWords = corpus.words / 100;
  const heldOutWindows = Math.min(mostHeldOutWindows, (heldOutWords * tokensPerWord) / training.windowTokens); // prettier-ignore
  const optimizersKept = training.keepOptimizer === 'all' ? checkpoints : 2;
  const trained = config.tokenizerId === null ? corpus.bytes / prepared.trainedBytesPerMs : 0;
  return {
    isMeasured,
    prepareMs: openMs + trained + corpus.bytes / prepared.encodedBytesPerMs,
    trainMs:
      training.totalSteps * stepMs +
      checkpoints *
        (heldOutWindows * heldOutWindowMs + (12 * parameters) / diskBytesPerMs + checkpointMs),
    scoreMs: checkpoints * pairs * (pairMs + storedPairMs),
    parameters,
    checkpoints,
    memoryBytes: trainingBytes(model, training, parameters),
    diskBytes:
      4 * parameters * (checkpoints + 2 * optimizersKept) + checkpoints * pairs * bytesPerPair,
  };
}

/** Measured once for each shape; while a run is at work, reckoned from its speed instead. */
async function speeds(
  db: Db,
  thread: TrainerThread,
  config: RunConfig,
): Promise<Speeds & { isMeasured: boolean }> {
  const { model, scoring, tokenizerId } = config;
  const training = trainingOf(config);
  const { batchWindows, windowTokens, precision } = training;
  const { suiteIds, pairsPerClass } = scoring;
  const key = JSON.stringify([model, batchWindows, windowTokens, precision, suiteIds, pairsPerClass, tokenizerId]); // prettier-ignore
  await Promise.allSettled(measured.values()); // a measurement under way is no run at work
  const known = measured.get(key);
  if (known) return { isMeasured: true, ...(await known) };
  if (thread.busy) return { isMeasured: false, ...reckoned(db, config) };
  const tokenizerJson = tokenizerId === null ? null : getTokenizer(db, tokenizerId).json;
  const args = { model, training, tokenizerJson, profile: scoring.profile, classes: sample(db, config) }; // prettier-ignore
  const result = thread.call('measure', args);
  measured.set(key, result);
  result.catch(() => measured.delete(key));
  return { isMeasured: true, ...(await result) };
}

/** From the speed of the run that is at work, by the arithmetic of both. */
function reckoned(db: Db, config: RunConfig): Speeds {
  const running = listRuns(db).find((run) => run.state === 'training' || run.state === 'scoring');
  const atWork = running && getRunConfig(db, running.id);
  const flopsPerMs = atWork?.training
    ? ((running?.tokensPerSecond ?? 0) * stepFlops(atWork.model, atWork.training.windowTokens)) /
      (1_000 * atWork.training.windowTokens)
    : 0;
  const { model } = config;
  const training = trainingOf(config);
  const windowMs = stepFlops(model, training.windowTokens) / (flopsPerMs || 1e8);
  // Forward alone is a third of a step; a pair of sentences is about 20 tokens that they do not share.
  const pairMs = (20 / training.windowTokens) * (windowMs / 3);
  return { stepMs: windowMs * training.batchWindows, heldOutWindowMs: windowMs / 3, pairMs };
}

/** Classes from all over the suites, with the pairs that are to be scored. */
function sample(db: Db, { scoring }: RunConfig): ClassToScore[] {
  const wanted = scoring.suiteIds
    .flatMap((id) => listClasses(db, id))
    .map((one) => ({ classId: one.classId, pairRowIds: wantedPairs(one, scoring.pairsPerClass) }));
  const pairs = wanted.reduce((sum, { pairRowIds }) => sum + pairRowIds.length, 0);
  const every = Math.ceil(pairs / sampledPairs);
  return wanted
    .filter((_, i) => i % every === 0)
    .map(({ classId, pairRowIds }) => {
      const pairs = pairRowIds.map((id) => getPair(db, id));
      return { classId, pairRowIds, good: pairs.map((p) => p.good), bad: pairs.map((p) => p.bad) };
    });
}
