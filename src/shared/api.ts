// The one contract between window, shell and lab: each method's parameters (a zod schema) and result.
import { z } from 'zod';
import { Profile, RunConfig } from './domain.ts';
import type {
  AnnotationEvent,
  CheckpointRow,
  ClassRow,
  ClassTrajectoryPoint,
  CorpusInfo,
  EngineInfo,
  MetricPoint,
  PairDetail,
  PairRow,
  PairTokensRow,
  Preset,
  ProjectInfo,
  RunDetail,
  RunRow,
  SuiteClass,
  SuiteInfo,
  TokenizerInfo,
  Trajectories,
} from './domain.ts';
import { BiasKind, NgramOrder, NgramUnit } from './ngram.ts';
import {
  EntrenchmentRule,
  Shape,
  ShapeRule,
  type EntrenchmentReport,
  type EvidenceReport,
  type Headline,
  type ReportFiles,
  type SeparationReport,
  type ShapeOverride,
} from './trajectories.ts';
import { draftMethods } from './drafts.ts';
import { engineMethods } from './engine-api.ts';
import { nothing, returns, type Method } from './method.ts';
import type { ScoringMethod, UnscoredClass } from './scoring-method.ts';
import { shellDialogs } from './shell-api.ts';
import { sweepMethods, sweepPathMethods } from './sweep-api.ts';
import { sweepFindingMethods } from './sweep-findings.ts';
import { exchangeMethods } from './exchange-api.ts';
import { ExperimentPlan, type ExperimentDetail, type ExperimentRow } from './experiment.ts';
import type {
  HypothesisReport,
  NgramAgreement,
  NgramClasses,
  NgramConcordance,
  NgramPair,
  NgramRow,
  NgramSplit,
} from './ngram.ts';
import type {
  AgreementReport,
  Alternatives,
  Annotator,
  ClassComparison,
  ExportReport,
  SavedView,
  ScratchPair,
  SentenceHit,
} from './workbench.ts';

export type { Method } from './method.ts';
export type { RecentProject } from './shell-api.ts';

const runId = z.int().positive();
const runOnly = z.strictObject({ runId });

/** What a view looks at; what is left out is the latest run, its only suite and profile, its last checkpoint. */
const selection = {
  runId: runId.optional(),
  suiteId: z.int().positive().optional(),
  profile: z.string().max(60).optional(),
};
const step = z.int().min(0);
const range = z.tuple([z.number(), z.number()]);
const pointInTime = z.strictObject({ ...selection, step: step.optional() });
const annotator = z.string().min(1).max(100);
const verdict = z.enum(['meaningful', 'not-meaningful', 'unsure']).nullable();
/** A checkpoint whose weights are asked for something. */
const model = { runId, step, profile: z.string().max(60) };
const sentence = z.string().trim().min(1).max(2_000);
/** Which n-gram a view looks at; a Δ within `neutralNats` favours neither sentence. */
const ngram = { unit: NgramUnit.default('tokens'), order: NgramOrder.default(2) };
const neutralNats = z.number().min(0).default(0.1);

/** Every part of the definitions has its default; what is given is echoed with the result. */
const entrenchment = {
  ...selection,
  rule: EntrenchmentRule.prefault({}),
  shapeRule: ShapeRule.prefault({}),
};
const defined = z.strictObject({ ...entrenchment, step: step.optional() });

export interface Selected {
  runId: number;
  suiteId: number;
  profile: string;
  step: number;
}

