import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inspectCorpus, type CorpusSummary } from '../../src/main/lab/corpus/index.ts';
import {
  encodeCorpus,
  openTokenizer,
  trainTokenizer,
  type Tokenizer,
} from '../../src/main/lab/tokenizer/index.ts';

let folder: string;
let cacheDir: string;
let corpus: CorpusSummary;
let tokenizer: Tokenizer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-encode-'));
  cacheDir = join(folder, 'cache');
  mkdirSync(join(folder, 'text'));
  writeFileSync(
    join(folder, 'text', 'a.train'),
    'the whale\n\nthe ship \n'.repeat(2) + 'the end\n',
  );
  corpus = await inspectCorpus(join(folder, 'text'));
  tokenizer = openTokenizer({ json: await trainTokenizer(corpus, 280) });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ids(path: string): number[] {
  const bytes = readFileSync(path);
  return [...new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)];
}

it('writes </s> line </s> line </s>, and what it wrote', async () => {
  const encoded = await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'eos' });
  const lines = ['the whale', 'the ship ', 'the whale', 'the ship '];
  expect(ids(encoded.trainPath)).toEqual([
    2,
    ...lines.flatMap((line) => [...tokenizer.encode(line), 2]),
  ]);
  expect(ids(encoded.heldOutPath)).toEqual([2, ...tokenizer.encode('the end'), 2]);
  expect(encoded).toMatchObject({ dtype: 'uint16', trainWords: 8, heldOutWords: 2, trainTokens: ids(encoded.trainPath).length, heldOutTokens: ids(encoded.heldOutPath).length }); // prettier-ignore
});

it('joins lines by newlines where asked, as if they were one text', async () => {
  const encoded = await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'newline' });
  const text = 'the whale\nthe ship \nthe whale\nthe ship \n';
  expect(ids(encoded.trainPath)).toEqual(tokenizer.encode(text));
});

it('finds again what it has made, and makes anew what differs', async () => {
  const first = await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'eos' });
  const made = statSync(first.trainPath).mtimeMs;
  expect(await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'eos' })).toEqual(first);
  expect(statSync(first.trainPath).mtimeMs).toBe(made);
  const other = openTokenizer({ json: await trainTokenizer(corpus, 270) });
  expect((await encodeCorpus(corpus, other, { cacheDir, lineEnd: 'eos' })).key).not.toBe(first.key);
  rmSync(join(cacheDir, first.key, 'meta.json'));
  expect(await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'eos' })).toEqual(first);
});

it('is made by several at once, and what the first of them has put there stays', async () => {
  for (let round = 0; round < 5; round++) {
    rmSync(cacheDir, { recursive: true, force: true });
    const encoding = Array.from({ length: 6 }, () => encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'eos' })); // prettier-ignore
    const { ino } = await Promise.race(encoding).then((first) => statSync(first.trainPath));
    const encoded = await Promise.all(encoding);
    for (const one of encoded) expect(one).toEqual(encoded[0]);
    expect(statSync(encoded[0]?.trainPath ?? '').ino).toBe(ino);
    expect(readdirSync(cacheDir)).toEqual([encoded[0]?.key]);
  }
});

it('leaves nothing half-made: not when cancelled, not what a killed process left', async () => {
  mkdirSync(join(cacheDir, 'abc.making-999999999-00'), { recursive: true });
  const abort = new AbortController();
  const encoding = encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'eos', signal: abort.signal, onProgress: () => abort.abort() }); // prettier-ignore
  await expect(encoding).rejects.toMatchObject({ code: 'cancelled' });
  expect(readdirSync(cacheDir)).toEqual([]);
});

it('tells words of words', async () => {
  const told: [number, number][] = [];
  await encodeCorpus(corpus, tokenizer, { cacheDir, lineEnd: 'eos', onProgress: (done, total) => told.push([done, total]) }); // prettier-ignore
  expect(told.at(-1)).toEqual([10, 10]);
});
