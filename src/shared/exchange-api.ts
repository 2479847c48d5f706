// Bringing things in and taking them out: what the lab does with paths, and what the shell serves the window in its
// stead. The window names what a person chose by an id; paths stay with the shell.
import { z } from 'zod';
import { Profile, type ProjectInfo, type RunRow, type SuiteInfo } from './domain.ts';
import {
  ScoresFormat,
  SuiteNames,
  type ChosenFiles,
  type ModelsPreview,
  type SavedFiles,
  type ScoresPreview,
} from './exchange.ts';
import { nothing, returns } from './method.ts';
import { ColumnMapping, ScoreColumns, type SuitePreview } from './suite-columns.ts';
import type { ExportReport, JudgementsRead, ScoresImported } from './workbench.ts';

const chosen = z.string().max(100);
const suiteId = z.int().positive();
const name = z.string().max(200).default('');
const pairsPerClass = z.int().min(1).nullable();

/** Served by the lab, called by the shell and the command line only: these take paths. */
export const exchangeMethods = {
  /** A suite's zip, folder or file, in a format that is known or with its columns named. */
  'suites.add': returns<SuiteInfo>()(
    z.strictObject({ path: z.string(), columns: ColumnMapping.optional(), ...SuiteNames.shape }),
  ),
  /** What `suites.add` would read; a file that it would refuse is no error here. */
  'suites.preview': returns<SuitePreview>()(
    z.strictObject({ path: z.string(), columns: ColumnMapping.optional() }),
  ),
  /** Takes in judgements from a CSV table or from Label Studio's JSON, all of them or none. */
  'judgements.import': returns<JudgementsRead>()(z.strictObject({ path: z.string() })),
  /** Scores models trained elsewhere, each folder a model or a series of them, as checkpoints of one run. */
  'runs.import': returns<RunRow>()(
    z.strictObject({ paths: z.array(z.string()).min(1), name, suiteId, profile: Profile, pairsPerClass }), // prettier-ignore
  ),
  /** What `runs.import` would take; what it would refuse is no error here. */
  'models.preview': returns<ModelsPreview>()(z.strictObject({ paths: z.array(z.string()).min(1) })),
  /**
   * Figures that another program computed, as a finished run; sentences are matched with the suite's. The profile is
   * how they were scored: by the tool's own way, or not known, where left out.
   */
  'scores.import': returns<ScoresImported>()(
    z.strictObject({ path: z.string(), format: ScoresFormat, columns: ScoreColumns.prefault({}), suiteId, name, profile: Profile.optional() }), // prettier-ignore
  ),
  /** What `scores.import` would read, of a format that is named or recognised; what it would refuse is no error here. */
  'scores.preview': returns<ScoresPreview>()(
    z.strictObject({ path: z.string(), suiteId, format: ScoresFormat.optional(), columns: ScoreColumns.prefault({}) }), // prettier-ignore
  ),
  /** Writes classes, pairs, pair scores and token scores of the project as Parquet, into a folder. */
  'parquet.write': returns<ExportReport>()(z.strictObject({ path: z.string() })),
  /** Writes the project into one zip that opens elsewhere: without its texts and, unless asked, its weights. */
  'project.pack': returns<ExportReport>()(
    z.strictObject({ path: z.string(), weights: z.boolean().default(false) }),
  ),
  /** Makes a project of such a zip, in a folder that is new or empty. */
  'project.unpack': returns<ExportReport>()(z.strictObject({ path: z.string(), folder: z.string() })), // prettier-ignore
};

/** Served by the shell; null: the person cancelled. */
export const exchangeDialogs = {
  'shell.choose': returns<ChosenFiles | null>()(
    z.strictObject({
      what: z.enum(['suite-file', 'suite-folder', 'scores-file', 'scores-folder', 'models']),
    }),
  ),
  'shell.previewSuite': returns<SuitePreview>()(
    z.strictObject({ chosen, columns: ColumnMapping.optional() }),
  ),
  'shell.addSuite': returns<SuiteInfo>()(
    z.strictObject({ chosen, columns: ColumnMapping.optional(), ...SuiteNames.shape }),
  ),
  /** Asks whether BLiMP may be downloaded, and adds it. */
  'shell.getBlimp': returns<SuiteInfo | null>()(nothing),
  'shell.previewScores': returns<ScoresPreview>()(
    z.strictObject({ chosen, suiteId, format: ScoresFormat.optional(), columns: ScoreColumns.optional() }), // prettier-ignore
  ),
  'shell.importScores': returns<ScoresImported>()(
    z.strictObject({ chosen, suiteId, format: ScoresFormat, columns: ScoreColumns.optional(), name, profile: Profile.optional() }), // prettier-ignore
  ),
  'shell.previewModels': returns<ModelsPreview>()(z.strictObject({ chosen })),
  'shell.importModels': returns<RunRow>()(
    z.strictObject({ chosen, suiteId, name, profile: Profile, pairsPerClass }), // prettier-ignore
  ),
  'shell.importJudgements': returns<JudgementsRead | null>()(nothing),
  /** The scores at a checkpoint, as lm-evaluation-harness logs samples, into a folder. */
  'shell.writeSamples': returns<SavedFiles | null>()(
    z.strictObject({
      runId: z.int().positive().optional(),
      suiteId: suiteId.optional(),
      profile: z.string().max(60).optional(),
      step: z.int().min(0).optional(),
    }),
  ),
  'shell.writeParquet': returns<SavedFiles | null>()(nothing),
  'shell.packProject': returns<SavedFiles | null>()(z.strictObject({ weights: z.boolean() })),
  /** Asks for a packed project and for a folder, and opens the project made there. */
  'shell.unpackProject': returns<ProjectInfo | null>()(nothing),
};
