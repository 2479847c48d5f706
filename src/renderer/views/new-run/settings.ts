// Every setting of a run in words, for the form and for the table of a run; the compiler asks for each.
import { z } from 'zod';
import type { ModelConfig, TrainingConfig } from '../../../shared/domain.ts';
import { count, scientific } from '../../format.ts';

export interface SettingText {
  label: string;
  unit?: string;
  /** What it does, where the label does not say it. */
  help?: string;
}

export const modelSettings: Record<keyof ModelConfig, SettingText> = {
  vocabSize: { label: 'vocabulary', unit: 'tokens' },
  layers: { label: 'layers' },
  hiddenSize: { label: 'hidden size', help: 'A multiple of the heads.' },
  heads: { label: 'attention heads' },
  ffnSize: { label: 'feed-forward size' },
  maxPositions: { label: 'positions', unit: 'tokens', help: 'The longest sequence it can read.' },
  dropout: { label: 'dropout', help: 'Share of activations dropped while training.' },
  preLayerNorm: { label: 'LayerNorm first', help: 'As all OPT models but 350m.' },
  wordEmbedSize: { label: 'embedding size', help: 'The hidden size, but in opt-350m.' },
};

export const trainingSettings: Record<keyof TrainingConfig, SettingText> = {
  totalSteps: { label: 'steps' },
  batchWindows: { label: 'batch', unit: 'windows', help: 'Windows in one step.' },
  windowTokens: { label: 'window', unit: 'tokens', help: 'At most the positions.' },
  learningRate: { label: 'learning rate', help: 'At the end of the warm-up.' },
  warmupSteps: { label: 'warm-up', unit: 'steps' },
  schedule: { label: 'after the warm-up', help: 'The rate stays, or falls to 0 by the last step.' },
  weightDecay: { label: 'weight decay' },
  weightDecayOn: { label: 'decay applies to', help: 'Matrices: no biases, no LayerNorm.' },
  beta1: { label: 'Adam β₁' },
  beta2: { label: 'Adam β₂' },
  epsilon: { label: 'Adam ε' },
  clipNorm: { label: 'clip the gradient at', help: 'Its global norm; 0 is never.' },
  precision: { label: 'precision', help: 'Of matrix products.' },
  seed: { label: 'seed', help: 'Same seed and settings: same model.' },
  checkpoints: { label: 'checkpoints' },
  lineEnd: { label: 'between lines', help: 'What the model sees at the end of each line.' },
  keepOptimizer: { label: 'optimiser state kept for', help: 'To go on from there.' },
};

const optionWords: Record<string, string> = {
  constant: 'constant',
  linear: 'linear decay',
  everything: 'everything',
  matrices: 'matrices only',
  fp32: 'float32',
  bf16: 'bfloat16',
  eos: 'the token </s>',
  newline: 'a newline',
  'last-two': 'the last two checkpoints',
  all: 'all checkpoints',
  log: 'log-spaced',
  words: 'by words seen (BabyLM)',
};

/** A value as the form and the table show it. */
export function settingValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : scientific(value);
  const text = String(value);
  const every = /^every:(\d+)$/.exec(text);
  return every ? `every ${count(Number(every[1]))} steps` : (optionWords[text] ?? text);
}

export type Control =
  { kind: 'number' } | { kind: 'check' } | { kind: 'select'; options: string[] };

/** The control that a setting's schema asks for. */
export function controlOf(schema: z.ZodType): Control {
  if (schema instanceof z.ZodBoolean) return { kind: 'check' };
  if (schema instanceof z.ZodEnum) return { kind: 'select', options: schema.options.map(String) };
  return { kind: 'number' };
}

/** What is wrong with each setting of a configuration, by path: "training.learningRate" → "at most 1". */
export function problemsOf(schema: z.ZodType, config: unknown): Map<string, string> {
  const parsed = schema.safeParse(config);
  if (parsed.success) return new Map();
  // The first problem of a path says most; a later one often follows from it.
  return new Map(
    parsed.error.issues.toReversed().map((issue) => [issue.path.join('.'), explain(issue)]),
  );
}

function explain(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${settingValue(Number(issue.minimum))}`; // prettier-ignore
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${settingValue(Number(issue.maximum))}`; // prettier-ignore
    case 'invalid_type':
      return issue.expected === 'int' ? 'a whole number' : 'a number';
    default:
      return issue.message;
  }
}
