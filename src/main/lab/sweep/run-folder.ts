// A run's folder on storage that several machines may share. run.json says what is to be done; every process that
// works on the run makes a numbered folder of its own, the next number, and writes nowhere else:
//
//   runs/<key>/run.json
//   runs/<key>/1/lease.json, progress.json, checkpoints/step-N/, step-N.json, *.scores, done.json or failed.json
//   runs/<key>/2/ …
//
// Making the folder is the lease: the file system lets one process only make number n. Whoever holds the highest number
// writes the run; one that was thought dead and lives on writes into a folder that no longer counts, from the step on
// at which its successor took over. No clock decides that.
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { ModelConfig, Profile, TrainingConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SweepRunState } from '../../../shared/sweeps.ts';

/** A corpus as the corpus room inspected it; what this room does not read is kept as it is. */
const Corpus = z.looseObject({
  name: z.string(),
  source: z.string(),
  contentHash: z.string(),
  files: z.array(z.looseObject({})),
  lines: z.number(),
  words: z.number(),
  bytes: z.number(),
});

export const RunSpec = z.object({
  format: z.literal(1),
  key: z.string(),
  name: z.string(),
  preset: z.string(),
  model: ModelConfig,
  training: TrainingConfig,
  corpus: Corpus,
  /** File name of its tokenizer under tokenizers/; null: trained on the corpus. */
  tokenizer: z.string().nullable(),
  /** What is to be scored at every checkpoint; suites by content hash, files of that name under suites/. */
  targets: z.array(z.object({ suite: z.string(), profile: Profile, pairsPerClass: z.int().nullable() })), // prettier-ignore
  keepWeights: z.enum(['all', 'last', 'none']),
});
export type RunSpec = z.infer<typeof RunSpec>;
export type RunTarget = RunSpec['targets'][number];

export const Lease = z.object({
  host: z.string(),
  pid: z.int(),
  /** Slurm's job and task, where it is one, and how often Slurm has started it again. */
  job: z.string().nullable(),
  restart: z.int(),
  startedAtMs: z.number(),
  /** What it went on from: earlier processes' work up to this step counts; null: none of it. */
  fromStep: z.int().nullable(),
});
export type Lease = z.infer<typeof Lease>;

const states = ['waiting', 'preparing', 'training', 'scoring', 'stopped', 'finished', 'failed', 'cancelled'] as const satisfies readonly SweepRunState[]; // prettier-ignore

export const Progress = z.object({
  state: z.enum(states),
  stage: z.string(),
  step: z.int(),
  tokensSeen: z.int(),
  wordsSeen: z.int(),
  lossNats: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  elapsedMs: z.number(),
  remainingMs: z.number().nullable(),
  checkpoints: z.int(),
  scored: z.int(),
});
export type Progress = z.infer<typeof Progress>;

/** One checkpoint as its process left it. */
export const SavedCheckpoint = z.object({
  step: z.int(),
  tokensSeen: z.int(),
  wordsSeen: z.int(),
  heldOutNatsPerToken: z.number().nullable(),
  savedAtMs: z.number(),
});
export type SavedCheckpoint = z.infer<typeof SavedCheckpoint>;

/** All that makes up a finished run, each file with its hash; paths are relative to the run's folder. */
export const Done = z.object({
  format: z.literal(1),
  engine: z.object({
    tensorflowVersion: z.string(),
    device: z.enum(['CPU', 'GPU']),
    deviceName: z.string(),
    origin: z.enum(['set-up', 'package installer']),
    threads: z.number(),
  }),
  model: ModelConfig,
  progress: Progress,
  tokenizer: z.string(),
  /** Lines up to a step count; those after it were trained again. */
  metrics: z.array(z.object({ file: z.string(), untilStep: z.int() })),
  /** Token ids of the pairs, one file a target, and scores in the order of run.json's targets. */
  tokens: z.array(z.string()),
  checkpoints: z.array(SavedCheckpoint.extend({ weights: z.string().nullable(), scores: z.array(z.string()) })), // prettier-ignore
  files: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});
export type Done = z.infer<typeof Done>;

export const Failed = z.object({ code: z.string(), message: z.string() });
export type Failed = z.infer<typeof Failed>;

/** How a process ended that said nothing of it itself. */
export const Exit = z.object({
  code: z.int().nullable(),
  signal: z.string().nullable(),
  /** Why it could not even be started. */
  error: z.string().optional(),
});
export type Exit = z.infer<typeof Exit>;

// ---- reading and writing ----------------------------------------------------------------------

/** Whether a run was laid out there. */
export const isThere = (folder: string): boolean => fs.existsSync(path.join(folder, 'run.json'));

export const runFolderOf = (runs: string, key: string): string => path.join(runs, key);

/** Writes a file whole or not at all, also for those who read it from another machine. */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.unfinished`;
  fs.writeFileSync(temporary, text);
  fs.renameSync(temporary, file);
}

export const writeJson = (file: string, value: unknown): void =>
  writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);

/**
 * What a JSON file of ours holds; undefined where it is not there.
 * @throws AppError 'bad-file' where it is not what it should be
 */
export function readJson<T>(file: string, schema: z.ZodType<T>): T | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new AppError('bad-file', `${file} is damaged, or written by another version of Gardenpath.`, String(error)); // prettier-ignore
  }
}

/** @throws AppError 'not-found' or 'bad-file' */
export function readSpec(folder: string): RunSpec {
  const spec = readJson(path.join(folder, 'run.json'), RunSpec);
  if (spec) return spec;
  throw new AppError('not-found', `${folder} is no folder of a run: it has no run.json. “gardenpath sweep run” makes them.`); // prettier-ignore
}

/** Numbers of the processes that took this run, in order. */
export function attemptsOf(folder: string): number[] {
  let names: string[];
  try {
    names = fs.readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number).sort((a, b) => a - b); // prettier-ignore
}

export const attemptFolder = (folder: string, attempt: number): string =>
  path.join(folder, String(attempt));
