// Byte-level BPE: training, opening, encoding texts and corpora, counting words in ids.
export { encodeCorpus, type EncodedCorpus, type EncodeOptions } from './encode-corpus.ts';
export { toSymbols } from './bytes.ts';
export { byteLevelBpeJson } from './json.ts';
export { tokenizerConfigJson } from './hf-config.ts';
export { openTokenizer } from './open.ts';
export { Tokenizer } from './tokenizer.ts';
export {
  leastVocabSize,
  specialTokens,
  trainOnLines,
  trainTokenizer,
  type TrainOptions,
} from './train.ts';
export { contextTokens, wordCounter, type WordCounter } from './words.ts';
