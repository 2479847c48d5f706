// Dropout (Srivastava et al. 2014), its random numbers fixed by seed, step and place.
import type { ModelConfig } from '../../../shared/domain.ts';
import {
  addInts,
  ceil,
  mul,
  randomUniform,
  scalar,
  sub,
  tensor,
  type Value,
} from '../engine/ops.ts';
import type { Dropout } from '../model/index.ts';

/** Keeps dropout's random streams apart from those of initialisation under the same seed. */
const DROPOUT_SEED = 0x64726f70;

/** The two seeds of a step: each of its places adds its number to the second. */
export const dropoutSeeds = (seed: number, step: number, model: ModelConfig): Int32Array =>
  Int32Array.of(seed ^ DROPOUT_SEED, step * 2 * model.layers);

/** For each place in the network, factors for all its numbers, (tokens, H). */
export function dropoutBy(
  seeds: Value,
  { dropout: p, hiddenSize }: ModelConfig,
  tokens: number,
): Dropout {
  // prettier-ignore
  return (layer, part) => {
    const place = tensor(Int32Array.of(0, 2 * layer + (part === 'attention' ? 0 : 1)), [2]);
    return dropoutFactors([tokens, hiddenSize], p, addInts(seeds, place));
  };
}

/** Factors that drop a share p of numbers and keep the mean: 0 with probability p, else 1 / (1 − p). */
export function dropoutFactors(shape: number[], p: number, seeds: Value): Value {
  const kept = ceil(sub(randomUniform(shape, seeds), scalar(p)));
  return mul(kept, scalar(1 / (1 - p)));
}
