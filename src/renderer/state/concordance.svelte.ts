// The n-gram whose lines in the training text are looked at, from wherever it was clicked.
import type { NgramUnit } from '../../shared/ngram.ts';
import { remember } from './memory.svelte.ts';
import { ngrams } from './ngrams.svelte.ts';
import { route } from './route.svelte.ts';

export interface AskedNgram {
  unit: NgramUnit;
  /** As typed, or as a person reads it. */
  text: string;
  /** The model's token ids, where it was clicked; null: the text is looked for. */
  ids: number[] | null;
}

/** What was asked for last in this project. */
export const concordanceMemory = (): { asked: AskedNgram | null; limit: number } =>
  remember('concordance', { asked: null as AskedNgram | null, limit: 50 });

/** Goes to the lines of an n-gram. */
export function showConcordance(asked: AskedNgram): void {
  ngrams.unit = asked.unit;
  Object.assign(concordanceMemory(), { asked, limit: 50 });
  route.go({ page: 'bigrams' });
}