/** Served by the lab, called by the window. None takes a path or SQL. */
export const labApi = {
  'project.info': returns<ProjectInfo | null>()(nothing),
  /** Ends the long piece of writing that `writing.progressed` tells of; nothing of it stays. */
  'writing.cancel': returns<null>()(nothing),
  'engine.info': returns<EngineInfo>()(nothing),
  'presets.list': returns<Preset[]>()(nothing),
  'corpora.list': returns<CorpusInfo[]>()(nothing),
  'corpora.addEmbedded': returns<CorpusInfo>()(nothing),
  'tokenizers.list': returns<TokenizerInfo[]>()(nothing),
  'suites.list': returns<SuiteInfo[]>()(nothing),
  'suites.addStarter': returns<SuiteInfo>()(nothing),

  /** The classes of a suite, scored or not. */
  'suites.classes': returns<SuiteClass[]>()(z.strictObject({ suiteId: z.int().positive() })),

  ...draftMethods,

  'runs.list': returns<RunRow[]>()(nothing),
  'runs.get': returns<RunDetail>()(runOnly),
  'runs.metrics': returns<MetricPoint[]>()(
    z.strictObject({ runId, maxPoints: z.int().min(10).max(100_000).default(2_000) }),
  ),
  /** What a run will take on this machine: from a short measurement of its speed or, while another run is at work, reckoned from that one's. */
  'runs.estimate': returns<{ isMeasured: boolean; prepareMs: number; trainMs: number; scoreMs: number; parameters: number; checkpoints: number; memoryBytes: number; diskBytes: number }>()(z.strictObject({ config: RunConfig })), // prettier-ignore
  'runs.start': returns<RunRow>()(
    z.strictObject({ name: z.string().max(200).default(''), config: RunConfig }),
  ),
  'runs.pause': returns<RunRow>()(runOnly),
  'runs.resume': returns<RunRow>()(runOnly),
  'runs.cancel': returns<RunRow>()(runOnly),
  /** More steps for a finished run. */
  'runs.extend': returns<RunRow>()(z.strictObject({ runId, totalSteps: z.int().positive() })),
  'runs.edit': returns<RunRow>()(
    z.strictObject({ runId, name: z.string().max(200).optional(), note: z.string().max(20_000).optional() }), // prettier-ignore
  ),
  /** Puts a queued run before another queued one, or (null) at the end. */
  'runs.reorder': returns<RunRow[]>()(z.strictObject({ runId, before: runId.nullable() })),
  'runs.delete': returns<null>()(z.strictObject({ runId, what: z.enum(['weights', 'run']) })),

  'checkpoints.list': returns<CheckpointRow[]>()(runOnly),
  'scores.start': returns<RunRow>()(
    z.strictObject({
      runId,
      suiteId: z.int().positive(),
      profile: Profile,
      pairsPerClass: z.int().min(1).nullable(),
      /** Steps of the checkpoints to score; all where left out. */
      steps: z.array(step).optional(),
    }),
  ),

  /** `without`: classes of the suite that the method has no scores of, and why. */
  'classes.list': returns<{ selected: Selected; method: ScoringMethod; classes: ClassRow[]; without: UnscoredClass[] }>()(pointInTime), // prettier-ignore
  'classes.trajectories': returns<Trajectories>()(z.strictObject(selection)),
  'classes.trajectory': returns<ClassTrajectoryPoint[]>()(
    z.strictObject({ ...selection, classId: z.int() }),
  ),
  /** Sentence scores (nats) of a class at one checkpoint, pair by pair in the order of pairIds. */
  'classes.distribution': returns<{ pairRowIds: number[]; good: number[]; bad: number[] }>()(
    z.strictObject({ ...selection, classId: z.int(), step: step.optional() }),
  ),
  'pairs.page': returns<{ total: number; rows: PairRow[] }>()(
    z.strictObject({
      ...selection,
      classId: z.int(),
      step: step.optional(),
      /** `length` is of the good sentence, in words. Pairs never wrong come last by `firstWrong`. */
      sort: z
        .enum([
          'delta',
          '-delta',
          'pairId',
          'good',
          'bad',
          'flips',
          '-flips',
          'firstWrong',
          '-firstWrong',
          'length',
          '-length',
        ]) // prettier-ignore
        .default('delta'),
      text: z.string().max(200).default(''),
      outcome: z.enum(['all', 'right', 'wrong', 'tie']).default('all'),
      /** Whether sentences are of the same words in another order. */
      lexical: z.enum(['all', 'identical', 'different']).default('all'),
      /** Scores (nats) between which both sentences lie. */
      within: z.strictObject({ good: range, bad: range }).optional(),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(5_000).default(100),
    }),
  ),
  /** Token by token at one checkpoint, for the pairs of a class that are named. */
  'pairs.tokens': returns<PairTokensRow[]>()(
    z.strictObject({
      ...selection,
      classId: z.int(),
      step: step.optional(),
      pairRowIds: z.array(z.int()).max(5_000),
    }),
  ),
  'pairs.get': returns<PairDetail>()(z.strictObject({ ...selection, pairRowId: z.int() })),

  /** Pairs with these words in either sentence, the last one as a beginning; "…" keeps words together. */
  'search.sentences': returns<SentenceHit[]>()(
    z.strictObject({ text: z.string().max(200), limit: z.int().min(1).max(1_000).default(50) }),
  ),
  /** The same suite on both sides: a's, where b names none. */
  'compare.classes': returns<{ a: Selected; b: Selected; classes: ClassComparison[] }>()(
    z.strictObject({ a: pointInTime, b: pointInTime }),
  ),
  /** What else could stand at a place; `position` counts the sentence's tokens as pairs.get has them. */
  'model.alternatives': returns<Alternatives>()(
    z.strictObject({
      ...model,
      pairRowId: z.int(),
      sentence: z.enum(['good', 'bad']),
      position: z.int().min(1).max(10_000),
      count: z.int().min(1).max(50).default(10),
    }),
  ),
  'model.scratch': returns<ScratchPair>()(z.strictObject({ ...model, good: sentence, bad: sentence })), // prettier-ignore

  /** N-gram models of the project, those at work first; with a run, those of its training text. */
  'ngrams.list': returns<NgramRow[]>()(z.strictObject({ runId: runId.optional() })),
  /** Counts what is not counted yet, and scores the pairs of the suite and profile selected. */
  'ngrams.start': returns<NgramRow>()(
    z.strictObject({ ...selection, unit: ngram.unit, order: NgramOrder.optional() }),
  ),
  'ngrams.cancel': returns<NgramRow>()(z.strictObject({ key: z.string().max(100) })),
  'ngrams.classes': returns<NgramClasses>()(
    z.strictObject({ ...selection, ...ngram, neutralNats, step: step.optional() }),
  ),
  'ngrams.pair': returns<NgramPair>()(
    z.strictObject({ ...selection, ...ngram, pairRowId: z.int() }),
  ),
  /** By ids as `ngrams.pair` gives them, or by text; `^` and `$` stand for a line's begin and end. */
  'ngrams.concordance': returns<NgramConcordance>()(
    z.strictObject({
      runId: runId.optional(),
      unit: ngram.unit,
      ngram: z.union([z.string().trim().min(1).max(500), z.array(z.int().min(0)).min(1).max(20)]),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1_000).default(50),
    }),
  ),
  /** Of all classes, or of one. */
  'ngrams.agreement': returns<NgramAgreement>()(
    z.strictObject({ ...selection, unit: ngram.unit, classId: z.int().optional() }),
  ),
  'ngrams.split': returns<NgramSplit>()(
    z.strictObject({ ...selection, ...ngram, neutralNats, classId: z.int() }),
  ),
  'hypothesis.get': returns<HypothesisReport>()(
    z.strictObject({
      ...selection,
      ...ngram,
      neutralNats,
      biasKind: BiasKind.default('share'),
      rule: EntrenchmentRule.prefault({}),
      seed: z.int().min(0).max(0xffffffff).default(1),
    }),
  ),

  /** The first call of a selection reads all of its scores (seconds); those after it are answered at once. */
  'separation.get': returns<SeparationReport>()(
    /** Of one class its row alone, corrected over all of them: in a large suite a small part of the work. */
    pointInTime.extend({ classId: z.int().optional() }),
  ),
  'entrenchment.get': returns<EntrenchmentReport>()(z.strictObject(entrenchment)),
  /** The user's own view of a class's shape in a run; null takes it back. */
  'shapes.set': returns<ShapeOverride | null>()(
    z.strictObject({ runId, classId: z.int(), shape: Shape.nullable(), annotator }),
  ),
  /** What speaks for and against each class of the suite. */
  'evidence.list': returns<EvidenceReport>()(pointInTime),
  /** With all classes, and without those judged not meaningful. */
  'headline.get': returns<Headline>()(defined),

  'experiments.list': returns<ExperimentRow[]>()(nothing),
  'experiments.get': returns<ExperimentDetail>()(z.strictObject({ id: z.int().positive() })),
  /** Edits the corpora, then queues a run for every condition and seed. */
  'experiments.create': returns<ExperimentRow>()(z.strictObject({ plan: ExperimentPlan })),
  ...sweepMethods,
  ...sweepFindingMethods,

  'judgements.set': returns<ClassRow['judgement']>()(
    z.strictObject({
      classId: z.int(),
      verdict,
      reason: z.string().max(2_000).default(''),
      tags: z.array(z.string().trim().min(1).max(60)).max(20).default([]),
      annotator,
    }),
  ),
  'adjudications.set': returns<ClassRow['adjudicated']>()(
    z.strictObject({
      classId: z.int(),
      verdict,
      reason: z.string().max(2_000).default(''),
      annotator,
    }),
  ),
  /** All judgements as one text: a CSV table, or tasks for Label Studio. */
  'judgements.text': returns<string>()(z.strictObject({ format: z.enum(['csv', 'label-studio']) })),
  'annotators.list': returns<Annotator[]>()(nothing),
  'agreement.get': returns<AgreementReport>()(z.strictObject({ suiteId: z.int().positive() })),
  'flags.set': returns<{ flagged: boolean }>()(
    z.strictObject({
      classId: z.int(),
      pairRowId: z.int().optional(),
      runId: runId.optional(),
      flagged: z.boolean(),
      annotator,
    }),
  ),
  'views.list': returns<SavedView[]>()(nothing),
  /** A name that is there already is given the new address. */
  'views.save': returns<SavedView>()(
    z.strictObject({
      name: z.string().trim().min(1).max(200),
      address: z.string().regex(/^gardenpath:\/\/\S*$/).max(4_000), // prettier-ignore
    }),
  ),
  'views.delete': returns<null>()(z.strictObject({ id: z.int() })),
  'annotations.undo': returns<{ undone: string | null }>()(nothing),
  'annotations.redo': returns<{ redone: string | null }>()(nothing),
  'annotations.history': returns<AnnotationEvent[]>()(
    z.strictObject({ classId: z.int().optional(), limit: z.int().min(1).max(10_000).default(200) }),
  ),
};

