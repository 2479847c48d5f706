// Parameters as the products of one pass want them.
import type { ModelConfig } from '../../../shared/domain.ts';
import { productsFor } from '../engine/one-dnn.ts';
import {
  matMul,
  mul,
  operand,
  readVariable,
  reshape,
  tensor,
  type Precision,
  type Value,
} from '../engine/ops.ts';
import { parametersOf } from './parameters.ts';

/** What a pass reads. All of it is born in the scope that `readWeights` was called in. */
export interface Weights {
  precision: Precision;
  /** (3H, 1): d_head^−0.5 for q's rows of qkv_proj, 1 for k's and v's. */
  queryScale: Value;
  /** A parameter in float32; q's rows of qkv_proj are scaled by d_head^−0.5. */
  get: (name: string) => Value;
  /** A matrix in the number format of products. */
  operand: (name: string) => Value;
  /** x Wᵀ of an operand and a matrix: (N, in) → (N, out). */
  product: (x: Value, name: string) => Value;
  /** aᵀ b of operands, as a matrix's gradient is: (N, M), (N, K) → (M, K). */
  productOverRows: (a: Value, b: Value) => Value;
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
      operands.set(name, operand(value, precision));
  }
  const floatProducts = precision === 'fp32' ? productsFor(config.hiddenSize) : null;
  return {
    precision,
    queryScale,
    get: (name) => floats.get(name)!,
    operand: (name) => operands.get(name)!,
    product: (x, name) => {
      const w = operands.get(name)!;
      return floatProducts?.product(x, w) ?? matMul(x, w, precision, 'b');
    },
    productOverRows: (a, b) => floatProducts?.productOverRows(a, b) ?? matMul(a, b, precision, 'a'),
  };
}

function queryScaleOf({ hiddenSize: H, heads }: ModelConfig): Value {
  const scale = new Float32Array(3 * H).fill(1);
  scale.fill((H / heads) ** -0.5, 0, H);
  return tensor(scale, [3 * H, 1]);
}
