// Against Hugging Face's Python `tokenizers` (tokenizer_reference.py wrote the fixture).
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openTokenizer, specialTokens, trainOnLines } from '../../src/main/lab/tokenizer/index.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/tokenizer/${name}`, import.meta.url), 'utf8'); // prettier-ignore
const lines = fixture('lines.txt').split('\n').slice(0, -1);
const reference = JSON.parse(fixture('reference.json')) as {
  vocabSize: number;
  merges: string[];
  ids: number[][];
};

it('learns the same merges and gives the same ids', async () => {
  const json = await trainOnLines([lines], reference.vocabSize);
  const { model } = JSON.parse(json) as { model: { merges: string[][] } };
  expect(model.merges.map((merge) => merge.join(' '))).toEqual(reference.merges);
  const tokenizer = openTokenizer({ json });
  expect(tokenizer.vocabSize).toBe(reference.vocabSize);
  expect(specialTokens.map((token) => tokenizer.idOf(token))).toEqual([0, 1, 2, 3]);
  lines.forEach((line, i) => expect(tokenizer.encode(line), line).toEqual(reference.ids[i]));
});
