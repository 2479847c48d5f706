// N-gram models: probabilities sum to 1, counts are those of a plain count, files give back the model.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concordance, encodeWords, loadNgramModel, NgramModel, passingLevels, readTokenFile, saveNgramModel, wordEncoder, wordsOf } from '../../src/main/lab/ngram/index.ts'; // prettier-ignore

const vocabSize = 9;
const boundary = 2;
const word = fc.constantFrom(0, 1, 3, 4, 5, 6, 7);
const sentence = fc.array(word, { maxLength: 8 });
const corpus = fc
  .array(sentence, { minLength: 1, maxLength: 40 })
  .map((lines) => lines.flatMap((line) => [...line, boundary]));
/** With sentence ends, or as one stream without any. */
const streams = fc.oneof(
  corpus.map((ids) => [boundary, ...ids]),
  corpus.map((ids) => [3, ...ids.filter((id) => id !== boundary)]),
);
const order = fc.integer({ min: 1, max: 5 });
const build = (ids: number[], highest: number): NgramModel =>
  NgramModel.build(Uint16Array.from(ids), { order: highest, vocabSize, boundary });

/** Every n-gram up to an order, within sentences, by taking the corpus apart. */
function plainCount(ids: number[], highest: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let end = 1; end < ids.length; end++)
    for (let n = 1; n <= highest && end - n + 1 >= 0; n++) {
      const gram = ids.slice(end - n + 1, end + 1);
      if (gram.slice(1, -1).includes(boundary)) break;
      counts.set(gram.join(), (counts.get(gram.join()) ?? 0) + 1);
    }
  return counts;
}

