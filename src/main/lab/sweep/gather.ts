// Finished runs taken into a project, from their folders: each once, every file by its hash, and what was interrupted
// goes on where it was.
import fs from 'node:fs';
import path from 'node:path';
import type { MetricPoint, RunConfig } from '../../../shared/domain.ts';
import { AppError, toErrorReply } from '../../../shared/errors.ts';
import type { SweepGathered } from '../../../shared/sweeps.ts';
import { recordParts } from '../jobs/parts.ts';
import { parameterCount } from '../model/index.ts';
import { putCheckpoint } from '../store/checkpoints.ts';
import { listClasses } from '../store/classes.ts';
import { explained } from '../store/failures.ts';
import { addCorpus, listCorpora, profileId } from '../store/library.ts';
import { checkpointFolder, type Project } from '../store/project.ts';
import { addMetrics, addRun, setProgress } from '../store/runs.ts';
import { finishedScoring, takeScoreFile, takeTokenFile } from '../store/score-file.ts';
import { beginScoring, deleteScoring, encodingId, finishScoring } from '../store/scores.ts';
import { transaction, type Db } from '../store/sql.ts';
import { gatheredRun, putGathered } from '../store/sweeps.ts';
import { hashOf } from './finish.ts';
import { addTokenizerText, takeSuite } from './library.ts';
import { readSpec, type Done, type RunSpec } from './run-folder.ts';
import { scoringOf } from './scratch.ts';
import { folderState } from './state.ts';

type Counts = Omit<SweepGathered, 'judgements'>;

interface GatherOptions {
  weights: boolean;
  /** Called with every run that is there now and was not, or not whole. */
  added: (runId: number) => void;
}

/** Takes in every finished run under these folders, each a run's or one that has runs in it. */
export async function gatherRuns(
  project: Project,
  folders: readonly string[],
  options: GatherOptions,
): Promise<Counts> {
  const counts: Counts = {
    added: 0,
    unchanged: 0,
    unfinished: 0,
    refused: [],
    scores: 0,
    bytes: 0,
  };
  for (const folder of folders) {
    try {
      await gatherRun(project, folder, options, counts);
    } catch (error) {
      counts.refused.push({ folder, message: toErrorReply(explained(error)).message });
    }
  }
  return counts;
}

/** Run folders in a folder, itself one or not; those of a project, in its `runs`. */
export function runFoldersIn(folder: string): string[] {
  if (fs.existsSync(path.join(folder, 'run.json'))) return [folder];
  const inside = fs.existsSync(path.join(folder, 'runs')) ? path.join(folder, 'runs') : folder;
  if (!fs.existsSync(inside)) return [];
  return fs.readdirSync(inside).sort().map((name) => path.join(inside, name)).filter((one) => fs.existsSync(path.join(one, 'run.json'))); // prettier-ignore
}

async function gatherRun(
  project: Project,
  folder: string,
  { weights, added }: GatherOptions,
  counts: Counts,
): Promise<void> {
  const { db } = project;
  const spec = readSpec(folder);
  const { done, attempts } = folderState(folder);
  if (!done) return void counts.unfinished++;
  const { sha256: manifest } = hashOf(path.join(folder, String(attempts), 'done.json'));
  const before = gatheredRun(db, spec.key);
  if (before?.manifestSha256 === manifest) return void counts.unchanged++;
  const runs = path.dirname(path.resolve(folder));
  const verify = verifier(folder, done, counts);
  const tokenizer = fs.readFileSync(verify(done.tokenizer), 'utf8');
  const targets = spec.targets.map((target) => ({ ...target, suiteId: takeSuite(db, runs, target.suite).id })); // prettier-ignore
  const tokenizerId = addTokenizerText(db, `${spec.corpus.name}, ${done.model.vocabSize} tokens`, tokenizer); // prettier-ignore
  const runId = before?.runId ?? beginRun(db, { spec, done, tokenizerId, suiteIds: targets.map(({ suiteId }) => suiteId) }); // prettier-ignore
  for (const { file, untilStep } of done.metrics) addMetrics(db, runId, metricsIn(verify(file), untilStep)); // prettier-ignore
  for (const { weights: kept, scores, ...saved } of done.checkpoints) {
    const hasWeights = weights && kept !== null && copyWeights(project, runId, { folder, kept, step: saved.step }, verify); // prettier-ignore
    const checkpointId = putCheckpoint(db, runId, { ...saved, hasWeights, hasOptimizer: false });
    for (const [i, { suiteId, profile }] of targets.entries()) {
      const file = scores[i];
      const keys = { suiteId, profileId: profileId(db, profile) };
      if (file === undefined || finishedScoring(db, runId, { step: saved.step, ...keys }) !== undefined) continue; // prettier-ignore
      const encoding = encodingId(db, tokenizerId, profile);
      counts.scores += takeScores(
        db,
        { checkpointId, encodingId: encoding, ...keys },
        verify(file),
      );
      await new Promise(setImmediate); // other calls come in between
    }
  }
  targets.forEach(({ suiteId, profile }, i) => {
    const tokens = done.tokens[i];
    if (tokens !== undefined) takeTokenFile(db, { suiteId, encodingId: encodingId(db, tokenizerId, profile) }, verify(tokens)); // prettier-ignore
  });
  transaction(db, () => {
    setProgress(db, runId, { ...progressOf(done), state: 'finished', stage: 'finished' });
    putGathered(db, spec.key, { runId, manifestSha256: manifest });
  });
  counts.added++;
  added(runId);
}

