// tokenizer.json of a byte-level BPE, as Hugging Face's `tokenizers` reads and writes it: the parts that matter here.
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';

const AddedToken = z.object({
  id: z.int().min(0),
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  special: z.boolean().default(false),
});
export type AddedToken = z.infer<typeof AddedToken>;

const Bpe = z.object({
  type: z.literal('BPE', 'only byte-level BPE tokenizers (as GPT-2 and OPT have) can be used'),
  unk_token: z.string().nullish(),
  continuing_subword_prefix: z.union([z.null(), z.undefined(), z.literal('')], 'must be null'),
  end_of_word_suffix: z.union([z.null(), z.undefined(), z.literal('')], 'must be null'),
  fuse_unk: z.boolean().default(false),
  ignore_merges: z.boolean().default(false),
  vocab: z.record(z.string(), z.int().min(0)),
  merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
});

export const TokenizerJson = z.looseObject({
  added_tokens: z.array(AddedToken).default([]),
  normalizer: z.unknown(),
  pre_tokenizer: z.unknown(),
  post_processor: z.unknown(),
  model: Bpe,
});
export type TokenizerJson = z.infer<typeof TokenizerJson>;

/** Parses text as JSON, naming `what` in the error. */
export function parseJson(text: string, what: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('bad-file', `${what} is not valid JSON: ${String(error instanceof Error ? error.message : error)}`, path); // prettier-ignore
  }
}

export function parseTokenizerJson(text: string, what: string, path: string): TokenizerJson {
  const parsed = TokenizerJson.safeParse(parseJson(text, what, path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.slice(0, 3).join('.')}` : '';
  throw new AppError('bad-file', `${what} is no tokenizer that can be used${where}: ${issue?.message}.`, path); // prettier-ignore
}

export interface BpeParts {
  /** Token to id, the special tokens among them. */
  vocab: Record<string, number>;
  merges: [string, string][];
  specialTokens: string[];
  unkToken: string | null;
  /** What the tokenizer adds in front of a text by itself, as OPT's adds `</s>`. */
  prefixToken: string | null;
}

/** The text of a tokenizer.json: GPT-2's pre-tokenizer without a prefix space, special tokens cut out first. */
export function byteLevelBpeJson(parts: BpeParts): string {
  const { vocab, prefixToken } = parts;
  const byteLevel = {
    type: 'ByteLevel',
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  const prefix = { SpecialToken: { id: prefixToken, type_id: 0 } };
  const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: parts.specialTokens.map((content) => ({
      id: vocab[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor:
      prefixToken === null
        ? byteLevel
        : {
            type: 'TemplateProcessing',
            single: [prefix, sequence('A')],
            pair: [prefix, sequence('A'), sequence('B')],
            special_tokens: {
              [prefixToken]: { id: prefixToken, ids: [vocab[prefixToken]], tokens: [prefixToken] },
            },
          },
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: parts.unkToken,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: parts.merges,
    },
  });
}
