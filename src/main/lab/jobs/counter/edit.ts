// Finds the bigrams of an experiment and writes its edited corpora, in the counter thread.
import fs from 'node:fs';
import type { ExperimentPlan, OffendingBigram } from '../../../../shared/experiment.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { CorpusSummary } from '../../corpus/index.ts';
import { editCorpora, offendingBigrams, type EditedCorpus } from '../../experiment/index.ts';
import { loadNgramModel, unknownWord } from '../../ngram/index.ts';
import { wordsFile, type CountNotice } from './count.ts';

export interface EditTask {
  corpus: CorpusSummary;
  plan: ExperimentPlan;
  /** The file of a word model of order 2 or more. */
  ngrams: string;
  /** Pairs of the chosen classes. */
  pairs: { good: string; bad: string }[];
  /** Where the corpora are put, by content hash. */
  folder: string;
}

export interface EditResult {
  bigrams: OffendingBigram[];
  edited: EditedCorpus[];
}

/** @throws AppError 'bad-config' where no bigram favours a bad sentence, though an edit is by bigrams */
export async function edit(
  { corpus, plan, ngrams, pairs, folder }: EditTask,
  tell: (notice: CountNotice) => void,
): Promise<EditResult> {
  const words = fs.readFileSync(wordsFile(ngrams), 'utf8').split('\n');
  const ids = new Map(words.map((word, id) => [word, id]));
  const idOf = (word: string): number => ids.get(word) ?? unknownWord;
  const found = offendingBigrams(
    pairs,
    loadNgramModel(ngrams, 2),
    idOf,
    corpus.lines,
    plan.bigrams,
  );
  if (found.offending.length === 0 && plan.edits.some((one) => !one.startsWith('shuffle')))
    throw new AppError('bad-config', 'No bigram of the training text favours a bad sentence of these classes as the plan has it. Choose other classes, or lower leastCount or neutralNats, or raise mostLines.'); // prettier-ignore
  const edited = await editCorpora(corpus, found, plan, folder, (share) =>
    tell({ kind: 'progress', stage: 'editing the corpus', share }),
  );
  return { bigrams: found.offending, edited };
}
