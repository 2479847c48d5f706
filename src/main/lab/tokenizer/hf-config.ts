// tokenizer_config.json for a checkpoint folder, so that transformers' AutoTokenizer opens it.
import type { Tokenizer } from './tokenizer.ts';

/**
 * The text of tokenizer_config.json. Names only special tokens that the vocabulary has: for any other, transformers
 * would add a token outside the model's embedding. `maxTokens` is the length of the longest sequence.
 */
export function tokenizerConfigJson(tokenizer: Tokenizer, maxTokens: number): string {
  const eos = tokenizer.tokenText(tokenizer.eosId);
  const known = (token: string) => (tokenizer.idOf(token) === undefined ? undefined : token);
  return `${JSON.stringify(
    {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: eos,
      eos_token: eos,
      unk_token: known('<unk>'),
      pad_token: known('<pad>'),
      model_max_length: maxTokens,
      clean_up_tokenization_spaces: false,
    },
    null,
    2,
  )}\n`;
}
