// Against Hugging Face's `tokenizers` as npm has it, on random text.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { BPE, byteLevelPreTokenizer, Tokenizer as HfTokenizer } from 'tokenizers';
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectCorpus, readLines } from '../../src/main/lab/corpus/index.ts';
import { openTokenizer, trainOnLines } from '../../src/main/lab/tokenizer/index.ts';

/** Every 30th sentence of the embedded corpus. */
let sentences: string[];
let json: string;
beforeAll(async () => {
  const all: string[] = [];
  for await (const batch of readLines(await inspectCorpus('embedded'), 'train')) all.push(...batch);
  sentences = all.filter((_, i) => i % 30 === 0);
  json = await trainOnLines([sentences], 2_000);
});

async function hfIds(
  hf: HfTokenizer,
  texts: string[],
  addSpecialTokens = false,
): Promise<number[][]> {
  return (await hf.encodeBatch(texts, { addSpecialTokens })).map((encoding) => encoding.getIds());
}

/** Text of English pieces, odd characters and special tokens. */
const pieces = fc.oneof(
  fc.constantFrom("'s", "'ll", "'", ' ', '  ', '\t', ' the', 'whale', '12', '!?', '<s>', '</s>', '<unk', '\u00a0', '\u3000', '\u0085', 'é', 'ß', 'Ж', '中', '😀', '\u0301'), // prettier-ignore
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 6 }),
);
const text = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));
/** Without letters that are so new that not every library knows them. */
const settled = text.filter((t) => !/[^\0-\u04ff\u3000中😀]/u.test(t));

describe('the same as Hugging Face', () => {
  it('encodes 2,000 sentences', async () => {
    const texts = sentences.slice(0, 2_000);
    expect(openTokenizer({ json }).encodeBatch(texts)).toEqual(await hfIds(HfTokenizer.fromString(json), texts)); // prettier-ignore
  });

  it('encodes random text, with and without what the tokenizer adds', async () => {
    const tokenizer = openTokenizer({ json });
    const hf = HfTokenizer.fromString(json);
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 20, maxLength: 20 }),
        fc.boolean(),
        async (texts, addSpecial) => {
          // prettier-ignore
          expect(tokenizer.encodeBatch(texts, { addSpecial })).toEqual(await hfIds(hf, texts, addSpecial)); // prettier-ignore
        },
      ),
      { numRuns: 100 },
    );
  });

  it('learns the merges that its trainer learns', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gardenpath-bpe-'));
    try {
      const file = join(folder, 'text.txt');
      writeFileSync(file, sentences.join('\n'));
      const hf = new HfTokenizer(BPE.empty());
      hf.setPreTokenizer(byteLevelPreTokenizer(false, true));
      hf.train([file]); // takes no options: 30,000 tokens, of which ours are the first
      hf.save(join(folder, 'tokenizer.json'));
      const merges = (path: string) => (JSON.parse(path) as { model: { merges: string[][] } }).model.merges; // prettier-ignore
      const ours = merges(json);
      expect(ours).toEqual(
        merges(readFileSync(join(folder, 'tokenizer.json'), 'utf8')).slice(0, ours.length),
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

it('cuts every character that it cuts by itself as Hugging Face does', async () => {
  const tokenizer = openTokenizer({ json });
  const hf = HfTokenizer.fromString(json);
  const texts: string[] = [];
  for (let block = 0; block < 0x11000; block += 16)
    if (block < 0xd800 || block >= 0xe000)
      texts.push(Array.from({ length: 16 }, (_, i) => String.fromCodePoint(block + i)).map((c) => `a${c}1${c}.${c} b ${c}`).join('')); // prettier-ignore
  const theirs = await hfIds(hf, texts);
  texts.forEach((characters, i) => expect(tokenizer.encode(characters), characters).toEqual(theirs[i])); // prettier-ignore
});

it('takes a word of a million letters, and text that is no valid Unicode', () => {
  const tokenizer = openTokenizer({ json });
  const ids = tokenizer.encode('ab'.repeat(500_000));
  expect(Buffer.concat(ids.map((id) => tokenizer.tokenBytes(id))).toString()).toBe('ab'.repeat(500_000)); // prettier-ignore
  expect(tokenizer.encode('a\ud800b')).toEqual(tokenizer.encode('a\ufffdb'));
});

/** The trained tokenizer with other settings around its vocabulary, as imported ones have them. */
function variant(
  change: (
    tokenizer: Record<string, unknown> & {
      model: Record<string, unknown>;
      added_tokens: Record<string, unknown>[];
    },
  ) => void,
): string {
  // prettier-ignore
  const parsed = JSON.parse(json) as Parameters<typeof change>[0];
  change(parsed);
  return JSON.stringify(parsed);
}

const byteLevel = {
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: false,
};
const llamaSplit = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"; // prettier-ignore

describe('imported tokenizers encode as Hugging Face has them', () => {
  it.each<[string, Parameters<typeof variant>[0]]>([
    [
      'a prefix space',
      (t) => (t.pre_tokenizer = { ...byteLevel, use_regex: true, add_prefix_space: true }),
    ],
    [
      'another split (Llama 3)',
      (t) => {
        t.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: llamaSplit }, behavior: 'Isolated', invert: false }, byteLevel] }; // prettier-ignore
        t.model.ignore_merges = true;
      },
    ],
    ['a normalizer', (t) => (t.normalizer = { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] })], // prettier-ignore
    ['RoBERTa’s post-processor', (t) => (t.post_processor = { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true, add_prefix_space: false })], // prettier-ignore
    ['a sequence of post-processors', (t) => (t.post_processor = { type: 'Sequence', processors: [{ type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true }, t.post_processor] })], // prettier-ignore
    ['added tokens that strip spaces', (t) => t.added_tokens.forEach((token) => { token.lstrip = true; token.rstrip = true; })], // prettier-ignore
    ['an added token that is a word', (t) => t.added_tokens.push({ id: 2_000, content: 'whale', single_word: true, lstrip: false, rstrip: false, normalized: false, special: false })], // prettier-ignore
    [
      'bytes that the vocabulary lacks',
      (t) => {
        delete (t.model.vocab as Record<string, number>)['Ð'];
        delete (t.model.vocab as Record<string, number>)['ä'];
      },
    ],
  ])('%s', async (name, change) => {
    const changed = variant(change);
    const tokenizer = openTokenizer({ json: changed });
    const hf = HfTokenizer.fromString(changed);
    await fc.assert(
      fc.asyncProperty(
        fc.array(name.includes('word') ? settled : text, { minLength: 20, maxLength: 20 }),
        async (texts) => {
          // prettier-ignore
          expect(tokenizer.encodeBatch(texts, { addSpecial: true })).toEqual(await hfIds(hf, texts, true)); // prettier-ignore
        },
      ),
      { numRuns: 20 },
    );
  });
});
