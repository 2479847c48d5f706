// A byte-level BPE tokenizer. Encodes as Hugging Face's `tokenizers` does, id for id (tests hold it to that), but
// synchronously and faster: byte-pair merging never crosses a pre-token, so each distinct one is merged once.
import { createHash } from 'node:crypto';
import { Tokenizer as HfTokenizer, type Normalizer, type PreTokenizer } from 'tokenizers';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { toBytes, toSymbols } from './bytes.ts';
import { parseTokenizerJson, type AddedToken, type TokenizerJson } from './json.ts';
import { mergeSymbols, type Merges } from './merge.ts';
import { addedAround, type AddedAround } from './post-processor.ts';
import { detached, eachPreToken } from './pretokenize.ts';

/** Pre-tokens kept with their ids. Frequent ones come early in any text, so what comes later need not be kept. */
const maxCached = 200_000;
const maxCachedLength = 50;
/** End-of-sentence tokens by name, in order of preference. */
const eosNames = ['</s>', '<|endoftext|>', '<|end_of_text|>', '<eos>', '[EOS]'];

const PlainByteLevel = z.object({
  type: z.literal('ByteLevel'),
  add_prefix_space: z.literal(false),
  use_regex: z.literal(true).default(true),
});

export class Tokenizer {
  /** The text of its tokenizer.json, as checkpoints keep it. */
  readonly json: string;
  /** sha256 of `json`. */
  readonly hash: string;
  /** One more than the largest id: the rows an embedding needs. */
  readonly vocabSize: number;
  /** `</s>`, or what the tokenizer has instead: ends a line, and is the sentence prefix. */
  readonly eosId: number;
  /** Ids that stand for no text. */
  readonly specialIds: ReadonlySet<number>;
  private readonly tokens: (string | undefined)[] = [];
  private readonly addedTokens: Map<string, AddedToken>;
  private readonly addedPattern: RegExp | null;
  private readonly around: AddedAround;
  private readonly model: TokenizerJson['model'];
  private readonly vocab: Map<string, number>;
  private readonly merges: Merges = new Map();
  private readonly isPlain: boolean;
  private readonly preTokenizer: PreTokenizer;
  private readonly normalizer: Normalizer | null;
  /** Ids of pre-tokens, by their text and by their byte symbols. */
  private readonly ofText = new Map<string, number[]>();
  private readonly ofSymbols = new Map<string, number[]>();

  /** `what` and `path` name the file in errors. */
  constructor(json: string, what = 'The tokenizer', path = '') {
    const parsed = parseTokenizerJson(json, what, path);
    this.json = json;
    this.hash = createHash('sha256').update(json).digest('hex');
    this.model = parsed.model;
    this.vocab = new Map(Object.entries(parsed.model.vocab));
    this.addedTokens = new Map(parsed.added_tokens.map((token) => [token.content, token]));
    this.addedPattern = patternOf(parsed.added_tokens);
    this.specialIds = new Set(parsed.added_tokens.filter((t) => t.special).map((t) => t.id));
    this.around = addedAround(parsed.post_processor);
    this.isPlain =
      (parsed.normalizer ?? null) === null &&
      PlainByteLevel.safeParse(parsed.pre_tokenizer).success;

    for (const [token, id] of this.vocab) this.tokens[id] = token;
    for (const { content, id } of parsed.added_tokens) this.tokens[id] = content;
    this.vocabSize = this.tokens.length;
    const eos = eosNames.map((name) => this.idOf(name)).find((id) => id !== undefined);
    if (eos === undefined)
      throw new AppError('bad-file', `${what} has no end-of-sentence token (one of ${eosNames.join(', ')}).`, path); // prettier-ignore
    this.eosId = eos;
    parsed.model.merges.forEach((merge, rank) => {
      const [left, right] = typeof merge === 'string' ? merge.split(' ') : merge;
      const ids = [left, right, `${left}${right}`].map((token) => this.vocab.get(token ?? ''));
      const [a, b, id] = ids;
      if (a === undefined || b === undefined || id === undefined)
        throw new AppError('bad-file', `${what}: merge ${rank + 1} (${left} ${right}) has no token in the vocabulary.`, path); // prettier-ignore
      this.merges.set(a * this.vocabSize + b, { rank, id });
    });

    const hf = openInHf(json, what, path);
    const preTokenizer = hf.getPreTokenizer();
    const probe = preTokenizer?.preTokenizeString(' é').map(([symbols]) => symbols);
    if (!preTokenizer || probe?.join('') !== toSymbols(' é'))
      throw new AppError('bad-file', `${what} is not byte-level (no ByteLevel step in its pre_tokenizer), as GPT-2's and OPT's are.`, path); // prettier-ignore
    this.preTokenizer = preTokenizer;
    this.normalizer = hf.getNormalizer();
  }

  /** The id of a token spelled as in the vocabulary. */
  idOf(token: string): number | undefined {
    return this.addedTokens.get(token)?.id ?? this.vocab.get(token);
  }

