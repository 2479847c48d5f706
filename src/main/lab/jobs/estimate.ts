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

const sampledClasses = 4;
const sampledPairs = 50;
/** Held-out windows that one evaluation reads at most (training/data.ts). */
const mostHeldOutWindows = 256;
/** Bytes that a disk takes in a millisecond, synced; a plain SSD. */
const diskBytesPerMs = 3e5;
/** Bytes of the project file for a scored pair, both sentences' log-probs with it. */
const bytesPerPair = 170;
/** Tokens for a word of English, roughly, under a vocabulary of thousands. */
const tokensPerWord = 1.35;

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
  const { stepMs, heldOutWindowMs, pairMs } = await speeds(db, thread, config);
  const heldOutWords = corpus.words / 100;
  const heldOutWindows = Math.min(mostHeldOutWindows, (heldOutWords * tokensPerWord) / training.windowTokens); // prettier-ignore
  const optimizersKept = training.keepOptimizer === 'all' ? checkpoints : 2;
  return {
    trainMs:
      training.totalSteps * stepMs +
      checkpoints * (heldOutWindows * heldOutWindowMs + (12 * parameters) / diskBytesPerMs),
    scoreMs: checkpoints * pairs * pairMs,
    parameters,
    checkpoints,
    memoryBytes: trainingBytes(model, training, parameters),
    diskBytes:
      4 * parameters * (checkpoints + 2 * optimizersKept) + checkpoints * pairs * bytesPerPair,
  };
}

/** Measured once for each shape; while a run is at work, reckoned from its speed instead. */
async function speeds(db: Db, thread: TrainerThread, config: RunConfig): Promise<Speeds> {
  const { model, scoring, tokenizerId } = config;
  const training = trainingOf(config);
  const { batchWindows, windowTokens, precision } = training;
  const key = JSON.stringify([model, batchWindows, windowTokens, precision, scoring.suiteIds, tokenizerId]); // prettier-ignore
  const known = measured.get(key);
  if (known) return known;
  if (thread.busy) return reckoned(db, config);
  const tokenizerJson = tokenizerId === null ? null : getTokenizer(db, tokenizerId).json;
  const args = { model, training, tokenizerJson, profile: scoring.profile, classes: sample(db, config) }; // prettier-ignore
  const result = thread.call('measure', args);
  measured.set(key, result);
  result.catch(() => measured.delete(key));
  return result;
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

/** A few classes of the suites, a few pairs each. */
function sample(db: Db, { scoring }: RunConfig): ClassToScore[] {
  const classes = scoring.suiteIds.flatMap((id) => listClasses(db, id));
  const every = Math.max(1, Math.floor(classes.length / sampledClasses));
  return classes
    .filter((_, i) => i % every === 0)
    .slice(0, sampledClasses)
    .map((one) => {
      const pairRowIds = wantedPairs(one, Math.min(sampledPairs, scoring.pairsPerClass ?? sampledPairs)); // prettier-ignore
      const pairs = pairRowIds.map((id) => getPair(db, id));
      return { classId: one.classId, pairRowIds, good: pairs.map((p) => p.good), bad: pairs.map((p) => p.bad) }; // prettier-ignore
    });
}
