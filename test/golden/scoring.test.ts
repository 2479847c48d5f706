// Sentence scores against transformers in float64, and against the tools that profiles are named after.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { profiles, type Profile } from '../../src/shared/domain.ts';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { OptModel, SafetensorsFile, writeSafetensors } from '../../src/main/lab/model/index.ts';
import { aggregate, encodeSentence, planScoring, scorePlan, Scorer, type EncodedSentence } from '../../src/main/lab/scoring/index.ts'; // prettier-ignore
import { openTokenizer } from '../../src/main/lab/tokenizer/index.ts';
import { ReferenceOpt } from './reference-opt.ts';

interface Scores {
  sentences: string[];
  ids: number[][];
  token_log_probs: number[][];
  transformers: number[];
  minicons: number[];
  lm_eval: number[];
  babylm: number[];
}

const scratch = mkdtempSync(join(tmpdir(), 'gardenpath-scoring-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const largest = (a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number => {
  expect(a.map(({ length }) => length)).toEqual(b.map(({ length }) => length));
  return Math.max(...a.flatMap((one, s) => Array.from(one, (x, t) => Math.abs(x - b[s]![t]!))));
};

describe.each(['bos', 'plain'])('model and tokenizer %s', (name) => {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'scoring', name);
  const golden = JSON.parse(readFileSync(join(folder, 'scores.json'), 'utf8')) as Scores;
  const tokenizer = openTokenizer(folder);
  const model = OptModel.load(folder);
  afterAll(() => model.dispose());
  const encode = (profile: Profile) => golden.sentences.map((s) => encodeSentence(tokenizer, profile, s)); // prettier-ignore
  const score = (sentences: EncodedSentence[], rowTokens = 64, m = model) =>
    scorePlan(m, planScoring(sentences, { maxPositions: m.config.maxPositions, rowTokens }));
  const scoresUnder = (profile: Profile) => score(encode(profile)).map((logProbs) => aggregate(profile, logProbs)); // prettier-ignore

  test('the reference of these tests is transformers in float64', () => {
    const reference = new ReferenceOpt(folder);
    const made = golden.ids.map((ids) => reference.tokenLogProbs(ids));
    expect(largest(made, golden.token_log_probs)).toBeLessThan(1e-10);
  });

  test('each token, to 1e-4 nats', () => {
    const encoded = encode(profiles['gardenpath']!);
    expect(encoded.map(({ ids }) => ids)).toEqual(golden.ids);
    expect(largest(score(encoded), golden.token_log_probs)).toBeLessThan(1e-4);
  });

  test.each([
    ['gardenpath', 'transformers'],
    ['minicons', 'minicons'],
    ['lm-eval', 'lm_eval'],
    ['babylm-2025', 'babylm'],
  ] as const)('profile %s gives the scores of %s', (profile, tool) => {
    expect(largest([scoresUnder(profiles[profile]!)], [golden[tool]])).toBeLessThan(1e-3);
  });

  test('equal under any packing, order and company, to 1e-5 nats a token', () => {
    const encoded = encode(profiles['gardenpath']!);
    const together = score(encoded);
    const some = [0, 5, 12, 24];
    const alone = some.map((s) => score([encoded[s]!])[0]!);
    expect(
      largest(
        some.map((s) => together[s]!),
        alone,
      ),
    ).toBeLessThan(1e-5);
    expect(largest(together, score(encoded, 24))).toBeLessThan(1e-5); // longer sentences in wider rows
    expect(largest(together, score(encoded.toReversed()).toReversed())).toBeLessThan(1e-5);
    expect(largest(together, score([...encoded, ...encoded]).slice(encoded.length))).toBeLessThan(1e-5); // prettier-ignore
  });

  test('logits far apart, whose exponentials overflow', () => {
    const changed = join(scratch, `${name}-large`);
    scaleEmbedding(folder, changed, 60);
    const reference = new ReferenceOpt(changed);
    const large = OptModel.load(changed);
    const encoded = encode(profiles['gardenpath']!);
    const wanted = encoded.map(({ ids }) => reference.tokenLogProbs(ids));
    expect(Math.min(...wanted.flat())).toBeLessThan(-200);
    const made = score(encoded, 64, large);
    large.dispose();
    for (const [s, logProbs] of made.entries())
      for (const [t, x] of logProbs.entries()) expect(Math.abs(x / wanted[s]![t]! - 1) < 1e-4 || Math.abs(x - wanted[s]![t]!) < 1e-3).toBe(true); // prettier-ignore
  });

  test('weights that are no numbers are an error, not a score', () => {
    const changed = join(scratch, `${name}-nan`);
    scaleEmbedding(folder, changed, NaN);
    const broken = OptModel.load(changed);
    expect(() => score(encode(profiles['gardenpath']!), 64, broken)).toThrow(/hold NaN/);
    broken.dispose();
  });

  test('scoring again and again leaves nothing in memory', () => {
    const { binding, tf } = loadEngine();
    const count = () => [binding.getNumOfTensors(), tf.memory().numTensors];
    const plan = planScoring(encode(profiles['gardenpath']!), { maxPositions: 40, rowTokens: 16 });
    expect(plan.blocks.length).toBeGreaterThan(1);
    const scorer = new Scorer(model.config, plan);
    const once = () => [...scorer.score(model)];
    once();
    const before = count();
    for (let n = 0; n < 20; n++) once();
    for (const batch of scorer.score(model)) if (batch.done < 1) break; // left early
    expect(count()).toEqual(before);
    scorer.dispose();
  });

  test('stopped, and again', () => {
    const encoded = encode(profiles['gardenpath']!);
    const plan = planScoring(encoded, { maxPositions: 40, rowTokens: 40 });
    const whole = scorePlan(model, plan);
    expect(() => scorePlan(model, plan, { signal: { aborted: true } })).toThrow(/stopped/);
    const progress: number[] = [];
    const again = scorePlan(model, plan, { onProgress: (done) => progress.push(done), signal: { aborted: false } }); // prettier-ignore
    expect(largest(again, whole)).toBe(0);
    expect(progress.at(-1)).toBe(1);
  });
});