  /** The ids of a text; with `addSpecial` also what the tokenizer adds around it by itself. */
  encode(text: string, options: { addSpecial?: boolean } = {}): number[] {
    const ids: number[] = [];
    if (options.addSpecial) ids.push(...this.around.before);
    this.encodeTo(text, ids);
    if (options.addSpecial) ids.push(...this.around.after);
    return ids;
  }

  encodeBatch(texts: readonly string[], options: { addSpecial?: boolean } = {}): number[][] {
    return texts.map((text) => this.encode(text, options));
  }

  /** Appends the ids of a text. */
  encodeTo(text: string, ids: number[]): void {
    if (this.addedPattern === null || !this.addedPattern.test(text))
      return this.encodePlain(text, ids);
    // Added tokens spelled out in a text ("<s>") are those tokens, as `tokenizers` has it.
    let start = 0;
    for (const match of text.matchAll(new RegExp(this.addedPattern, 'gu'))) {
      this.encodePlain(text.slice(start, match.index), ids);
      const content = match.slice(1).find((group) => group !== undefined) ?? '';
      ids.push(this.idOf(content) ?? this.eosId);
      start = match.index + match[0].length;
    }
    this.encodePlain(text.slice(start), ids);
  }

  /** A text that holds no added token. */
  private encodePlain(text: string, ids: number[]): void {
    const told =
      this.isPlain &&
      eachPreToken(text, (preToken) => {
        let found = this.ofText.get(preToken);
        if (found === undefined) found = this.keep(this.ofText, preToken, toSymbols(preToken));
        for (let i = 0; i < found.length; i++) ids.push(found[i]!);
      });
    if (told || text === '') return;
    const normal = this.normalizer?.normalizeString(text) ?? text;
    for (const [symbols] of this.preTokenizer.preTokenizeString(normal)) {
      const found = this.ofSymbols.get(symbols) ?? this.keep(this.ofSymbols, symbols, symbols);
      for (let i = 0; i < found.length; i++) ids.push(found[i]!);
    }
  }

  private keep(cache: Map<string, number[]>, key: string, symbols: string): number[] {
    const ids = this.mergePreToken(symbols);
    if (cache.size < maxCached && key.length < maxCachedLength) cache.set(detached(key), ids);
    return ids;
  }

  private mergePreToken(symbols: string): number[] {
    const { ignore_merges, unk_token, fuse_unk } = this.model;
    const whole = ignore_merges ? this.vocab.get(symbols) : undefined;
    if (whole !== undefined) return [whole];
    const unkId = this.vocab.get(unk_token ?? '');
    const ids: number[] = [];
    for (const symbol of symbols) {
      const id = this.vocab.get(symbol) ?? unkId;
      if (id !== undefined && !(fuse_unk && id === unkId && ids.at(-1) === unkId)) ids.push(id);
    }
    return mergeSymbols(ids, this.merges, this.vocabSize);
  }

  /** The bytes that a token stands for; none for a special token. */
  tokenBytes(id: number): Uint8Array {
    const token = this.tokens[id];
    if (token === undefined || this.specialIds.has(id)) return new Uint8Array(0);
    const bytes = this.addedTokens.has(token) ? null : toBytes(token);
    return bytes ?? Buffer.from(token, 'utf8');
  }

  /**
   * A token as a person reads it: spaces as ␣, line feeds and tabs as ↵ and ⇥, special tokens by name, bytes that
   * are no whole character as ‹E2›.
   */
  tokenText(id: number): string {
    const token = this.tokens[id];
    if (token === undefined || this.specialIds.has(id)) return token ?? `‹no token ${id}›`;
    return showBytes(Buffer.from(this.tokenBytes(id)))
      .replaceAll(' ', '␣')
      .replaceAll('\n', '↵')
      .replaceAll('\t', '⇥');
  }
}

/** Bytes as UTF-8 text, those of broken characters in hexadecimal. */
function showBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let shown = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && !bytes.toString('utf8', at, at + n).includes('\ufffd')); // prettier-ignore
    shown += length ? bytes.toString('utf8', at, at + length) : `‹${bytes.toString('hex', at, at + 1).toUpperCase()}›`; // prettier-ignore
    at += length ?? 1;
  }
  return shown;
}

/** What \w is in Rust's regular expressions. */
const wordChar = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]';

/** One alternative for each added token, longest first, its content in a group of its own. */
function patternOf(added: AddedToken[]): RegExp | null {
  if (added.length === 0) return null;
  const byLength = added.toSorted((a, b) => b.content.length - a.content.length);
  const alternatives = byLength.map((token) => {
    const content = `(${token.content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')})`;
    const alone = token.single_word ? `(?<!${wordChar})${content}(?!${wordChar})` : content;
    const spaces = '\\p{White_Space}*';
    return `${token.lstrip ? spaces : ''}${alone}${token.rstrip ? spaces : ''}`;
  });
  return new RegExp(alternatives.join('|'), 'u');
}

function openInHf(json: string, what: string, path: string): HfTokenizer {
  try {
    return HfTokenizer.fromString(json);
  } catch (error) {
    throw new AppError('bad-file', `${what} is refused by the library tokenizers: ${String(error instanceof Error ? error.message : error)}`, path); // prettier-ignore
  }
}
