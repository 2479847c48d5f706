// Opens a tokenizer: tokenizer.json, or GPT-2's pair vocab.json and merges.txt.
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { byteLevelBpeJson, parseJson } from './json.ts';
import { Tokenizer } from './tokenizer.ts';

const Vocab = z.record(z.string(), z.int().min(0));
const TokenName = z.union([z.string(), z.looseObject({ content: z.string() })]);
/** What tokenizer_config.json and special_tokens_map.json say of special tokens. */
const SpecialTokens = z.looseObject({
  bos_token: TokenName.nullish(),
  eos_token: TokenName.nullish(),
  unk_token: TokenName.nullish(),
  pad_token: TokenName.nullish(),
  mask_token: TokenName.nullish(),
  additional_special_tokens: z.array(TokenName).nullish(),
  add_bos_token: z.boolean().nullish(),
});
/** Special where no file beside vocab.json says so. */
const usualSpecials = ['<s>', '<pad>', '</s>', '<unk>', '<mask>', '<|endoftext|>'];

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('bad-file', `${basename(path)} cannot be read: ${String(error instanceof Error ? error.message : error)}`, path); // prettier-ignore
  }
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
const nameOf = (token: z.infer<typeof TokenName>) => (typeof token === 'string' ? token : token.content); // prettier-ignore

function readSpecialTokens(path: string): z.infer<typeof SpecialTokens> {
  if (!isFile(path)) return {};
  const parsed = SpecialTokens.safeParse(parseJson(readText(path), basename(path), path));
  if (parsed.success) return parsed.data;
  throw new AppError('bad-file', `${basename(path)}: ${parsed.error.issues[0]?.message}`, path);
}

/** Merges, best first, of a merges.txt: "Ġ t", after a first line "#version: 0.2" that may be there. */
function readMerges(path: string): [string, string][] {
  const merges: [string, string][] = [];
  readText(path)
    .split(/\r?\n/)
    .forEach((line, i) => {
      if (line === '' || (i === 0 && line.startsWith('#version'))) return;
      const [left, right, more] = line.split(' ');
      if (!left || !right || more !== undefined)
        throw new AppError('bad-file', `merges.txt, line ${i + 1}: expected two tokens and a space between them.`, path); // prettier-ignore
      merges.push([left, right]);
    });
  return merges;
}

/** tokenizer.json for a folder with vocab.json and merges.txt, and whatever else it says of special tokens. */
function fromVocabAndMerges(folder: string): string {
  const vocabPath = join(folder, 'vocab.json');
  const parsed = Vocab.safeParse(parseJson(readText(vocabPath), 'vocab.json', vocabPath));
  if (!parsed.success)
    throw new AppError('bad-file', 'vocab.json: expected an object of tokens and their ids.', vocabPath); // prettier-ignore
  const vocab = parsed.data;
  const config = {
    ...readSpecialTokens(join(folder, 'special_tokens_map.json')),
    ...readSpecialTokens(join(folder, 'tokenizer_config.json')),
  };
  const names =
    [config.bos_token, config.eos_token, config.unk_token, config.pad_token, config.mask_token, ...(config.additional_special_tokens ?? [])] // prettier-ignore
      .flatMap((token) => (token ? [nameOf(token)] : []));
  const idOf = new Map(Object.entries(vocab));
  const specials = [...new Set(names.length > 0 ? names : usualSpecials)].filter((name) => idOf.has(name)); // prettier-ignore
  const unk = config.unk_token ? nameOf(config.unk_token) : '<unk>';
  return byteLevelBpeJson({
    vocab,
    merges: readMerges(join(folder, 'merges.txt')),
    specialTokens: specials.sort((a, b) => (idOf.get(a) ?? 0) - (idOf.get(b) ?? 0)),
    unkToken: specials.includes(unk) ? unk : null,
    prefixToken: config.add_bos_token && config.bos_token ? nameOf(config.bos_token) : null,
  });
}

/**
 * Opens a byte-level BPE tokenizer: a tokenizer.json, a folder that holds one (or vocab.json and merges.txt), a
 * vocab.json beside its merges.txt, or the text of a tokenizer.json. Throws AppError('bad-file') for any other.
 */
export function openTokenizer(source: string | { json: string }): Tokenizer {
  if (typeof source !== 'string') return new Tokenizer(source.json);
  const info = statSync(source, { throwIfNoEntry: false });
  if (!info) throw new AppError('bad-file', `${basename(source)} does not exist.`, source);
  const folder = info.isDirectory() ? source : dirname(source);
  const whole = info.isDirectory() ? join(source, 'tokenizer.json') : source;
  const isPair = ['vocab.json', 'merges.txt'].includes(basename(whole)) || !isFile(whole);
  if (!isPair) return new Tokenizer(readText(whole), basename(whole), whole);
  if (isFile(join(folder, 'vocab.json')) && isFile(join(folder, 'merges.txt')))
    return new Tokenizer(fromVocabAndMerges(folder), 'vocab.json and merges.txt', folder);
  throw new AppError('bad-file', `${basename(folder)} holds neither a tokenizer.json nor both vocab.json and merges.txt.`, folder); // prettier-ignore
}
