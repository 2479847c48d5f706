// N-gram models counted on the tokens, or the words, of a run's training text.
export { concordance, type Concordance, type ConcordanceLine } from './concordance.ts';
export { loadNgramModel, saveNgramModel } from './model-file.ts';
export { highestOrder, NgramModel, passingLevels, type NgramBuild, type NgramScores } from './ngram-model.ts'; // prettier-ignore
export { wordConcordance, type WordConcordance, type WordLine } from './word-concordance.ts';
export { readTokenFile, type TokenIds, type TokenType } from './token-file.ts';
export {
  encodeWords,
  sentenceEnd,
  unknownWord,
  wordEncoder,
  wordsOf,
  type WordCorpus,
} from './words.ts';
