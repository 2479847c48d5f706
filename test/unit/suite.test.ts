import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { humanAgreement, publishedFigures, readSuite, resourcePath, type Suite } from '../../src/main/lab/suite/index.ts'; // prettier-ignore

const shared = new URL('../../../shared/data/blimp/', import.meta.url);
const haveBlimp = existsSync(shared);
if (!haveBlimp) console.warn('SKIPPED: BLiMP itself is not at ../shared/data/blimp, so its loader is tested on small files only.'); // prettier-ignore

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-suite-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const line = (fields: object) => `${JSON.stringify({ sentence_good: 'a b', sentence_bad: 'b a', ...fields })}\n`; // prettier-ignore

describe('readSuite', () => {
  const one = line({ UID: 'one', field: 'syntax/semantics', linguistics_term: 's-selection', pairID: '7', one_prefix_prefix: '', one_prefix_word_good: 'a', one_prefix_word_bad: 'b' }); // prettier-ignore
  const two = line({ UID: 'two', field: 'syntax', linguistics_term: 'binding', pairID: '0', lexically_identical: true }); // prettier-ignore

  it('reads a zip and a folder alike, without what macOS adds', async () => {
    write('suite/one.jsonl', one);
    write('suite/deep/two.jsonl', `${two}\n`);
    write('suite/.DS_Store', 'x');
    write('suite/README.md', 'x');
    write('suite.zip', zipSync({ 'data/one.jsonl': strToU8(one), 'data/two.jsonl': strToU8(two), '__MACOSX/data/._one.jsonl': strToU8('\0\0'), 'data/.DS_Store': strToU8('x') })); // prettier-ignore
    const [zip, dir] = await Promise.all(['suite.zip', 'suite'].map((name) => readSuite(join(folder, name)))); // prettier-ignore
    expect(zip?.classes).toEqual([
      { uid: 'one', field: 'syntax_semantics', phenomenon: 's-selection', pairs: [{ pairId: '7', good: 'a b', bad: 'b a', parts: [{ method: 'one-prefix', good: [[0, 1]], bad: [[0, 1]] }] }] }, // prettier-ignore
      { uid: 'two', field: 'syntax', phenomenon: 'binding', pairs: [{ pairId: '0', good: 'a b', bad: 'b a' }] }, // prettier-ignore
    ]);
    expect(zip).toMatchObject({ name: 'suite', source: 'suite.zip', licence: 'not stated' });
    expect(dir?.classes).toEqual(zip?.classes);
    expect(dir?.contentHash).toBe(zip?.contentHash);
  });

  it('reads sentences alone: the class is the file, the id the place', async () => {
    write('hypernym.jsonl', line({ sentence_good: 'x\ny' }) + line({ sentence_bad: 'a b' }));
    const { classes } = await readSuite(join(folder, 'hypernym.jsonl'));
    expect(classes).toEqual([
      { uid: 'hypernym', field: '', phenomenon: '', pairs: [{ pairId: '0', good: 'x\ny', bad: 'b a' }, { pairId: '1', good: 'a b', bad: 'a b' }] }, // prettier-ignore
    ]);
  });

  it('has another hash for another sentence', async () => {
    write('a/x.jsonl', line({}));
    write('b/x.jsonl', line({ sentence_bad: 'c' }));
    const [a, b] = await Promise.all(['a', 'b'].map((name) => readSuite(join(folder, name))));
    expect(a?.contentHash).not.toBe(b?.contentHash);
  });

  it.each<[string, Record<string, string | Uint8Array>, RegExp]>([
    ['an empty folder', {}, /holds no \*\.jsonl file/],
    ['bad JSON', { 'x.jsonl': `${line({})}{"a\n` }, /x\.jsonl, line 2: not valid JSON/],
    ['a missing sentence', { 'x.jsonl': '{"sentence_good": "a"}\n' }, /x\.jsonl, line 1: “sentence_bad”/], // prettier-ignore
    ['an empty sentence', { 'x.jsonl': line({ sentence_good: ' ' }) }, /x\.jsonl, line 1: “sentence_good”: is empty/], // prettier-ignore
    ['no object', { 'x.jsonl': '[1]\n' }, /x\.jsonl, line 1/],
    ['an id twice', { 'x.jsonl': line({ pairID: '3' }) + line({ pairID: 3 }) }, /x\.jsonl, line 2: pairID 3 of x again; it is first in x\.jsonl, line 1/], // prettier-ignore
    ['a class twice', { 'x.jsonl': line({ UID: 'u', pairID: '3' }), 'y.jsonl': line({ UID: 'u', pairID: '3' }) }, /y\.jsonl, line 1: pairID 3 of u again; it is first in x\.jsonl, line 1/], // prettier-ignore
    ['an empty file', { 'x.jsonl': '\n' }, /x\.jsonl holds no pair/],
    ['bad UTF-8', { 'x.jsonl': Buffer.from([0x22, 0xff]) }, /x\.jsonl is not valid UTF-8/],
  ])('refuses %s', async (_, files, message) => {
    mkdirSync(join(folder, 'suite'));
    for (const [name, content] of Object.entries(files)) write(`suite/${name}`, content);
    await expect(readSuite(join(folder, 'suite'))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses what is no zip, and a zip that would fill the memory', async () => {
    write('no.zip', 'PK');
    await expect(readSuite(join(folder, 'no.zip'))).rejects.toThrow(/no zip archive/);
    const bomb = zipSync({ 'x.jsonl': new Uint8Array(200 << 20) });
    expect(bomb.length).toBeLessThan(1 << 20);
    write('bomb.zip', bomb);
    await expect(readSuite(join(folder, 'bomb.zip'))).rejects.toThrow(/too large for a suite/);
    await expect(readSuite(join(folder, 'nowhere.zip'))).rejects.toMatchObject({ code: 'bad-file' }); // prettier-ignore
  });
});

describe('published figures', () => {
  it('are found whatever the case, and only for BLiMP', () => {
    expect(publishedFigures('Principle_a_C_command')).toMatchObject({ gpt2: 0.737 });
    const blimp = { classes: [{ uid: 'adjunct_island' }] } as Suite;
    expect(humanAgreement(blimp, 'ADJUNCT_island')).toBe(0.94);
    const other = { classes: [{ uid: 'adjunct_island' }, { uid: 'mine' }] } as Suite;
    expect(humanAgreement(other, 'adjunct_island')).toBeNull();
  });

  it.skipIf(!haveBlimp)('are those of the BLiMP repository', () => {
    const read = (name: string) => readFileSync(new URL(name, shared), 'utf8').trim().split('\n');
    const { classes } = JSON.parse(readFileSync(resourcePath('published.json'), 'utf8')) as { classes: { uid: string }[] }; // prettier-ignore
    expect(classes).toHaveLength(67);
    const human = new Map(read('human_validation_summary.csv').map((row) => {
      const [uid, , agreement, judgements] = row.replaceAll('"', '').split(',');
      return [uid ?? '', { human: Number(agreement), humanJudgements: Number(judgements) }];
    })); // prettier-ignore
    const models = new Map(read('models_summary.jsonl').map((row) => {
      const { UID, ngram, lstm, txl, gpt2 } = JSON.parse(row) as Record<string, string>;
      return [UID ?? '', { ngram, lstm, transformerXl: txl, gpt2 }];
    })); // prettier-ignore
    for (const { uid } of classes)
      expect(publishedFigures(uid)).toEqual({ uid, ...models.get(uid), ...human.get(uid) });
  });
});

describe.skipIf(!haveBlimp)('BLiMP as released', () => {
  it('is read whole', async () => {
    const suite = await readSuite(new URL('BLiMP.zip', shared).pathname);
    const pairs = suite.classes.flatMap((one) => one.pairs);
    expect(suite).toMatchObject({ name: 'BLiMP', licence: 'CC BY 4.0' });
    expect([suite.classes.length, pairs.length]).toEqual([67, 67_000]);
    expect(new Set(suite.classes.map(({ phenomenon }) => phenomenon)).size).toBe(13);
    const classesIn = (name: string) => suite.classes.filter(({ field }) => field === name).length;
    expect(['morphology', 'syntax', 'semantics', 'syntax_semantics'].map(classesIn)).toEqual([18, 26, 9, 14]); // prettier-ignore
    expect(pairs.filter(({ good, bad }) => good === bad)).toHaveLength(7);
    for (const method of ['one-prefix', 'two-prefix']) expect(pairs.filter(({ parts }) => parts?.some((part) => part.method === method))).toHaveLength(20_000); // prettier-ignore
    for (const { uid } of suite.classes) expect(humanAgreement(suite, uid)).toBeGreaterThan(0.5);
  });
});
