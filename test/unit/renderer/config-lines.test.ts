import { expect, test } from 'vitest';
import { compareConfigs, configLines } from '../../../src/renderer/views/runs/config-lines.ts';
import { profiles, type Profile, type RunConfig } from '../../../src/shared/domain.ts';

const config: RunConfig = {
  preset: 'nano',
  corpusId: 1,
  tokenizerId: null,
  model: { vocabSize: 4_096, layers: 2, hiddenSize: 128, heads: 4, ffnSize: 512, maxPositions: 64, dropout: 0.1, preLayerNorm: true, wordEmbedSize: 128 }, // prettier-ignore
  training: { totalSteps: 3_000, batchWindows: 32, windowTokens: 64, learningRate: 2e-3, warmupSteps: 100, schedule: 'constant', weightDecay: 0, weightDecayOn: 'everything', beta1: 0.9, beta2: 0.98, epsilon: 1e-6, clipNorm: 1, precision: 'fp32', seed: 1, checkpoints: 'log', lineEnd: 'eos', keepOptimizer: 'last-two' }, // prettier-ignore
  scoring: { suiteIds: [1], profile: profiles['gardenpath'] as Profile, pairsPerClass: null },
};
const named = {
  corpora: [{ id: 1, name: 'speeches' }],
  tokenizers: [],
  suites: [{ id: 1, name: 'starter' }],
};
const lines = (changed: Partial<RunConfig>) => configLines({ ...config, ...changed }, named);

test('a configuration in words', () => {
  expect(lines({})).toEqual(
    expect.arrayContaining([
      { group: 'Made of', label: 'corpus', value: 'speeches' },
      { group: 'Made of', label: 'suites', value: 'starter' },
      { group: 'Model', label: 'vocabulary', value: '4,096 tokens' },
      { group: 'Training', label: 'learning rate', value: '0.002' },
    ]),
  );
});

test('runs differ in the settings that one changed, and in no other', () => {
  const training = { ...config.training!, learningRate: 1e-3, seed: 2 };
  const differing = compareConfigs([lines({}), lines({ training }), lines({})]).filter((line) => line.differs); // prettier-ignore
  expect(differing.map(({ label, values }) => [label, ...values])).toEqual([
    ['learning rate', '0.002', '0.001', '0.002'],
    ['seed', '1', '2', '1'],
  ]);
});

test('an imported run has no settings of training', () => {
  const imported = lines({
    training: null,
    imported: [{ name: 'main', step: 10, weightsSha256: 'abcdef0123456789' }],
  });
  const seed = compareConfigs([lines({}), imported]).find((line) => line.label === 'seed');
  expect(seed?.values).toEqual(['1', null]);
  expect(imported.at(-1)).toEqual({ group: 'Trained elsewhere', label: 'main', value: 'weights abcdef012345' }); // prettier-ignore
});

test('scores without their model say nothing of one', () => {
  const none = { ...config.model, layers: 0, hiddenSize: 0, vocabSize: 0 };
  const shown = lines({ tokenizerId: 1, training: null, model: none });
  expect(shown.map(({ group }) => group)).not.toContain('Model');
  expect(shown.length).toBeGreaterThan(0);
});
