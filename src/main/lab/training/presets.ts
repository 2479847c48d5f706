// Configurations to start from.
import type { ModelConfig, Preset, TrainingConfig } from '../../../shared/domain.ts';
import { parameterCount } from '../model/index.ts';

/** The largest vocabulary that a tokenizer trained here can have. */
const MOST_TRAINED_VOCABULARY = 30_000;

const model = {
  dropout: 0,
  preLayerNorm: true,
} satisfies Partial<ModelConfig>;

const training = {
  schedule: 'linear',
  weightDecay: 0.1,
  weightDecayOn: 'everything',
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clipNorm: 1,
  precision: 'fp32',
  seed: 1,
  checkpoints: 'log',
  lineEnd: 'eos',
  keepOptimizer: 'last-two',
} satisfies Partial<TrainingConfig>;

const described: Preset[] = [
  {
    name: 'nano',
    title: 'Nano, minutes on a laptop',
    note: 'For the demo and for trying things out. Learns agreement within reach of a few words, little more.',
    model: {
      ...model,
      vocabSize: 4_096,
      layers: 2,
      hiddenSize: 128,
      heads: 4,
      ffnSize: 512,
      // Twice the window: a pair may be longer than what the model was trained on.
      maxPositions: 128,
      wordEmbedSize: 128,
    },
    training: {
      ...training,
      totalSteps: 800,
      batchWindows: 32,
      windowTokens: 64,
      learningRate: 2e-3,
      warmupSteps: 100,
    },
  },
  {
    name: 'mini',
    title: 'Mini, an hour or two on a laptop',
    note: 'For questions that a small model can answer, and for comparing corpora or seeds.',
    model: {
      ...model,
      vocabSize: 8_192,
      layers: 4,
      hiddenSize: 256,
      heads: 4,
      ffnSize: 1_024,
      maxPositions: 128,
      wordEmbedSize: 256,
    },
    training: {
      ...training,
      totalSteps: 5_000,
      batchWindows: 32,
      windowTokens: 128,
      learningRate: 1e-3,
      warmupSteps: 200,
    },
  },
  {
    name: 'babylm-2023',
    title: 'BabyLM 2023 baseline (reconstruction)',
    note:
      'A reconstruction of the BabyLM challenge’s OPT-125M baseline. Published: the shape, sequences of 128, batches ' +
      'of 128, learning rate 1e-4, 5,000 warm-up steps, weight decay 0.1, lines joined by newlines. Assumed: the rest; ' +
      'the steps are about 20 epochs of 100 M words. The settings of the entrenchment study (arXiv 2603.00359) are not ' +
      'public. Wants a GPU.',
    model: {
      ...model,
      dropout: 0.1,
      vocabSize: 50_272,
      layers: 12,
      hiddenSize: 768,
      heads: 12,
      ffnSize: 3_072,
      maxPositions: 2_048,
      wordEmbedSize: 768,
    },
    training: {
      ...training,
      totalSteps: 160_000,
      batchWindows: 128,
      windowTokens: 128,
      learningRate: 1e-4,
      warmupSteps: 5_000,
      checkpoints: 'words',
      lineEnd: 'newline',
    },
  },
  {
    name: 'aann',
    title: 'AANN study (reconstruction)',
    note:
      'A reconstruction of the 97M OPT of Misra and Mahowald (2024), by the training script in their repository ' +
      '(kanishkamisra/aannalysis): vocabulary 16,384, sequences of 258, batches of 32, learning rate 1e-3, 32,000 ' +
      'warm-up steps, 20 epochs, no weight decay (transformers’ default). Assumed: the steps, about 20 epochs of ' +
      '100 M words. Wants a GPU.',
    model: {
      ...model,
      dropout: 0.1,
      vocabSize: 16_384,
      layers: 12,
      hiddenSize: 768,
      heads: 12,
      ffnSize: 3_072,
      maxPositions: 258,
      wordEmbedSize: 768,
    },
    training: {
      ...training,
      totalSteps: 315_000,
      batchWindows: 32,
      windowTokens: 258,
      learningRate: 1e-3,
      warmupSteps: 32_000,
      weightDecay: 0,
      checkpoints: 'words',
    },
  },
];

/** All presets; each note ends with the model's size and, where it cannot be trained here, its tokenizer. */
export const presets: readonly Preset[] = described.map((preset) => ({
  ...preset,
  note: [preset.note, sizeNote(preset.model), tokenizerNote(preset.model)]
    .filter(Boolean)
    .join(' '),
}));

function sizeNote(config: ModelConfig): string {
  return `${(parameterCount(config) / 1e6).toFixed(1)} M parameters.`;
}

function tokenizerNote({ vocabSize }: ModelConfig): string {
  if (vocabSize <= MOST_TRAINED_VOCABULARY) return '';
  return (
    `Its vocabulary of ${vocabSize.toLocaleString('en')} is larger than can be trained here: open OPT’s own ` +
    'tokenizer, vocab.json and merges.txt from huggingface.co/facebook/opt-125m.'
  );
}
