import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  openTokenizer,
  tokenizerConfigJson,
  trainOnLines,
} from '../../src/main/lab/tokenizer/index.ts';

let json: string;
let folder: string;
beforeAll(async () => {
  json = await trainOnLines(
    [['the whale and the ship', 'the whale', "the captain's café", 'é é é']],
    300,
  );
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-tokenizer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Json {
  model: { vocab: Record<string, number>; merges: [string, string][] };
}

/** The trained tokenizer as GPT-2's and OPT's are given away. */
function writePair(
  change: (vocab: Record<string, number>, merges: string[]) => void = () => undefined,
) {
  const { model } = JSON.parse(json) as Json;
  const merges = model.merges.map((merge) => merge.join(' '));
  change(model.vocab, merges);
  writeFileSync(join(folder, 'vocab.json'), JSON.stringify(model.vocab));
  writeFileSync(join(folder, 'merges.txt'), ['#version: 0.2', ...merges, ''].join('\n'));
}

describe('openTokenizer', () => {
  const text = "The whale's ship, <s>the café</s>";

  it('opens a file, a folder and the text itself, all alike', () => {
    writeFileSync(join(folder, 'tokenizer.json'), json);
    const opened = [folder, join(folder, 'tokenizer.json'), { json }].map(openTokenizer);
    expect(new Set(opened.map(({ hash }) => hash)).size).toBe(1);
    expect(opened[0]).toMatchObject({ eosId: 2, vocabSize: openTokenizer({ json }).vocabSize });
    expect(opened[0]?.encode(text, { addSpecial: true })).toEqual([
      2,
      ...(opened[1]?.encode(text) ?? []),
    ]);
  });

  it('opens vocab.json and merges.txt, with the special tokens that the files beside them name', () => {
    writePair();
    const plain = openTokenizer(join(folder, 'vocab.json'));
    expect(plain.encode(text)).toEqual(openTokenizer({ json }).encode(text));
    expect(plain.encode('x', { addSpecial: true })).toEqual(plain.encode('x'));
    writeFileSync(
      join(folder, 'tokenizer_config.json'),
      JSON.stringify({ bos_token: { content: '</s>' }, eos_token: '</s>', add_bos_token: true }),
    );
    const opt = openTokenizer(folder);
    expect(opt.encode('x', { addSpecial: true })).toEqual([2, ...plain.encode('x')]);
    expect(opt.encode('<s>')).not.toEqual([0]); // no special token here
  });

  it.each<[string, () => string | { json: string }, RegExp]>([
    ['nothing there', () => join(folder, 'x.json'), /x\.json does not exist/],
    ['an empty folder', () => folder, /neither a tokenizer\.json nor both/],
    ['bad JSON', () => ({ json: '{' }), /not valid JSON/],
    ['another kind', () => ({ json: json.replace('"type":"BPE"', '"type":"WordPiece"') }), /model\.type: only byte-level BPE/], // prettier-ignore
    ['not byte-level', () => ({ json: json.replace(/"pre_tokenizer":\{[^}]*\}/, '"pre_tokenizer":{"type":"Whitespace"}') }), /not byte-level/], // prettier-ignore
    ['no end of sentence', () => ({ json: json.replaceAll('</s>', '<end>') }), /no end-of-sentence token/], // prettier-ignore
    ['an unknown post-processor', () => ({ json: json.replace('TemplateProcessing', 'Nonesuch') }), /post_processor/], // prettier-ignore
    [
      'a merge of no token',
      () => {
        writePair((_, merges) => merges.push('q z'));
        return folder;
      },
      /merge \d+ \(q z\) has no token/,
    ],
    [
      'a merge of three',
      () => {
        writePair((_, merges) => merges.unshift('a b c'));
        return join(folder, 'merges.txt');
      },
      /merges\.txt, line 2/,
    ],
  ])('refuses %s', (_, source, message) => {
    const open = () => openTokenizer(source());
    expect(open).toThrow(expect.objectContaining({ code: 'bad-file' }) as Error);
    expect(open).toThrow(message);
  });
});

it('shows tokens to people', () => {
  const tokenizer = openTokenizer({ json });
  const show = (text: string) => tokenizer.encode(text).map((id) => tokenizer.tokenText(id));
  expect(show('the whale</s>')).toEqual(['the', '␣whale', '</s>']);
  expect(show('é\n\t中')).toEqual(['é', '↵', '⇥', '‹E4›', '‹B8›', '‹AD›']);
  expect(tokenizer.tokenText(99_999)).toBe('‹no token 99999›');
});

it('has at least its bytes, and no more merges than the text has pairs', async () => {
  const least = openTokenizer({ json: await trainOnLines([['ab']], 10) });
  expect(least.vocabSize).toBe(260);
  const most = openTokenizer({ json: await trainOnLines([['ab ab']], 5_000) });
  expect(most.vocabSize).toBe(262); // ab, Ġab
});

it('stops training when told to', async () => {
  const training = trainOnLines([['x y']], 300, { signal: AbortSignal.abort() });
  await expect(training).rejects.toMatchObject({ code: 'cancelled' });
});

it('names in tokenizer_config.json only tokens that it has', () => {
  const config = (text: string) => JSON.parse(tokenizerConfigJson(openTokenizer({ json: text }), 128)) as object; // prettier-ignore
  expect(config(json)).toMatchObject({
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: '</s>',
    eos_token: '</s>',
    unk_token: '<unk>',
    pad_token: '<pad>',
    model_max_length: 128,
  });
  expect(config(json.replaceAll('<pad>', '<gap>'))).not.toHaveProperty('pad_token');
});
