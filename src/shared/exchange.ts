// What is brought into a project and taken out of it: kinds of files, and what reading them would give.
import { z } from 'zod';
import type { ExportReport } from './workbench.ts';

/** Figures of other programs: lm-evaluation-harness, any table of sentence scores, minicons' tokens, BabyLM's choices. */
export const ScoresFormat = z.enum(['lm-eval', 'csv', 'minicons', 'babylm']);
export type ScoresFormat = z.infer<typeof ScoresFormat>;

/** What a suite may be called and said to be, in place of what its files say. */
export const SuiteNames = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  source: z.string().trim().max(500).optional(),
  licence: z.string().trim().max(200).optional(),
});
export type SuiteNames = z.infer<typeof SuiteNames>;

/** What importing scores would give. */
export interface ScoresPreview {
  /** As named, or as recognised; null: neither. */
  format: ScoresFormat | null;
  /** Columns of the first file; none where it is no table. */
  columns: string[];
  /** Its first rows as texts, by column. */
  rows: Record<string, string>[];
  checkpoints: number;
  /** Of the suite, that have figures. */
  pairs: number;
  suitePairs: number;
  unusedSentences: number;
  /** Why it cannot be imported so; null: it can. */
  problem: string | null;
}

/** What importing models would give. */
export interface ModelsPreview {
  /** In their order; words seen where their names say so. */
  checkpoints: { name: string; step: number; wordsSeen: number | null }[];
  parameters: number;
  vocabSize: number;
  problem: string | null;
}

/** Files or folders that a person chose in a dialog: the shell keeps the paths and gives this. */
export interface ChosenFiles {
  id: string;
  /** Their names, without folders. */
  names: string[];
}

/** What was written. */
export interface SavedFiles extends ExportReport {
  /** Where, as shown to a person. */
  shownPath: string;
}