describe('an n-gram model', () => {
  it('has probabilities that sum to 1 after every context, at every order', () => {
    fc.assert(
      fc.property(
        streams,
        order,
        fc.array(word, { maxLength: 5 }),
        fc.boolean(),
        (ids, highest, context, begin) => {
          // prettier-ignore
          const model = build(ids, highest);
          const before = begin ? [boundary, ...context] : context;
          for (let n = 1; n <= highest; n++) {
            const chances = model.distribution(before, n);
            expect(chances.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
            expect(chances.every((p) => p > 0)).toBe(true);
          }
        },
      ),
    );
  });

  it('scores a sentence with the probabilities of its distributions', () => {
    fc.assert(
      fc.property(streams, order, sentence, (ids, highest, tokens) => {
        const model = build(ids, highest);
        const framed = [boundary, ...tokens, boundary];
        const { nats } = model.score(framed, highest);
        for (let i = 1; i < framed.length; i++)
          expect(nats[i]).toBeCloseTo(
            Math.log(model.distribution(framed.slice(0, i), highest)[framed[i] as number] as number), // prettier-ignore
            10,
          );
        expect(nats[0]).toBeNaN();
      }),
    );
  });

  it('counts what a plain count counts', () => {
    fc.assert(
      fc.property(streams, order, (ids, highest) => {
        const model = build(ids, highest);
        const counts = plainCount(ids, highest);
        for (const [gram, count] of counts)
          expect(model.count(gram.split(',').map(Number)), gram).toBe(count);
        const kinds = model.levels.map((level) => level.counts.filter((c) => c > 0).length);
        expect(kinds.reduce((sum, n) => sum + n, 0)).toBe(counts.size);
        expect(model.count([8])).toBe(0);
      }),
    );
  });

  it('of a lower order inside a higher one is the model of that order', () => {
    fc.assert(
      fc.property(streams, sentence, (ids, tokens) => {
        const five = build(ids, 5);
        const framed = [boundary, ...tokens];
        for (const n of [1, 2, 3, 4])
          expect(five.score(framed, n).nats).toEqual(build(ids, n).score(framed).nats);
      }),
    );
  });

  it('refuses ids outside its vocabulary, and orders it does not know', () => {
    expect(() => build([2, 9, 2], 2)).toThrow(/outside the vocabulary of 9/);
    expect(() => build([2, 3, 2], 6)).toThrow(/order 1 to 5, not 6/);
  });

  it('of an empty corpus is uniform', () => {
    expect([...build([2], 3).distribution([2])]).toEqual(Array(vocabSize).fill(expect.closeTo(1 / vocabSize, 6))); // prettier-ignore
  });
});

describe('files', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'gardenpath-ngram-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  const corpusIds = [2, 3, 4, 5, 2, 4, 5, 4, 5, 2, 2, 3, 3, 2];

  it('give back the model that was saved', () => {
    const path = join(folder, 'model.ngrams');
    for (const ids of [Uint16Array.from(corpusIds), Uint32Array.from(corpusIds)]) {
      const model = NgramModel.build(ids, { order: 4, vocabSize, boundary });
      saveNgramModel(model, path);
      expect(loadNgramModel(path)).toEqual(model);
      // Written order by order while it is counted, it is the same model; its beginning is that of a lower order.
      const levels = passingLevels(ids, { order: 4, vocabSize, boundary });
      saveNgramModel({ levels, boundary }, path);
      expect(loadNgramModel(path)).toEqual(model);
      const framed = [2, 3, 4, 5, 8, 2];
      expect(loadNgramModel(path, 2).score(framed)).toEqual(model.score(framed, 2));
    }
    truncateSync(path, 700);
    expect(() => loadNgramModel(path)).toThrow(/no whole n-gram model.*Delete it/);
    writeFileSync(path, 'something else\n');
    expect(() => loadNgramModel(path)).toThrow(/no whole n-gram model/);
    expect(() => loadNgramModel(join(folder, 'none'))).toThrow(/no n-gram model/);
  });

  it('of token ids are read whole, and refused where cut short', () => {
    const path = join(folder, 'ids');
    writeFileSync(path, new Uint8Array(Uint16Array.from(corpusIds).buffer));
    expect([...readTokenFile(path, 'uint16')]).toEqual(corpusIds);
    truncateSync(path, 9);
    expect(() => readTokenFile(path, 'uint16')).toThrow(/no whole number of uint16/);
  });

  it('are searched for the lines that hold an n-gram', async () => {
    const path = join(folder, 'searched');
    writeFileSync(path, new Uint8Array(Uint16Array.from(corpusIds).buffer));
    const find = (ngram: number[], more = {}): ReturnType<typeof concordance> =>
      concordance(path, ngram, { dtype: 'uint16', lineEnd: boundary, ...more });
    expect(await find([4, 5])).toEqual({
      occurrences: 3,
      linesWithIt: 2,
      lines: [
        { line: 0, ids: [3, 4, 5], at: 1 },
        { line: 1, ids: [4, 5, 4, 5], at: 0 },
      ],
    });
    expect((await find([4, 5], { offset: 1, limit: 1 })).lines.map((l) => l.line)).toEqual([1]);
    expect((await find([2, 3])).lines).toEqual([
      { line: 0, ids: [3, 4, 5], at: -1 },
      { line: 3, ids: [3, 3], at: -1 },
    ]);
    expect((await find([5, 2])).occurrences).toBe(2);
    expect((await find([2, 2])).lines).toEqual([{ line: 2, ids: [], at: -1 }]);
    const stopped = AbortSignal.abort();
    await expect(find([4], { signal: stopped })).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('words', () => {
  async function* lines(): AsyncGenerator<string[]> {
    yield ['The dog barks .', "Don't bark, dog!"];
    yield await Promise.resolve(['']);
  }

  it('meet however their punctuation is written', async () => {
    expect(wordsOf("The dog's bone, e.g. a well-known one.")).toEqual(["the", "dog's", "bone", ",", "e.g", ".", "a", "well-known", "one", "."]); // prettier-ignore
    const corpusOfWords = await encodeWords(lines());
    expect(corpusOfWords.words).toEqual(['</s>', '<unk>', 'the', 'dog', 'barks', '.', "don't", 'bark', ',', '!']); // prettier-ignore
    expect([...corpusOfWords.ids]).toEqual([0, 2, 3, 4, 5, 0, 6, 7, 8, 3, 9, 0, 0]);
    expect(wordEncoder(corpusOfWords.words)('The cat barks.')).toEqual([0, 2, 1, 4, 5]);
  });
});
