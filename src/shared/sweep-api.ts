// Sweeps: the methods of the contract.
import { z } from 'zod';
import { nothing, returns } from './method.ts';
import { SweepPlace, SweepPlan, type PlanCheck, type SweepDetail, type SweepGathered, type SweepPreview, type SweepRow } from './sweeps.ts'; // prettier-ignore

const id = z.int().positive();
/** Runs at work here at the same time; of no meaning on a cluster. */
const workers = z.int().min(1).max(64).default(1);
/** A plan as it is written: YAML or JSON. */
const text = z.string().max(200_000);
/** Some of a sweep's runs; all where left out. */
const keys = z.array(z.string().max(64)).optional();

/** Served by the lab, called by the window. */
export const sweepMethods = {
  /** Newest first. */
  'sweeps.list': returns<SweepRow[]>()(nothing),
  /** Asks Slurm, where the sweep is there, at most every few seconds. */
  'sweeps.get': returns<SweepDetail>()(z.strictObject({ id })),
  /** What a plan would do and cost; measures this machine's speed where it is not known (seconds). */
  'sweeps.preview': returns<SweepPreview>()(z.strictObject({ plan: SweepPlan })),
  /**
   * Reads a plan that is being written, as `sweep plan` reads a file, and says what it would do. It names corpora and
   * suites of the project; those that come with the program are added where it names them.
   */
  'sweeps.check': returns<PlanCheck>()(z.strictObject({ text })),
  /** Keeps a plan without starting its runs; as with `sweeps.start`, it takes the place of one of its name. */
  'sweeps.save': returns<SweepRow>()(z.strictObject({ text })),
  /** A sweep's plan as a text to change; without one, an example with texts and suites of the project. */
  'sweeps.planText': returns<string>()(z.strictObject({ id: id.optional() })),
  /** Starts what is not finished yet; a plan whose name is known takes the place of that sweep's plan. */
  'sweeps.start': returns<SweepRow>()(z.strictObject({ plan: SweepPlan, place: SweepPlace.default('local'), workers })), // prettier-ignore
  /** Goes on with what is at rest and neither finished, failed nor cancelled. */
  'sweeps.resume': returns<SweepRow>()(z.strictObject({ id, workers })),
  /** Stops runs that are at work, keeping what they saved, and those that wait. */
  'sweeps.cancel': returns<SweepRow>()(z.strictObject({ id, keys })),
  /** Starts failed and cancelled runs again, from what they saved. */
  'sweeps.retry': returns<SweepRow>()(z.strictObject({ id, keys, workers })),
  /** Takes finished runs into the project. */
  'sweeps.gather': returns<SweepGathered>()(z.strictObject({ id })),
  /** Forgets a sweep that is at rest; its run folders and the runs gathered from it stay. */
  'sweeps.delete': returns<null>()(z.strictObject({ id })),
};

/** Served by the lab, called by the command line only: these take paths. */
export const sweepPathMethods = {
  /** Takes in finished runs from run folders or folders of them, and judgements from projects. */
  gather: returns<SweepGathered>()(
    z.strictObject({ paths: z.array(z.string()).min(1), weights: z.boolean().default(false) }),
  ),
};
