// Parameters as the products of one pass want them.
import type { ModelConfig } from '../../../shared/domain.ts';
import { productsFor, type Precision, type Products } from '../engine/products.ts';
import { mul, readVariable, reshape, tensor, type Value } from '../engine/ops.ts';
import { parametersOf } from './parameters.ts';

/** What a pass reads. All of it is born in the scope that `readWeights` was called in. */
export interface Weights {
  products: Products;
  /** (3H, 1): d_head^−0.5 for q's rows of qkv_proj, 1 for k's and v's. */
  queryScale: Value;
  /** A parameter in float32; q's rows of qkv_proj are scaled by d_head^−0.5. */
  get: (name: string) => Value;
  /** A matrix in the number format of products. */
  operand: (name: string) => Value;
}

/**
 * Reads all variables; in bf16 copies each matrix once, for all products of the pass.
 * Scaling q's small matrix by `queryScale` spares a pass over q itself.
 */
export function readWeights(
  variables: ReadonlyMap<string, Value>,
  config: ModelConfig,
  precision: Precision,
): Weights {
  const products = productsFor(precision, config.hiddenSize);
  const floats = new Map<string, Value>();
  const operands = new Map<string, Value>();
  const queryScale = queryScaleOf(config); // (3H, 1)
  const scaleOfBias = reshape(queryScale, 3 * config.hiddenSize); // (3H)
  for (const { name, shape } of parametersOf(config)) {
    let value = readVariable(variables.get(name)!);
    if (name.includes('qkv_proj'))
      value = mul(value, shape.length === 2 ? queryScale : scaleOfBias);
    floats.set(name, value);
    if (shape.length === 2 && name !== 'embed_positions.weight')
      operands.set(name, products.operand(value));
  }
  return {
    products,
    queryScale,
    get: (name) => floats.get(name)!,
    operand: (name) => operands.get(name)!,
  };
}

function queryScaleOf({ hiddenSize: H, heads }: ModelConfig): Value {
  const scale = new Float32Array(3 * H).fill(1);
  scale.fill((H / heads) ** -0.5, 0, H);
  return tensor(scale, [3 * H, 1]);
}