// Wide ones are scored by other operations (engine/own/tiles.cc) where the processor has them.
describe.each([{ preLayerNorm: true }, { preLayerNorm: false }])(
  'a wide model, %o',
  ({ preLayerNorm }) => {
    const folder = join(scratch, `wide-${preLayerNorm}`);
    const config = { vocabSize: 360, layers: 3, hiddenSize: 256, heads: 4, ffnSize: 1_024, maxPositions: 40, dropout: 0, preLayerNorm, wordEmbedSize: 256 }; // prettier-ignore
    const made = OptModel.init(config, 7);
    made.save(folder);
    made.dispose();
    // First weights are small. Large logits, and states on which the layers bear:
    const scaled = join(scratch, `wide-scaled-${preLayerNorm}`);
    scaleEmbedding(folder, scaled, 20);
    const model = OptModel.load(scaled);
    afterAll(() => model.dispose());
    const sentences = Array.from({ length: 60 }, (_, s): EncodedSentence => {
      const ids = Array.from({ length: 4 + (s % 30) }, (_, t) => (t < s % 4 ? 5 + t : 2 + ((s * 31 + t * 17) % 350))); // prettier-ignore
      return { ids, scoredFrom: 1, text: String(s) };
    });
    const score = (some: EncodedSentence[], rowTokens?: number) =>
      scorePlan(model, planScoring(some, { maxPositions: 40, ...(rowTokens && { rowTokens }) }));

    test('each token, to 1e-4 nats', () => {
      const reference = new ReferenceOpt(scaled);
      const wanted = sentences.map(({ ids }) => reference.tokenLogProbs(ids));
      expect(Math.min(...wanted.flat())).toBeLessThan(-10);
      expect(largest(score(sentences), wanted)).toBeLessThan(1e-4);
    });

    test('equal under any packing, order and company, to 1e-5 nats a token', () => {
      const together = score(sentences);
      expect(largest([together[7]!], score([sentences[7]!]))).toBeLessThan(1e-5);
      expect(largest(together, score(sentences, 48))).toBeLessThan(1e-5);
      expect(largest(together, score(sentences.toReversed()).toReversed())).toBeLessThan(1e-5);
    });
  },
);

/** A copy of a checkpoint with its token embedding multiplied. */
function scaleEmbedding(from: string, to: string, factor: number): void {
  cpSync(from, to, { recursive: true });
  const file = new SafetensorsFile(join(from, 'model.safetensors'));
  const tensors = [...file.entries].map(([name, { shape }]) => {
    const numbers = file.read(name);
    return { name, shape, data: () => (name.endsWith('embed_tokens.weight') ? numbers.map((x) => x * factor) : numbers) }; // prettier-ignore
  });
  writeSafetensors(join(to, 'model.safetensors'), tensors);
  file.close();
}
