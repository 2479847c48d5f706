// The form of a run's settings: every setting named, controls from the schema, problems in words.
import { expect, test } from 'vitest';
import { ModelConfig, TrainingConfig } from '../../../src/shared/domain.ts';
import { controlOf, modelSettings, problemsOf, settingValue, trainingSettings } from '../../../src/renderer/views/new-run/settings.ts'; // prettier-ignore

const model = { vocabSize: 4096, layers: 2, hiddenSize: 128, heads: 4, ffnSize: 512, maxPositions: 64, dropout: 0.1, preLayerNorm: true, wordEmbedSize: 128 }; // prettier-ignore

test('the schema decides the control', () => {
  expect(controlOf(ModelConfig.shape.layers)).toEqual({ kind: 'number' });
  expect(controlOf(ModelConfig.shape.preLayerNorm)).toEqual({ kind: 'check' });
  expect(controlOf(TrainingConfig.shape.schedule)).toEqual({ kind: 'select', options: ['constant', 'linear'] }); // prettier-ignore
  expect(Object.keys(modelSettings)).toEqual(Object.keys(ModelConfig.shape));
  expect(Object.keys(trainingSettings)).toEqual(Object.keys(TrainingConfig.shape));
});

test('what is wrong is said beside the setting, in words', () => {
  expect(problemsOf(ModelConfig, model)).toEqual(new Map());
  const wrong = { ...model, layers: 0, heads: 1.5, ffnSize: NaN, dropout: 2 };
  expect(problemsOf(ModelConfig, wrong)).toEqual(
    new Map([
      ['layers', 'at least 1'],
      ['heads', 'a whole number'],
      ['ffnSize', 'a number'],
      ['dropout', 'at most 0.9'],
    ]),
  );
  expect(problemsOf(TrainingConfig.shape.learningRate, 0).get('')).toBe('more than 0');
  expect(problemsOf(TrainingConfig.shape.checkpoints, 'every:NaN').size).toBe(1);
});

test('values read as words', () => {
  expect([true, 4096, 0.002, 'every:500', 'last-two', 'matrices'].map(settingValue)).toEqual(['yes', '4,096', '0.002', 'every 500 steps', 'the last two checkpoints', 'matrices only']); // prettier-ignore
});
