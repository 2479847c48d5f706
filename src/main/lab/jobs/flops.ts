// Arithmetic and memory of a configuration, counted from its shape.
import type { ModelConfig, TrainingConfig } from '../../../shared/domain.ts';

/**
 * Floating-point operations of one window's training step: 6 a parameter in matrix products and
 * token (2 forward, 4 backward), and attention's products over windowTokens positions.
 */
export function stepFlops(model: ModelConfig, windowTokens: number): number {
  const { layers, hiddenSize: H, ffnSize, vocabSize, wordEmbedSize } = model;
  const inMatrices = layers * (4 * H * H + 2 * H * ffnSize) + vocabSize * wordEmbedSize;
  return windowTokens * (6 * inMatrices + 12 * layers * H * windowTokens);
}

/** Bytes held while training: parameters, gradients and two moments, and what the backward pass needs of a batch. */
export function trainingBytes(
  model: ModelConfig,
  training: TrainingConfig,
  parameters: number,
): number {
  const { layers, hiddenSize, ffnSize, heads, vocabSize } = model;
  const { batchWindows, windowTokens } = training;
  const perToken = layers * (10 * hiddenSize + 2 * ffnSize + 3 * heads * windowTokens) + 3 * vocabSize; // prettier-ignore
  return 4 * (4 * parameters + batchWindows * windowTokens * perToken) + engineBytes;
}

/** What TensorFlow and Node hold before any model: measured, about 400 MB. */
const engineBytes = 4e8;
