// A run that does not fit this computer is refused before it starts: the system would kill the process in its midst.
import os from 'node:os';
import type { EngineInfo, ModelConfig, TrainingConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { parameterCount } from '../model/index.ts';
import { trainingBytes } from './flops.ts';

/** Bytes that this process may come to hold: the computer's memory, or what its container is given of it. */
export const memoryAtHand = (): number =>
  Math.min(os.totalmem(), process.constrainedMemory() || Infinity);

/**
 * A graphics card has a memory of its own, which TensorFlow does not tell the size of: there nothing is refused.
 * @throws AppError 'bad-config' with what it would take and what would take less
 */
export function requireMemory(
  model: ModelConfig,
  training: TrainingConfig,
  device: EngineInfo['device'],
  atHand = memoryAtHand(),
): void {
  const bytes = trainingBytes(model, training, parameterCount(model));
  if (device === 'GPU' || bytes <= atHand) return;
  const { batchWindows, windowTokens } = training;
  throw new AppError('bad-config', `This run would take about ${gigabytes(bytes)} of memory, and this computer has ${gigabytes(atHand)}. Smaller batches (now ${batchWindows} windows of ${windowTokens} tokens) take less, and so do fewer layers, a smaller hidden size or a smaller vocabulary.`); // prettier-ignore
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
