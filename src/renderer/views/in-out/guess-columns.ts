// Which columns of a table are probably what; a person looks at it before anything is stored.
import type { ColumnMapping } from '../../../shared/suite-columns.ts';

export type SuiteColumn = keyof ColumnMapping;
export type ScoreColumn = 'sentence' | 'score' | 'step';

/** The likeliest name first. */
const suiteNames: Record<SuiteColumn, RegExp[]> = {
  good: [
    /^(sentence_?)?good/i,
    /good$/i,
    /^(un)?starless|^grammatical|^acceptable|^correct$|^ok$|^sen$/i,
  ],
  bad: [/^(sentence_?)?bad/i, /bad$/i, /^(ungrammatical|unacceptable|incorrect|wrong|star)/i],
  class: [/^(uid|class|paradigm)$/i, /^(contrast|condition|type|construction)$/i],
  phenomenon: [/^(phenomenon|linguistics?_term)$/i, /phenomenon/i],
  field: [/^(field|level)$/i],
  pairId: [/^(pair_?id)$/i, /^(id|item|item_?id|number)$/i],
  badContext: [/^(context_?(2|bad)|bad_?context)$/i],
  context: [/^context(_?(1|good))?$/i, /^(good_?context|preamble)$/i],
  badRegion: [/^((critical_?)?region_?(2|bad)|bad_?region)$/i],
  region: [/^(critical_?)?(region|word)(_?(1|good))?$/i, /^good_?region$/i],
};
const scoreNames: Record<ScoreColumn, RegExp[]> = {
  sentence: [/^sentence$/i, /^(text|stimulus|sent|item|utterance)$/i, /sentence/i],
  score: [/^(score|log_?prob(ability)?s?)$/i, /log_?p|score|nats|likelihood/i],
  step: [/^(step|checkpoint)s?$/i, /step/i],
};

/** Each column is given once; '' where none looks like it. */
function guess<P extends string>(
  columns: readonly string[],
  names: Record<P, RegExp[]>,
): Record<P, string> {
  const taken = new Set<string>();
  const found = {} as Record<P, string>;
  for (const part of Object.keys(names) as P[]) {
    const patterns = names[part];
    const column = patterns.flatMap((pattern) => columns.filter((one) => pattern.test(one) && !taken.has(one)))[0] ?? ''; // prettier-ignore
    if (column !== '') taken.add(column);
    found[part] = column;
  }
  return found;
}

export const guessSuiteColumns = (columns: readonly string[]): Record<SuiteColumn, string> => guess(columns, suiteNames); // prettier-ignore
export const guessScoreColumns = (columns: readonly string[]): Record<ScoreColumn, string> => guess(columns, scoreNames); // prettier-ignore