/** A file of the run by its path in the folder, once its hash was found right. */
const verifier =
  (folder: string, { files }: Done, counts: Counts) =>
  (file: string): string => {
    const at = path.join(folder, file);
    const listed = files[file];
    if (!fs.existsSync(at)) throw new AppError('bad-file', `${at} is not there. Copy the folder again, rsync goes on where it was.`); // prettier-ignore
    const { bytes, sha256 } = hashOf(at);
    if (listed?.sha256 !== sha256) throw new AppError('bad-file', `${at} is not what its run wrote: its SHA-256 is another. Copy it again.`); // prettier-ignore
    counts.bytes += bytes;
    return at;
  };

/** Stores the run, and that it is being taken in. */
function beginRun(
  db: Db,
  args: { spec: RunSpec; done: Done; tokenizerId: number; suiteIds: number[] },
): number {
  const { spec, done, tokenizerId, suiteIds } = args;
  return transaction(db, () => {
    const known = listCorpora(db).find(
      ({ contentHash }) => contentHash === spec.corpus.contentHash,
    );
    const config: RunConfig = {
      preset: spec.preset,
      corpusId: known?.id ?? addCorpus(db, spec.corpus).id, // one that is known stays where it is
      tokenizerId,
      model: done.model,
      training: spec.training,
      scoring: scoringOf(spec, suiteIds),
    };
    const run = addRun(db, { name: spec.name, config, engine: done.engine, parameters: parameterCount(done.model) }); // prettier-ignore
    setProgress(db, run.id, { ...progressOf(done), state: 'paused', stage: 'being gathered; gather again to complete it' }); // prettier-ignore
    putGathered(db, spec.key, { runId: run.id, manifestSha256: '' });
    return run.id;
  });
}

const progressOf = ({ progress }: Done) => {
  const { step, tokensSeen, wordsSeen, lossNats, tokensPerSecond, elapsedMs } = progress;
  return { step, tokensSeen, wordsSeen, lossNats, tokensPerSecond, elapsedMs, remainingMs: 0 };
};

/** Lines of a process that died in the midst of one end without a line end. */
function metricsIn(file: string, untilStep: number): MetricPoint[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as MetricPoint).filter(({ step }) => step <= untilStep); // prettier-ignore
}

function takeScores(
  db: Db,
  keys: { checkpointId: number; suiteId: number; profileId: number; encodingId: number },
  file: string,
): number {
  deleteScoring(db, beginScoring(db, keys)); // what an interrupted gathering may have left
  const scoringId = beginScoring(db, keys);
  const pairs = takeScoreFile(db, scoringId, file);
  transaction(db, () => {
    for (const { classId } of listClasses(db, keys.suiteId)) recordParts(db, scoringId, classId);
    finishScoring(db, scoringId);
  });
  return pairs;
}

function copyWeights(
  project: Project,
  runId: number,
  { folder, kept, step }: { folder: string; kept: string; step: number },
  verify: (file: string) => string,
): boolean {
  const target = checkpointFolder(project, runId, step);
  if (fs.existsSync(target)) return true;
  for (const name of fs.readdirSync(path.join(folder, kept))) verify(`${kept}/${name}`);
  fs.cpSync(path.join(folder, kept), `${target}.unfinished`, { recursive: true, mode: fs.constants.COPYFILE_FICLONE }); // prettier-ignore
  fs.renameSync(`${target}.unfinished`, target);
  return true;
}
