// Against Hugging Face's Python `tokenizers` (tokenizer_reference.py wrote the fixture).
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openTokenizer, specialTokens } from '../../src/main/lab/tokenizer/index.ts';
import { learnMerges, tokenizerJson } from '../../src/main/lab/tokenizer/train.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/tokenizer/${name}`, import.meta.url), 'utf8'); // prettier-ignore
const lines = fixture('lines.txt').split('\n').slice(0, -1);
const reference = JSON.parse(fixture('reference.json')) as {
  vocabSize: number;
  merges: string[];
  ids: number[][];
};

it('learns the same merges and gives the same ids', () => {
});
