import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { countWords } from '../../src/main/lab/corpus/index.ts';
import {
  openTokenizer,
  trainOnLines,
  wordCounter,
  type Tokenizer,
} from '../../src/main/lab/tokenizer/index.ts';

const spaces = [
  '\t',
  '\v',
  '\f',
  '\r',
  ' ',
  '  ',
  '\u00a0',
  '\u1680',
  '\u2009',
  '\u2028',
  '\u202f',
  '\u205f',
  '\u3000',
  '\ufeff',
];
// The beginnings and ends of those in UTF-8, in characters that are none.
const words = [
  'a',
  'the',
  'ß',
  '中',
  '。',
  '‐',
  '\u0085',
  '\u200b',
  'ἀ',
  '\u2030',
  '﻿x',
  '豈',
  '😀',
  "it's",
  '-',
];
const line = fc
  .array(
    fc.oneof(
      fc.constantFrom(...spaces),
      fc.constantFrom(...words),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 20 },
  ) // prettier-ignore
  .map((parts) => parts.join('').replaceAll('\n', ' '));
const truth = (text: string) => text.split(/\s+/).filter((word) => word !== '').length;

let tokenizer: Tokenizer;
beforeAll(async () => {
  const text = Array.from({ length: 200 }, (_, i) => spaces.map((s, k) => words[(i + k * 7) % words.length] + s).join('')); // prettier-ignore
  tokenizer = openTokenizer({ json: await trainOnLines([text], 400) });
});

it('countWords counts as split(/\\s+/) does', () => {
  fc.assert(
    fc.property(line, (text) => void expect(countWords(text)).toBe(truth(text))),
    { numRuns: 500 },
  );
});

it.each(['eos', 'newline'])('counts the words in ids exactly, in whatever runs (%s)', (lineEnd) => {
  const counter = wordCounter(tokenizer);
  const end = lineEnd === 'eos' ? [tokenizer.eosId] : tokenizer.encode('\n');
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
      (lines, run) => {
        const ids = lines.flatMap((text) => [...tokenizer.encode(text), ...end]);
        let counted = 0;
        for (let from = 0; from < ids.length; from += run)
          counted += counter.count(ids, from, Math.min(ids.length, from + run));
        expect(counted).toBe(lines.reduce((sum, text) => sum + truth(text), 0));
      },
    ),
    { numRuns: 500 },
  );
});
