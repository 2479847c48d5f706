// A plan unfolded: one run for every combination of values, each with a key made of all that determines its model.
import { createHash } from 'node:crypto';
import {
  ModelConfig,
  profiles,
  TrainingConfig,
  trainingOf,
  type CorpusInfo,
  type Preset,
  type Profile,
  type RunConfig,
  type SuiteInfo,
} from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import type { AxisValue, SweepPlan } from '../../../shared/sweeps.ts';
import { settled } from '../jobs/settled.ts';
import { findProfile, getCorpus, getTokenizer, listCorpora, listSuites, listTokenizers } from '../store/library.ts'; // prettier-ignore
import type { Db } from '../store/sql.ts';
import { presets } from '../training/index.ts';
import type { FieldPath } from './yaml-lines.ts';

/** A plan that cannot be run here, and which of its fields says so. */
export class PlanError extends AppError {
  readonly field: FieldPath;

  constructor(field: FieldPath, message: string) {
    super('bad-config', message);
    this.field = field;
  }
}

export interface PlannedRun {
  key: string;
  values: Record<string, AxisValue>;
  config: RunConfig;
}

/** More are a slip of the pen. */
const mostRuns = 10_000;

/** Corpus and preset first, then settings in the order in which a configuration has them; axes with one value last. */
export function axesOf({ axes }: SweepPlan): { name: string; values: AxisValue[] }[] {
  const listed = Object.entries(axes).map(([name, values]) => ({ name, values: [...values] }));
  return [...listed.filter(({ values }) => values.length > 1), ...listed.filter(({ values }) => values.length === 1)]; // prettier-ignore
}

type Name = (name: string) => Promise<string>;

/** A plan whose corpora, tokenizer and suites are called by other names; each is asked for in turn. */
export async function renamed(
  plan: SweepPlan,
  names: { corpus: Name; tokenizer: Name; suite: Name },
): Promise<SweepPlan> {
  const corpora: string[] = [];
  for (const one of plan.axes.corpus ?? []) corpora.push(await names.corpus(one));
  const suites: string[] = [];
  for (const one of plan.suites) suites.push(await names.suite(one));
  return {
    ...plan,
    axes: { ...plan.axes, ...(plan.axes.corpus && { corpus: corpora }) },
    ...(plan.corpus !== undefined && { corpus: await names.corpus(plan.corpus) }),
    ...(plan.tokenizer !== undefined && { tokenizer: await names.tokenizer(plan.tokenizer) }),
    suites,
  };
}

/** Where a plan gives a value that may be an axis or not. */
const placeOf = ({ axes }: SweepPlan, name: 'corpus' | 'preset', value: string): FieldPath => {
  const at = axes[name]?.indexOf(value) ?? -1;
  return at < 0 ? [name] : ['axes', name, at];
};

/**
 * The runs of a plan, each once, the last axis counting fastest.
 * @throws PlanError, or another AppError 'bad-config', naming what of the plan is not there or does not agree
 */
export function plannedRuns(db: Db, plan: SweepPlan): PlannedRun[] {
  const axes = axesOf(plan);
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  if (count > mostRuns) throw new PlanError(['axes'], `The plan has ${count.toLocaleString('en')} runs; ${mostRuns.toLocaleString('en')} is the most that a sweep may have. Shorten an axis.`); // prettier-ignore
  const suiteIds = plan.suites.map(
    (name, i) => named(['suites', i], 'suite', name, listSuites(db)).id,
  );
  const profile = profileOf(db, plan.profile);
  const tokenizerId = plan.tokenizer === undefined ? null : named(['tokenizer'], 'tokenizer', plan.tokenizer, listTokenizers(db)).id; // prettier-ignore
  const scoring = { suiteIds, profile, pairsPerClass: plan.pairsPerClass };
  const corpusId = once((name: string) => corpusOf(db, placeOf(plan, 'corpus', name), name).id);
  const runs = new Map<string, PlannedRun>();
  for (const values of combinations(axes)) {
    const { corpus = plan.corpus, preset = plan.preset, ...settings } = values;
    if (corpus === undefined) throw new PlanError(['corpus'], 'The plan says nothing to train on: give it a corpus, or an axis of that name.'); // prettier-ignore
    const presetName = String(preset);
    const base = presetNamed(placeOf(plan, 'preset', presetName), presetName);
    const config = settled(db, { preset: presetName, corpusId: corpusId(String(corpus)), tokenizerId, ...configured(base, { ...plan.set, ...settings }), scoring }); // prettier-ignore
    const key = keyOf(db, config);
    runs.set(key, { key, values, config });
  }
  return [...runs.values()];
}

