// A run worked on far from its project: a project of its own in the machine's temporary folder, that the lab's queue
// works on as on any other. Its checkpoints lie in the process's folder on the shared storage; its SQLite file never does.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Profile, profiles, type EngineInfo, type RunConfig } from '../../../shared/domain.ts';
import { parameterCount } from '../model/index.ts';
import { putCheckpoint } from '../store/checkpoints.ts';
import { addCorpus, getProfile, profileId } from '../store/library.ts';
import { createProject, runFolder, type Project } from '../store/project.ts';
import { addRun, runTokenizerId, setProgress } from '../store/runs.ts';
import { takeScoreFile } from '../store/score-file.ts';
import { addTarget, beginScoring, encodingId, finishScoring } from '../store/scores.ts';
import type { Db } from '../store/sql.ts';
import { adopt, isScored, targetKey, type Artefacts } from './artefacts.ts';
import { takeSuite, takeTokenizer } from './library.ts';
import type { RunSpec } from './run-folder.ts';

export interface ScratchTarget {
  key: string;
  suiteId: number;
  profileId: number;
}

export interface Scratch {
  project: Project;
  runId: number;
  targets: ScratchTarget[];
  close(): void;
}

export interface ScratchArgs {
  /** Folder of all runs. */
  runs: string;
  spec: RunSpec;
  /** What of earlier processes' work counts, and where training goes on from; null: from the beginning. */
  artefacts: Artefacts;
  resume: Artefacts['resume'];
  /** The step that it stands at. */
  step: number;
  /** The process's own folder. */
  folder: string;
  /** Whether its checkpoints are to be scored. */
  scores: boolean;
  engine: EngineInfo;
  elapsedMs: number;
}

export function makeScratch(args: ScratchArgs): Scratch {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-run-'));
  let project: Project | null = null;
  const close = (): void => {
    project?.close();
    fs.rmSync(place, { recursive: true, force: true });
  };
  try {
    project = createProject(path.join(place, args.spec.key));
    const { runId, targets } = addSpec(project.db, args);
    layCheckpoints({ project, runId, targets }, args);
    return { project, runId, targets, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Stores what run.json asks for as a run. */
function addSpec(
  db: Db,
  { runs, spec, scores, engine, step, elapsedMs }: ScratchArgs,
): Pick<Scratch, 'runId' | 'targets'> {
  const targets = spec.targets.map((target) => ({
    key: targetKey(target),
    suiteId: takeSuite(db, runs, target.suite).id,
    profileId: profileId(db, target.profile),
    pairsPerClass: target.pairsPerClass,
  }));
  const config: RunConfig = {
    preset: spec.preset,
    corpusId: addCorpus(db, spec.corpus).id,
    tokenizerId: takeTokenizer(db, runs, spec),
    model: spec.model,
    training: spec.training,
    scoring: scoringOf(spec, targets.map(({ suiteId }) => suiteId)), // prettier-ignore
  };
  const { id: runId } = addRun(db, { name: spec.name, config, engine, parameters: parameterCount(spec.model) }); // prettier-ignore
  if (scores)
    for (const { suiteId, profileId, pairsPerClass } of targets)
      addTarget(db, runId, { suiteId, profileId, pairsPerClass, steps: null });
  setProgress(db, runId, { elapsedMs, step });
  return { runId, targets };
}

/** How a run says it is scored: as its first target is, or would be. */
export function scoringOf({ targets: [first] }: RunSpec, suiteIds: number[]): RunConfig['scoring'] {
  const profile = first?.profile ?? Profile.parse(profiles['gardenpath']);
  return { suiteIds, profile, pairsPerClass: first?.pairsPerClass ?? null };
}

/** The state to go on from, as files of this process; checkpoints to be scored, with the scores that they have. */
function layCheckpoints(
  { project, runId, targets }: Omit<Scratch, 'close'>,
  { artefacts, resume, folder, spec }: ScratchArgs,
): void {
  const { db } = project;
  const checkpoints = path.join(folder, 'checkpoints');
  fs.mkdirSync(checkpoints, { recursive: true });
  fs.symlinkSync(path.resolve(checkpoints), runFolder(project, runId), 'junction');
  if (resume) adopt(resume.folder, path.join(checkpoints, path.basename(resume.folder)));
  for (const { saved, weights, scores } of artefacts.checkpoints.values()) {
    const isResumed = resume !== null && path.basename(resume.folder) === `step-${saved.step}`;
    if (!isResumed && (weights === null || isScored(spec, scores))) continue;
    if (!isResumed) fs.symlinkSync(path.resolve(weights ?? ''), path.join(checkpoints, `step-${saved.step}`), 'junction'); // prettier-ignore
    const checkpointId = putCheckpoint(db, runId, { ...saved, hasWeights: true, hasOptimizer: isResumed }); // prettier-ignore
    const tokenizerId = runTokenizerId(db, runId);
    for (const { key, suiteId, profileId } of targets) {
      const file = scores.get(key);
      if (file === undefined || tokenizerId === null) continue;
      const encoding = encodingId(db, tokenizerId, getProfile(db, profileId));
      const scoringId = beginScoring(db, { checkpointId, suiteId, profileId, encodingId: encoding }); // prettier-ignore
      takeScoreFile(db, scoringId, file);
      finishScoring(db, scoringId);
    }
  }
}
