// Reads what test/golden/generate.py wrote.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingConfig } from '../../src/shared/domain.ts';
import { SafetensorsFile, type ParameterSpec } from '../../src/main/lab/model/index.ts';
import type { BatchSource } from '../../src/main/lab/training/index.ts';

export const goldenFolder = (name: string) =>
  join(import.meta.dirname, '..', 'fixtures', 'golden', name);

export interface Log {
  losses: number[];
  norms: number[];
  rates: number[];
}
export interface Golden {
  made_with: string;
  training: { lr: number; betas: [number, number]; eps: number; weight_decay: number; clip: number; warmup: number; schedule: string }; // prettier-ignore
  batches: number[][][];
  logits: number[];
  everything: Log;
  matrices?: Log;
}

export const readGolden = (name: string): Golden =>
  JSON.parse(readFileSync(join(goldenFolder(name), 'golden.json'), 'utf8')) as Golden;

/** Our configuration of the golden's training. */
export function trainingOf(
  golden: Golden,
  weightDecayOn: 'everything' | 'matrices',
): TrainingConfig {
  const { training, batches } = golden;
  return {
    totalSteps: batches.length,
    batchWindows: batches[0]!.length,
    windowTokens: batches[0]![0]!.length,
    learningRate: training.lr,
    warmupSteps: training.warmup,
    schedule: training.schedule === 'linear' ? 'linear' : 'constant',
    weightDecay: training.weight_decay,
    weightDecayOn,
    beta1: training.betas[0],
    beta2: training.betas[1],
    epsilon: training.eps,
    clipNorm: training.clip,
    precision: 'fp32',
    seed: 1,
    checkpoints: 'log',
    lineEnd: 'eos',
    keepOptimizer: 'last-two',
  };
}

/** The golden's own batches, in their order. */
export function batchesOf(golden: Golden): BatchSource {
  const flat = golden.batches.map((rows) => Int32Array.from(rows.flat()));
  return {
    windowTokens: golden.batches[0]![0]!.length,
    batch: (step) => ({ ids: flat[step]!, words: 0 }),
    heldOut: () => flat.slice(0, 2),
  };
}

/** A parameter of ours from a file that holds its parts (q, k and v apart) under bare names. */
export function readParts(path: string, spec: ParameterSpec): number[] {
  const file = new SafetensorsFile(path);
  try {
    return spec.parts.flatMap((part) => [...file.read(part)]);
  } finally {
    file.close();
  }
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= most)) most = difference; // NaN is kept
  }
  return most;
}