/**
 * Sixteen hexadecimal digits of the hash of model, training, text and tokenizer. What is scored is not in it: more
 * suites can be scored with the models that are there.
 */
export function keyOf(db: Db, config: RunConfig): string {
  const { corpusId, tokenizerId } = config;
  const determined = {
    model: ModelConfig.parse(config.model), // in the order of the schema's keys
    training: TrainingConfig.parse(trainingOf(config)),
    corpus: getCorpus(db, corpusId).contentHash,
    tokenizer: tokenizerId === null ? null : getTokenizer(db, tokenizerId).hash,
  };
  return createHash('sha256').update(JSON.stringify(determined)).digest('hex').slice(0, 16);
}

function* combinations(
  axes: readonly { name: string; values: AxisValue[] }[],
): Generator<Record<string, AxisValue>> {
  const [first, ...rest] = axes;
  if (!first) {
    yield {};
    return;
  }
  for (const value of first.values)
    for (const others of combinations(rest)) yield { [first.name]: value, ...others };
}

function presetNamed(field: FieldPath, presetName: string): Preset {
  const preset = presets.find(({ name }) => name === presetName);
  if (preset) return preset;
  throw new PlanError(field, `There is no preset “${presetName}”. There are: ${presets.map(({ name }) => name).join(', ')}.`); // prettier-ignore
}

function configured(
  preset: Preset,
  settings: Record<string, unknown>,
): Pick<RunConfig, 'model' | 'training'> {
  const { hiddenSize, wordEmbedSize } = preset.model;
  // Embeddings as wide as the model stay so where nothing else is said.
  const width = 'hiddenSize' in settings && hiddenSize === wordEmbedSize ? { wordEmbedSize: settings['hiddenSize'] } : {}; // prettier-ignore
  return {
    model: ModelConfig.parse({ ...preset.model, ...width, ...settings }),
    training: TrainingConfig.parse({ ...preset.training, ...settings }),
  };
}

function corpusOf(db: Db, field: FieldPath, name: string): CorpusInfo {
  const corpora = listCorpora(db).map((one) => ({ ...one, hash: one.contentHash }));
  return named(field, 'corpus', name, corpora);
}

function profileOf(db: Db, name: string): Profile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : findProfile(db, name);
  if (found) return found;
  throw new PlanError(['profile'], `There is no profile “${name}”. There are: ${Object.keys(profiles).join(', ')}.`); // prettier-ignore
}

/** By name, or by the beginning of the hash of its content. */
function named<T extends { id: number; name: string; hash?: string } | SuiteInfo>(
  field: FieldPath,
  what: string,
  name: string,
  all: readonly T[],
): T {
  const hashOf = (one: T): string => ('contentHash' in one ? one.contentHash : (one.hash ?? ''));
  const byName = all.filter((one) => one.name === name);
  const found = byName.length > 0 ? byName : all.filter((one) => /^[0-9a-f]{8,64}$/.test(name) && hashOf(one).startsWith(name)); // prettier-ignore
  const [one, ...more] = found;
  if (one && more.length === 0) return one;
  const has = all.map((each) => `${each.name} (${hashOf(each).slice(0, 8)})`).join(', ') || 'none';
  throw new PlanError(field, one ? `Several of the project are a ${what} “${name}”; name it by its hash: ${has}.` : `The plan names a ${what} “${name}”, which this project does not have. Add it first. It has: ${has}.`); // prettier-ignore
}

function once<A, R>(work: (of: A) => R): (of: A) => R {
  const known = new Map<A, R>();
  return (of) => {
    if (!known.has(of)) known.set(of, work(of));
    return known.get(of) as R;
  };
}
