// Edited corpora for the experiment on the Bigram Hypothesis.
export { bigramsOf, offendingBigrams, type FoundBigrams } from './bigrams.ts';
export { conditionsOf, editCorpora, type EditedCorpus } from './edit-corpus.ts';
