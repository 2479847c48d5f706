// AdamW as PyTorch has it (Loshchilov and Hutter 2019), in TensorFlow's fused, in-place operation.
import type { TrainingConfig } from '../../../shared/domain.ts';
import {
  applyAdam,
  assign,
  destroyVariable,
  free,
  mul,
  readVariable,
  scalar,
  scope,
  tensor,
  variable,
  type Value,
} from '../engine/ops.ts';
import { sizeOf, type ParameterSpec } from '../model/index.ts';
import type { Gradients } from './block-gradients.ts';

/** The two running means of a parameter's gradient, as variables. */
export interface Moments {
  first: Value;
  second: Value;
}

export class AdamW {
  readonly moments: ReadonlyMap<string, Moments>;
  private readonly specs: readonly ParameterSpec[];
  private readonly config: TrainingConfig;

  /** @param initial numbers to resume from; zeros where absent */
  constructor(
    specs: readonly ParameterSpec[],
    config: TrainingConfig,
    initial?: (spec: ParameterSpec, moment: keyof Moments) => Float32Array,
  ) {
    this.specs = specs;
    this.config = config;
    const start = (spec: ParameterSpec, moment: keyof Moments) =>
      variable(tensor(initial?.(spec, moment) ?? new Float32Array(sizeOf(spec.shape)), spec.shape), spec.shape); // prettier-ignore
    const moments = new Map<string, Moments>();
    for (const spec of specs)
      scope(() => {
        moments.set(spec.name, { first: start(spec, 'first'), second: start(spec, 'second') });
      });
    this.moments = moments;
  }

  /**
   * One update of all variables in place: θ −= lr · λ · θ, then θ −= lr · m̂ / (sqrt(v̂) + ε).
   * TensorFlow computes lr · sqrt(1−β₂ᵗ)/(1−β₁ᵗ) · m / (sqrt(v) + ε′), the same with ε′ = ε · sqrt(1−β₂ᵗ).
   * @param step 1 for the first update
   * @param gradientScale what gradients are multiplied by first
   */
  update(
    variables: ReadonlyMap<string, Value>,
    gradients: Gradients,
    step: number,
    learningRate: number,
    gradientScale: number,
  ): void {
    const { beta1, beta2, epsilon, weightDecay, weightDecayOn } = this.config;
    scope(() => {
      const scalars = {
        beta1Power: scalar(beta1 ** step),
        beta2Power: scalar(beta2 ** step),
        learningRate: scalar(learningRate),
        beta1: scalar(beta1),
        beta2: scalar(beta2),
        epsilon: scalar(epsilon * Math.sqrt(1 - beta2 ** step)),
      };
      const shrink = scalar(1 - learningRate * weightDecay);
      const scale = gradientScale === 1 ? undefined : scalar(gradientScale);
      for (const { name, shape } of this.specs) {
        const theta = variables.get(name)!;
        const { first, second } = this.moments.get(name)!;
        if (weightDecay > 0 && (weightDecayOn === 'everything' || shape.length > 1)) {
          const shrunk = mul(readVariable(theta), shrink);
          assign(theta, shrunk);
          free(shrunk);
        }
        const gradient = gradients[name]!;
        applyAdam(theta, first, second, scalars, scale === undefined ? gradient : mul(gradient, scale)); // prettier-ignore
      }
    });
  }

  dispose(): void {
    for (const { first, second } of this.moments.values()) {
      destroyVariable(first);
      destroyVariable(second);
    }
  }
}