/** Served by the lab, called by the shell and the command line only: these take paths. */
export const labPrivateApi = {
  'project.create': returns<ProjectInfo>()(z.strictObject({ path: z.string() })),
  'project.open': returns<ProjectInfo>()(z.strictObject({ path: z.string() })),
  'project.close': returns<null>()(nothing),
  'corpora.add': returns<CorpusInfo>()(z.strictObject({ path: z.string() })),
  ...sweepPathMethods,
  'tokenizers.add': returns<TokenizerInfo>()(z.strictObject({ path: z.string() })),
  ...exchangeMethods,
  ...engineMethods,
  /** Writes everything that the project knows, as CSV and JSON, into one zip at `path`. */
  'export.all': returns<ExportReport>()(z.strictObject({ path: z.string() })),
  /** Writes a run's configuration, tokens and training scripts for `transformers` and `accelerate` into a new folder. */
  'handover.write': returns<ExportReport>()(
    z.strictObject({ runId, to: z.enum(['accelerate']), path: z.string() }),
  ),
  /** Writes a checkpoint's scores as lm-evaluation-harness logs samples, a file a class, into a folder. */
  'samples.write': returns<ExportReport>()(
    z.strictObject({ ...selection, step: step.optional(), path: z.string() }),
  ),
  /** Writes the study repeated on a run: index.html and the CSVs behind it, into a folder. */
  'report.write': returns<ReportFiles>()(defined.extend({ path: z.string() })),
};

/** Served by the shell. */
export const shellApi = {
  ...shellDialogs,
  /** Asks for a folder and writes `report.write`'s files there. */
  'shell.report': returns<{ saved: boolean; folder: string }>()(defined),
};

/** What the window can call. */
export const windowApi = { ...labApi, ...shellApi };
/** What the lab serves. */
export const labServes = { ...labApi, ...labPrivateApi };

type Table = Record<string, Method<z.ZodType, unknown>>;
export type Params<T extends Table, N extends keyof T> = z.input<T[N]['params']>;
export type Parsed<T extends Table, N extends keyof T> = z.output<T[N]['params']>;
export type Result<T extends Table, N extends keyof T> = NonNullable<T[N]['result']> | Extract<T[N]['result'], null>; // prettier-ignore
/** A handler for every method of a table; `satisfies Handlers<typeof labServes>`. */
export type Handlers<T extends Table> = {
  [N in keyof T]: (params: Parsed<T, N>) => Result<T, N> | Promise<Result<T, N>>;
};
