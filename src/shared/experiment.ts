// The experiment on the Bigram Hypothesis: train again on edited corpora and compare, as one object.
import { z } from 'zod';
import type { Figure } from './ngram.ts';

/** How a corpus is edited; `control-…` does the same to as much random text. */
export const EditKind = z.enum([
  'drop', // lines that carry an offending bigram go
  'down-weight', // each of them stays with the chance `keep`
  'counter-balance', // lines that carry a favourable bigram are repeated until they are as many
  'shuffle-words', // the words of each line in random order
  'shuffle-bigrams', // another text with the same count of every bigram of words, line ends among them
]);
export type EditKind = z.infer<typeof EditKind>;

/** A plan as `gardenpath experiment --file` reads it and `experiments.create` takes it. */
export const ExperimentPlan = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** Its configuration, corpus and tokenizer are those of every condition. */
  runId: z.int().positive(),
  suiteId: z.int().positive().optional(),
  profile: z.string().max(60).optional(),
  /** UIDs of the classes whose bigrams are edited. */
  classes: z.array(z.string().min(1)).min(1).max(1_000),
  edits: z.array(EditKind).min(1).max(5).default(['drop']),
  /** Whether each edit by bigrams has a control: the same done to as many words of random lines. */
  control: z.boolean().default(true),
  /** Chance that a line stays under `down-weight`. */
  keep: z.number().min(0).max(1).default(0.25),
  bigrams: z
    .strictObject({
      /** At most so many, those that pull most first. */
      most: z.int().min(1).max(10_000).default(100),
      /** Seen at least so often in the corpus. */
      leastCount: z.int().min(1).default(2),
      /** An n-gram Δ (nats) this near 0 favours neither sentence. */
      neutralNats: z.number().min(0).default(0.1),
      /** At most this share of the corpus's lines may carry one; bigrams that would exceed it are left out. */
      mostLines: z.number().gt(0).max(1).default(0.2),
    })
    .prefault({}),
  /** Seeds of training; every condition is trained from each. */
  seeds: z.array(z.int().min(0).max(0xffffffff)).min(1).max(50).default([1, 2, 3]),
  /** Steps of each run; the base run's where left out. */
  totalSteps: z.int().min(1).optional(),
  /** Of the editing itself. */
  editSeed: z.int().min(0).max(0xffffffff).default(1),
});
export type ExperimentPlan = z.infer<typeof ExperimentPlan>;

/** A bigram of words that the bad sentence has and the good one lacks, in pairs whose bad one bigrams favour. */
export interface OffendingBigram {
  bigram: [string, string];
  /** Times in the training text. */
  count: number;
  /** Pairs in whose bad sentence only it stands. */
  pairs: number;
  /** Sum over them of log P(word | word before) − log P(word), nats: what the bigram adds to the word. */
  pullNats: number;
}

/** `original`, an edit, or `control-` and the edit. */
export type ConditionName = string;

/** As a person reads it. */
export const conditionName = (condition: ConditionName): string => condition.replace(/^control-/, 'control of '); // prettier-ignore

/** A corpus that a condition is trained on, and how it differs from the original. */
export interface ConditionReport {
  condition: ConditionName;
  corpusId: number;
  contentHash: string;
  lines: number;
  words: number;
  /** Lines (and their words) taken out, put in, and changed in place. */
  removedLines: number;
  removedWords: number;
  addedLines: number;
  addedWords: number;
  changedLines: number;
  /** Lines that carry an offending bigram, before and after. */
  carryingBefore: number;
  carryingAfter: number;
  /** Some lines that were edited. */
  examples: string[];
}

export interface ExperimentRun {
  condition: ConditionName;
  seed: number;
  runId: number;
  state: string;
}

/** A class in one condition less another, over pairs and seeds. */
export interface ContrastClass {
  classId: number;
  uid: string;
  phenomenon: string;
  /** Its bigrams were edited. */
  touched: boolean;
  pairs: number;
  /** Mean over seeds. */
  accuracyA: number;
  accuracyB: number;
  /** B less A, with a 95 % interval that draws pairs and seeds. */
  accuracy: Figure;
  /** The same of mean Δ, nats. */
  delta: Figure;
  /** Pairs wrong in A and right in B in most seeds, and the other way round. */
  mended: number;
  broken: number;
}

export interface Contrast {
  a: ConditionName;
  b: ConditionName;
  seeds: number[];
  step: number;
  classes: ContrastClass[];
  /** Means over classes, edited ones and all others. */
  touched: { classes: number; accuracy: Figure; delta: Figure };
  untouched: { classes: number; accuracy: Figure; delta: Figure };
  /** Touched less untouched: what the edit did beyond what it did to everything. */
  beyond: { accuracy: Figure; delta: Figure };
  /** Of the edited classes, pairs with an offending bigram and pairs without. */
  carrying: { pairs: number; delta: Figure };
  notCarrying: { pairs: number; delta: Figure };
  sentence: string;
}

export interface ExperimentRow {
  id: number;
  name: string;
  baseRunId: number;
  classes: string[];
  state: 'queued' | 'editing' | 'running' | 'finished' | 'failed';
  stage: string;
  error: string | null;
  runs: number;
  runsFinished: number;
  createdAtMs: number;
}

export interface ExperimentDetail extends ExperimentRow {
  plan: ExperimentPlan;
  bigrams: OffendingBigram[];
  conditions: ConditionReport[];
  runList: ExperimentRun[];
  /** One a pair of conditions whose runs are finished at a common step in one seed or more. */
  contrasts: Contrast[];
}
