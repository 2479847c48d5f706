import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  inspectCorpus,
  readLines,
  type CorpusSummary,
  type Split,
} from '../../src/main/lab/corpus/index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-corpus-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

async function lines(corpus: CorpusSummary, split: Split): Promise<string[]> {
  const all: string[] = [];
  for await (const batch of readLines(corpus, split)) all.push(...batch);
  return all;
}

const numbered = (n: number, word = 'line') =>
  Array.from({ length: n }, (_, i) => `${word} ${i}\n`).join('');

describe('inspectCorpus', () => {
  it('counts files, lines, words and bytes, and knows text whatever its line ends', async () => {
    write('b.train', '\ufeffone two\r\n\r\n \t\r\nthree');
    write('a.txt', 'vier fünf sechs\n');
    const corpus = await inspectCorpus(folder);
    expect(corpus.files.map(({ name, lines, words }) => [name, lines, words])).toEqual([
      ['a.txt', 1, 3],
      ['b.train', 2, 3],
    ]);
    expect(corpus).toMatchObject({ lines: 3, words: 6, bytes: 17 + 23 });
    expect([...(await lines(corpus, 'train')), ...(await lines(corpus, 'held-out'))]).toEqual([
      'vier fünf sechs',
      'one two',
      'three',
    ]);
  });

  it('has the same content hash wherever the files lie, and another for other text', async () => {
    write('one/a.train', 'x y\nz\n');
    write('two/b.txt', 'x y\nz\n');
    write('three/a.train', 'x y\nw\n');
    const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((name) => inspectCorpus(join(folder, name)))); // prettier-ignore
    expect(one!.contentHash).toBe(two!.contentHash);
    expect(one!.contentHash).not.toBe(three!.contentHash);
  });

  it('holds out *.dev and leaves *.test alone', async () => {
    write('a.train', numbered(300));
    write('a.dev', numbered(5, 'dev'));
    write('a.test', numbered(7, 'test'));
    const corpus = await inspectCorpus(folder);
    expect(corpus.lines).toBe(300);
    expect(await lines(corpus, 'train')).toHaveLength(300);
    expect(await lines(corpus, 'held-out')).toEqual(numbered(5, 'dev').trimEnd().split('\n'));
  });

  it('holds out the last 1 % of lines otherwise, in proportion from each file', async () => {
    write('a.train', numbered(250, 'a'));
    write('b.train', numbered(50, 'b'));
    write('c.train', numbered(199, 'c'));
    const corpus = await inspectCorpus(folder);
    expect(await lines(corpus, 'held-out')).toEqual(['a 248', 'a 249', 'b 49', 'c 198']);
    const train = await lines(corpus, 'train');
    expect(train).toHaveLength(495);
    expect(train).not.toContain('a 248');
  });

  it('holds out one line of a corpus of fewer than a hundred', async () => {
    write('a.train', numbered(3));
    const corpus = await inspectCorpus(folder);
    expect(await lines(corpus, 'train')).toEqual(['line 0', 'line 1']);
    expect(await lines(corpus, 'held-out')).toEqual(['line 2']);
  });

  it.each([
    ['2023', 'babylm_data/babylm_10M', 'babylm_data/babylm_dev', 'babylm_data/babylm_test'],
    ['2024', 'train_10M', 'dev', 'test'],
  ])("finds dev and test beside BabyLM's %s training set", async (_, train, dev, test) => {
    write(`${train}/bnc.train`, numbered(200));
    write(`${train}/aochildes.train`, numbered(100));
    write(`${dev}/bnc.dev`, 'held out\n');
    write(`${test}/bnc.test`, 'test\n');
    for (const chosen of [train, train.includes('/') ? dirname(train) : '']) {
      const corpus = await inspectCorpus(join(folder, chosen));
      expect(corpus.files.map(({ name, split }) => [name.split('/').at(-1), split])).toEqual([
        ['aochildes.train', 'train'],
        ['bnc.train', 'train'],
        ['bnc.dev', 'held-out'],
        ['bnc.test', 'test'],
      ]);
    }
  });

  it("refuses to train on two of BabyLM's training sets at once", async () => {
    write('babylm_10M/a.train', 'x\n');
    write('babylm_100M/a.train', 'x\n');
    await expect(inspectCorpus(folder)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('babylm_100M, babylm_10M') as string,
    });
  });

  it('reads lines that cross blocks as they are', async () => {
    const long = Array.from({ length: 40 }, (_, i) => `${i} ${'ä'.repeat(100_000 + i)}`);
    write('a.train', long.join('\r\n'));
    const corpus = await inspectCorpus(folder);
    expect([...(await lines(corpus, 'train')), ...(await lines(corpus, 'held-out'))]).toEqual(long);
  });

  it('follows links, but not in circles', async () => {
    write('text/a.train', 'x\ny\n');
    symlinkSync(join(folder, 'text'), join(folder, 'text', 'again'));
    expect((await inspectCorpus(folder)).files).toHaveLength(1);
  });

  it('notices a file that has changed since', async () => {
    write('a.train', numbered(10));
    const corpus = await inspectCorpus(folder);
    write('a.train', numbered(10, 'lime'));
    await expect(lines(corpus, 'train')).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('says what to do when a file is not there any more', async () => {
    write('a.train', numbered(10));
    const corpus = await inspectCorpus(folder);
    rmSync(join(folder, 'a.train'));
    await expect(lines(corpus, 'train')).rejects.toMatchObject({ code: 'not-found', message: expect.stringMatching(/a\.train is no longer there\. Add the corpus again/) as string }); // prettier-ignore
  });

  it('stops when told to', async () => {
    write('a.train', 'x\n');
    await expect(inspectCorpus(folder, undefined, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' }); // prettier-ignore
  });
});

describe('what no corpus is', () => {
  const megabyte = Buffer.alloc(1 << 20, 'a');
  it.each<[string, Record<string, string | Buffer>, RegExp]>([
    ['an empty folder', {}, /is empty/],
    ['a folder without text files', { 'a.zip': 'x', 'b.csv': 'y' }, /no \*\.train or \*\.txt file \(but a\.zip, b\.csv\)/], // prettier-ignore
    ['files without words', { 'a.train': ' \n\n' }, /hold no words/],
    ['bad UTF-8', { 'a.train': Buffer.from('fine\ncaf\xe9\nfine\n', 'latin1') }, /a\.train, line 2: not valid UTF-8/], // prettier-ignore
    ['UTF-8 that breaks off', { 'a.train': Buffer.from([0x61, 0x0a, 0xe2, 0x82]) }, /a\.train, line 2: not valid UTF-8/], // prettier-ignore
    ['UTF-16', { 'a.txt': Buffer.from('\ufeffab\n', 'utf16le') }, /a\.txt, line 1: this is UTF-16/],
    ['a binary file', { 'a.txt': Buffer.from('a\nb\0c\n') }, /a\.txt, line 2: a NUL byte/],
    [
      'a binary file without lines',
      { 'a.txt': Buffer.alloc(3 << 20) },
      /a\.txt, line 1: a NUL byte/,
    ],
    ['a line too long', { 'a.train': Buffer.concat([Buffer.from('x\n'), megabyte, Buffer.from('a\n')]) }, /a\.train, line 2: longer than 1 MiB/], // prettier-ignore
  ])('%s', async (_, files, message) => {
    for (const [name, content] of Object.entries(files)) write(name, content);
    await expect(inspectCorpus(folder)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    });
  });

  it('a line of 100 MB, which is never held', async () => {
    write('a.train', 'fine\n');
    for (let i = 0; i < 100; i++) writeFileSync(join(folder, 'a.train'), megabyte, { flag: 'a' });
    const before = process.memoryUsage().arrayBuffers;
    await expect(inspectCorpus(folder)).rejects.toThrow('a.train, line 2: longer than 1 MiB');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 << 20);
  });

  it('a folder that is not there', async () => {
    await expect(inspectCorpus(join(folder, 'nowhere'))).rejects.toMatchObject({
      code: 'bad-file',
    });
  });
});

describe('the embedded corpus', () => {
  it('is two million words of sentences', async () => {
    const corpus = await inspectCorpus('embedded');
    expect(corpus.words).toBe(2_006_221);
    const [sotu, moby] = corpus.files;
    expect(sotu!.words / sotu!.lines).toBeLessThan(30);
    expect((await lines(corpus, 'train')).at(0)).toMatch(/^Fellow-Citizens of the Senate/);
    expect(await lines(corpus, 'held-out')).toHaveLength(sotu!.heldOutLines + moby!.heldOutLines);
  });
});
