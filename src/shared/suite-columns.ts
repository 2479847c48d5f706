// Which columns of a CSV, TSV or JSONL file are a suite's: a mapping that a person chooses.
import { z } from 'zod';
import type { Part, ScoringMethod } from './scoring-method.ts';

const column = z.string().min(1).max(200);

/**
 * Columns by name. A pair of no class belongs to the class named as its file; one of no id has its number. A context
 * comes before its sentence, which is then scored as its continuation. A region is given by its words or, where those
 * are there twice, by the number of its word. What is left out of the bad sentence is as in the good one.
 */
export const ColumnMapping = z.strictObject({
  good: column,
  bad: column,
  class: column.optional(),
  phenomenon: column.optional(),
  field: column.optional(),
  pairId: column.optional(),
  context: column.optional(),
  badContext: column.optional(),
  region: column.optional(),
  badRegion: column.optional(),
});
export type ColumnMapping = z.infer<typeof ColumnMapping>;

/** What reading a suite would give. */
export interface SuitePreview {
  /** The format that the first file was recognised as; null: none, so that columns have to be named. */
  format: string | null;
  /** Columns of the first file; none where it is no table. */
  columns: string[];
  /** Its first rows as texts, by column. */
  rows: Record<string, string>[];
  /** What it would be called, where it comes from and what may be done with it, as far as its files say. */
  name: string;
  source: string;
  licence: string;
  /** Of its classes and pairs; null where it cannot be read. */
  contentHash: string | null;
  classes: number;
  pairs: number;
  /** How its makers score it. */
  method: ScoringMethod;
  /** The first pairs; of each sentence the parts that the method compares, null: all of it. */
  examples: { uid: string; pairId: string; good: string; bad: string; compared: { good: Part[]; bad: Part[] } | null }[]; // prettier-ignore
  /** Why it cannot be read so; null: it can. */
  problem: string | null;
}

/** Columns of a table of sentence scores; a column named `step` is used also where none is named. */
export const ScoreColumns = z.strictObject({
  sentence: column.default('sentence'),
  score: column.default('score'),
  step: column.optional(),
});
export type ScoreColumns = z.infer<typeof ScoreColumns>;
