// Sweeps: one configuration trained along axes (seeds, corpora, sizes, schedules), here or on a Slurm cluster.
import { z } from 'zod';
import { ModelConfig, TrainingConfig } from './domain.ts';

// ---- the plan ---------------------------------------------------------------------------------

const memory = z.string().regex(/^[1-9]\d*[KMGT]?$/, 'write it as Slurm does: 4000M or 16G');
const time = z.string().regex(/^(\d+-)?\d{1,2}(:\d{2}){1,2}$/, 'write it as Slurm does: 30:00, 4:00:00 or 2-00:00:00'); // prettier-ignore

const Job = z.strictObject({
  partition: z.string().min(1).optional(),
  gpus: z.int().min(0).max(64).optional(),
  cpus: z.int().min(1).max(1_024).optional(),
  memory: memory.optional(),
  time: time.optional(),
});

/** What a run is given; of what is left out the cluster's own defaults hold. */
export const SweepResources = Job.extend({
  account: z.string().min(1).optional(),
  qos: z.string().min(1).optional(),
  constraint: z.string().min(1).optional(),
  /** Runs at work at the same time, at most. */
  atOnce: z.int().min(1).optional(),
  /** Seconds before the end of its time at which a run is told to save itself and queue again. */
  warnSeconds: z.int().min(1).max(65_535).default(120),
  /** Lines of shell before the command: `module load …`. */
  before: z.array(z.string()).default([]),
  /** Other sbatch options, `--exclude=n7`. */
  options: z.array(z.string().regex(/^--?\w/, 'an option begins with -')).default([]),
  /** An Apptainer image to run in. */
  image: z.string().min(1).optional(),
  /** Resources of scoring, where it shall be a job of its own that waits for the training. */
  score: Job.optional(),
  /** How to reach the cluster where this is not its login node. */
  ssh: z
    .strictObject({
      host: z.string().regex(/^[\w.][\w.@:-]*$/, 'a host, or user@host'),
      /** Folder on the cluster's shared storage for this project's runs. */
      folder: z.string().regex(/^\//, 'a whole path, from / on, as the nodes have it'),
      /** The command line there: `/shared/gardenpath/node_modules/.bin/node /shared/gardenpath/src/main/lab/cli.ts`. */
      gardenpath: z
        .string()
        .min(1)
        .regex(
          /^(?!\s*(npm|npx)\b)/,
          'npm keeps from a run the signal to save itself: /shared/gardenpath/node_modules/.bin/node /shared/gardenpath/src/main/lab/cli.ts, with your folder for /shared/gardenpath',
        ),
    })
    .optional(),
});
export type SweepResources = z.infer<typeof SweepResources>;

const Settings = ModelConfig.extend(TrainingConfig.shape).partial().strict();
type SettingShape = typeof ModelConfig.shape & typeof TrainingConfig.shape;

const listOf = <T extends z.ZodType>(one: T) => z.array(one).min(1).max(1_000);
type Lists<T extends Record<string, z.ZodType>> = {
  [K in keyof T]: z.ZodOptional<z.ZodArray<T[K]>>;
};
function listsOf<T extends Record<string, z.ZodType>>(shape: T): Lists<T> {
  const lists = {} as Lists<T>;
  for (const key of Object.keys(shape) as (keyof T)[])
    lists[key] = listOf<T[keyof T]>(shape[key]).optional();
  return lists;
}

/** Every axis is a list; a run is trained for each combination of one value of each. */
const Axes = z.strictObject({
  corpus: listOf(z.string().min(1)).optional(),
  preset: listOf(z.string().min(1)).optional(),
  ...listsOf<SettingShape>({ ...ModelConfig.shape, ...TrainingConfig.shape }),
});

/** A plan as `gardenpath sweep plan FILE` reads it (YAML or JSON) and `sweeps.start` takes it. */
export const SweepPlan = z.strictObject({
  /** One sweep of a project has it; a plan of the same name adds to that sweep. */
  name: z.string().trim().min(1).max(200),
  preset: z.string().min(1).default('nano'),
  /** By name or content hash; in a file also a path from where the file is, or `embedded`. */
  corpus: z.string().min(1).optional(),
  /** One of the project, by name or hash, or (in a file) a path; left out: one trained on each corpus. */
  tokenizer: z.string().min(1).optional(),
  /** Settings of model or training by name, other than the preset's. */
  set: Settings.prefault({}),
  axes: Axes.prefault({}),
  /** By name; in a file also a path, or `starter`. */
  suites: z.array(z.string().min(1)).default([]),
  profile: z.string().min(1).max(60).default('gardenpath'),
  pairsPerClass: z.int().min(1).nullable().default(null),
  /** Whose weights stay in the run's folder once they are scored. */
  keepWeights: z.enum(['all', 'last', 'none']).default('last'),
  resources: SweepResources.prefault({}),
});
export type SweepPlan = z.infer<typeof SweepPlan>;

/** The plan as a JSON schema (draft 2020-12), for editors. */
export const sweepPlanSchema = (): Record<string, unknown> =>
  z.toJSONSchema(SweepPlan, { io: 'input' });

// ---- its runs ---------------------------------------------------------------------------------

export const SweepPlace = z.enum(['local', 'slurm']);
export type SweepPlace = z.infer<typeof SweepPlace>;

export type AxisValue = string | number | boolean;

export type SweepRunState =
  | 'waiting' // for a worker here, or in Slurm's queue
  | 'preparing'
  | 'training'
  | 'scoring'
  | 'stopped' // at rest and not through: nobody works on it, what was saved is kept
  | 'finished'
  | 'failed'
  | 'cancelled';

/** Why a run failed. */
export interface SweepFailure {
  /** In a sentence. */
  message: string;
  /** Of its process, where it ended by itself; null: killed, or not known. */
  exitCode: number | null;
  /** Slurm's word for it (`TIMEOUT`, `NODE_FAIL`, `OUT_OF_MEMORY`, …), where it has one. */
  slurmState: string | null;
  /** Of the log, at most 20. */
  lastLines: string[];
}

export interface SweepRun {
  /** Hash of all that determines the model; the name of its folder. */
  key: string;
  /** Its value on each axis of the plan. */
  values: Record<string, AxisValue>;
  state: SweepRunState;
  /** In words, with a count where one is known. */
  stage: string;
  step: number;
  totalSteps: number;
  tokensSeen: number;
  lossNats: number | null;
  tokensPerSecond: number | null;
  elapsedMs: number;
  remainingMs: number | null;
  /** Checkpoints that are saved, and scored under every suite asked for. */
  checkpoints: number;
  scored: number;
  /** How often a process began to work on it. */
  attempts: number;
  /** Where it is at work or waits: `host, process 12`, `job 7_3 on n1`. */
  where: string | null;
  failure: SweepFailure | null;
  /** Of the project, once it is gathered. */
  runId: number | null;
}

export interface SweepRow {
  id: number;
  name: string;
  place: SweepPlace;
  state: 'running' | 'stopped' | 'finished' | 'failed';
  /** "7 of 12 runs finished, 2 failed". */
  stage: string;
  runs: number;
  runsFinished: number;
  runsFailed: number;
  runsGathered: number;
  createdAtMs: number;
}

export interface SweepDetail extends SweepRow {
  plan: SweepPlan;
  /** Axes with more than one value first; each with its values in the plan's order. */
  axes: { name: string; values: AxisValue[] }[];
  runList: SweepRun[];
  /** Tokens a second of all runs at work together; null: none is. */
  tokensPerSecond: number | null;
  remainingMs: number | null;
}

/** What is wrong with a plan's text. */
export interface PlanProblem {
  /** From 1; null: of no one line. */
  line: number | null;
  /** `axes.seed, value 2`; the plan as a whole: `the plan`. */
  field: string;
  message: string;
}

/** A plan's text read: the plan, where it is one, and what it would do, where it can be run in this project. */
export interface PlanCheck {
  plan: SweepPlan | null;
  problems: PlanProblem[];
  preview: SweepPreview | null;
}

/** What a plan would do. */
export interface SweepPreview {
  name: string;
  axes: { name: string; values: AxisValue[] }[];
  runList: {
    key: string;
    values: Record<string, AxisValue>;
    /** What of it is there already. */
    state: 'new' | 'begun' | 'finished' | 'gathered';
    parameters: number;
    checkpoints: number;
    /** null: this machine cannot try it, for want of memory. */
    trainMs: number | null;
    scoreMs: number | null;
    diskBytes: number;
  }[];
  /** Of what is still to do: hours on one machine like this one (with a GPU: GPU hours); null: not known of some. */
  hours: number | null;
  /** What the hours were reckoned from: measured on this machine. */
  device: string;
  diskBytes: number;
  toDo: number;
}

export interface SweepGathered {
  /** Runs taken in, there already, and not finished yet. */
  added: number;
  unchanged: number;
  unfinished: number;
  /** Folders that could not be taken in, and why. */
  refused: { folder: string; message: string }[];
  scores: number;
  bytes: number;
  /** Judgements of colleagues' projects. */
  judgements: { added: number; unchanged: number; olderThanHere: number };
}
