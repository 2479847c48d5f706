// Sentences under profiles: prefix, spelling, what is scored, and scores from log-probabilities.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { profiles, type Profile } from '../../src/shared/domain.ts';
import { aggregate, encodeSentence } from '../../src/main/lab/scoring/index.ts';
import { openTokenizer } from '../../src/main/lab/tokenizer/index.ts';

const folder = (name: string) => join(import.meta.dirname, '..', 'fixtures', 'scoring', name);
const adding = openTokenizer(folder('bos')); // puts </s> in front by itself
const plain = openTokenizer(folder('plain'));
const custom = (some: Partial<Profile>): Profile => ({ ...profiles['gardenpath']!, name: 'custom', ...some }); // prettier-ignore
const EOS = 2;

describe('encodeSentence', () => {
  const sentence = 'The cats sleep.';
  const own = plain.encode(sentence);

  test('prefix </s>, and a leading space where the profile has one', () => {
    expect(encodeSentence(plain, profiles['gardenpath']!, sentence)).toEqual({ text: sentence, ids: [EOS, ...own], scoredFrom: 1 }); // prettier-ignore
    const spaced = encodeSentence(plain, profiles['lm-eval']!, sentence).ids;
    expect(spaced).toEqual([EOS, ...plain.encode(' The cats sleep.')]);
    expect(spaced).not.toEqual([EOS, ...own]);
  });

  test('without a prefix the first token is context', () => {
    expect(encodeSentence(adding, custom({ prefix: 'none' }), sentence)).toMatchObject({ ids: adding.encode(sentence), scoredFrom: 1 }); // prettier-ignore
    const { ids, scoredFrom } = encodeSentence(plain, profiles['babylm-2025']!, sentence);
    expect([ids, scoredFrom]).toEqual([own, 1]);
  });

  test("the tokenizer's own prefix", () => {
    expect(encodeSentence(adding, profiles['babylm-2025']!, sentence)).toMatchObject({ ids: [EOS, ...adding.encode(sentence)], scoredFrom: 1 }); // prettier-ignore
  });

  test('the spelling of the corpus', () => {
    expect(encodeSentence(plain, custom({ text: 'like-corpus' }), sentence).ids).toEqual([EOS, ...plain.encode('the cats sleep .')]); // prettier-ignore
  });

  test('what has no token to score is an error that names it', () => {
    expect(plain.encode('o')).toHaveLength(1);
    expect(() => encodeSentence(plain, profiles['minicons']!, 'o')).toThrow(/“o” is a single token/); // prettier-ignore
    expect(encodeSentence(plain, profiles['gardenpath']!, 'o').ids).toHaveLength(2);
    expect(() => encodeSentence(plain, profiles['gardenpath']!, '')).toThrow(/empty/);
  });
});

test('aggregate', () => {
  const logProbs = Float32Array.of(-1, -2, -6);
  expect(aggregate(custom({ aggregation: 'sum' }), logProbs)).toBe(-9);
  expect(aggregate(custom({ aggregation: 'mean' }), logProbs)).toBe(-3);
});
