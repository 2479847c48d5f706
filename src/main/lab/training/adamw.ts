// AdamW as PyTorch has it (Loshchilov and Hutter 2019): in one operation of our own (engine/own/adamw.cc), or where the addon
// does not bring it, in TensorFlow's Adam with what that lacks.
import type { TrainingConfig } from '../../../shared/domain.ts';
import { applyAdam, assign, behind, mul, readVariable, scalar, type Value } from '../engine/ops.ts';
import { applyAdamW, hasAdamW } from '../engine/own-operations.ts';
import type { ParameterSpec } from '../model/index.ts';
import type { Gradients } from './block-gradients.ts';

/** What of AdamW changes from step to step, as numbers. */
export interface Rates {
  learningRate: number;
  beta1Power: number;
  beta2Power: number;
  /** ε · sqrt(1 − β₂ᵗ): TensorFlow adds ε to sqrt(v), PyTorch to sqrt(v / (1 − β₂ᵗ)). */
  epsilon: number;
  /** 1 − lr · λ, by which decay multiplies a parameter. */
  shrink: number;
}
export const rateNames = ['learningRate', 'beta1Power', 'beta2Power', 'epsilon', 'shrink'] as const satisfies (keyof Rates)[]; // prettier-ignore

/** @param step 1 for the first update */
export function ratesAt(step: number, learningRate: number, config: TrainingConfig): Rates {
  const { beta1, beta2, epsilon, weightDecay } = config;
  return {
    learningRate,
    beta1Power: beta1 ** step,
    beta2Power: beta2 ** step,
    epsilon: epsilon * Math.sqrt(1 - beta2 ** step),
    shrink: 1 - learningRate * weightDecay,
  };
}

/** A parameter and the running means of its gradient and of the gradient's square: variables. */
export interface Trained {
  theta: Value;
  first: Value;
  second: Value;
}

/**
 * One update of all variables in place: θ −= lr · λ · θ, then θ −= lr · m̂ / (sqrt(v̂) + ε).
 * @param gradientScale a scalar that gradients are multiplied by first
 * @param update in one operation, or in TensorFlow's
 */
export function updateByAdamW(
  specs: readonly ParameterSpec[],
  trained: ReadonlyMap<string, Trained>,
  gradients: Gradients,
  gradientScale: Value,
  rates: Record<keyof Rates, Value>,
  config: TrainingConfig,
  update = hasAdamW() ? inOneOperation : inTensorFlows,
): void {
  const scalars = { ...rates, beta1: scalar(config.beta1), beta2: scalar(config.beta2), scale: gradientScale }; // prettier-ignore
  const decays = ({ shape }: ParameterSpec): boolean =>
    config.weightDecay > 0 && (config.weightDecayOn === 'everything' || shape.length > 1);
  update(
    specs.map((spec) => ({ ...trained.get(spec.name)!, gradient: gradients[spec.name]!, decays: decays(spec) })), // prettier-ignore
    scalars,
  );
}

interface Update extends Trained {
  gradient: Value;
  decays: boolean;
}
type Scalars = Record<keyof Rates | 'beta1' | 'beta2' | 'scale', Value>;

export function inOneOperation(updates: readonly Update[], scalars: Scalars): void {
  for (const { theta, first, second, gradient, decays } of updates)
    applyAdamW(theta, first, second, decays ? scalars : { ...scalars, shrink: scalar(1) }, gradient); // prettier-ignore
}

export function inTensorFlows(updates: readonly Update[], scalars: Scalars): void {
  let updated: Value | undefined;
  for (const { theta, first, second, gradient, decays } of updates) {
    // One parameter after another: what is made for an update is not held for all of them at once.
    const due = updated === undefined ? gradient : behind(gradient, updated);
    const scaled = mul(due, scalars.scale);
    if (decays) assign(theta, mul(behind(readVariable(theta), scaled), scalars.shrink)); // behind: not held all step long
    applyAdam(theta, first, second, scalars, scaled);
    updated = readVariable(theta);
  }
}
