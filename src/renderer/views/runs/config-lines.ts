// The configuration of a run in lines, and in which lines several runs differ.
import type { RunConfig } from '../../../shared/domain.ts';
import { count } from '../../format.ts';
import { modelSettings, settingValue, trainingSettings } from '../new-run/settings.ts';

export interface ConfigLine {
  group: 'Made of' | 'Model' | 'Training' | 'Trained elsewhere';
  label: string;
  value: string;
}

/** What of a project a configuration names by id. */
export interface Named {
  corpora: readonly { id: number; name: string }[];
  tokenizers: readonly { id: number; name: string }[];
  suites: readonly { id: number; name: string }[];
}

/** Every setting in words, in the order in which a person reads them. */
export function configLines(config: RunConfig, named: Named): ConfigLine[] {
  const nameOf = (list: Named['corpora'], id: number): string =>
    list.find((each) => each.id === id)?.name ?? `number ${id}`;
  const { tokenizerId, scoring, training, imported = [] } = config;
  const madeOf: [label: string, value: string][] = [
    ['preset', config.preset],
    ['corpus', training ? nameOf(named.corpora, config.corpusId) : 'not in this project'],
    ['tokenizer', tokenizerId === null ? `trained on the corpus, ${count(config.model.vocabSize)}` : nameOf(named.tokenizers, tokenizerId)], // prettier-ignore
    ['suites', scoring.suiteIds.map((id) => nameOf(named.suites, id)).join(', ') || 'none'],
    ['pairs a class', scoring.pairsPerClass === null ? 'all' : count(scoring.pairsPerClass)],
    ['profile', scoring.profile.name],
  ];
  return [
    ...madeOf.map(([label, value]): ConfigLine => ({ group: 'Made of', label, value })),
    // Scores that another program computed come without their model.
    ...(config.model.layers > 0 ? settingLines('Model', modelSettings, config.model) : []),
    ...(training ? settingLines('Training', trainingSettings, training) : []),
    ...imported.map(({ name, weightsSha256 }): ConfigLine => ({ group: 'Trained elsewhere', label: name, value: `weights ${weightsSha256.slice(0, 12)}` })), // prettier-ignore
  ];
}

function settingLines<V extends object>(
  group: ConfigLine['group'],
  texts: Record<keyof V, { label: string; unit?: string }>,
  values: V,
): ConfigLine[] {
  const keys = Object.keys(texts) as (keyof V)[];
  return keys.map((key) => {
    const { label, unit } = texts[key];
    const value = settingValue(values[key]);
    return { group, label, value: unit ? `${value} ${unit}` : value };
  });
}

/** A line with its value in each run; null where a run has no such setting. */
export interface ComparedLine {
  group: ConfigLine['group'];
  label: string;
  values: (string | null)[];
  differs: boolean;
}

export function compareConfigs(runs: readonly ConfigLine[][]): ComparedLine[] {
  const keyOf = ({ group, label }: ConfigLine): string => `${group} ${label}`;
  const lines = new Map(runs.flat().map((line) => [keyOf(line), line]));
  const values = runs.map((run) => new Map(run.map((line) => [keyOf(line), line.value])));
  return [...lines].map(([key, { group, label }]) => {
    const inEach = values.map((of) => of.get(key) ?? null);
    return { group, label, values: inEach, differs: new Set(inEach).size > 1 };
  });
}
