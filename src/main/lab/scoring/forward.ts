// The forward pass of OPT as scoring runs it: the model's, without what only its training needs, on fused operations.
import type { ModelConfig } from '../../../shared/domain.ts';
import { productsFor } from '../engine/products.ts';
import { add, gatherRows, type Value } from '../engine/ops.ts';
import { norm } from '../model/index.ts';

/** Shapes: N cells, H hidden, F feed-forward, E width of embeddings. */
export interface ForwardInput {
  /** (N) */
  ids: Value;
  /** Rows of the position table, offset included, (N). */
  positions: Value;
  /** Attention: (N, 3H) → (N, H). */
  attend: (qkv: Value) => Value;
}

/** A parameter by name, matrices of a Linear turned (in, out), q's part of qkv_proj scaled by D^−0.5. */
export type Weight = (name: string) => Value;

/** States ready for the output embedding, (N, E). */
export function forward(config: ModelConfig, weight: Weight, input: ForwardInput): Value {
  const { preLayerNorm, hiddenSize: H, wordEmbedSize: E } = config;
  const { matMul } = productsFor('fp32', H);
  const normed = (x: Value, name: string) =>
    norm(x, weight(`${name}.weight`), weight(`${name}.bias`))[0];
  /** A part of a layer with LayerNorm and residual. */
  const around = (x: Value, name: string, part: (read: Value) => Value) =>
    preLayerNorm ? add(x, part(normed(x, name))) : normed(add(x, part(x)), name);

  const tokens = gatherRows(weight('embed_tokens.weight'), input.ids); // (N, E)
  const places = gatherRows(weight('embed_positions.weight'), input.positions); // (N, H)
  let x = add(E === H ? tokens : matMul(tokens, weight('project_in.weight')), places); // (N, H)
  for (let n = 0; n < config.layers; n++) {
    const name = `layers.${n}`;
    x = around(x, `${name}.self_attn_layer_norm`, (read) => {
      const qkv = linear(read, config, weight, `${name}.self_attn.qkv_proj`); // (N, 3H)
      const summed = input.attend(qkv); // (N, H)
      return linear(summed, config, weight, `${name}.self_attn.out_proj`);
    });
    x = around(x, `${name}.final_layer_norm`, (read) => {
      const active = linear(read, config, weight, `${name}.fc1`, 'Relu'); // (N, F)
      return linear(active, config, weight, `${name}.fc2`);
    });
  }
  if (preLayerNorm) x = normed(x, 'final_layer_norm');
  return E === H ? x : matMul(x, weight('project_out.weight'));
}

/** x W + b, through ReLU where asked. */
const linear = (
  x: Value,
  { hiddenSize }: ModelConfig,
  weight: Weight,
  name: string,
  activation?: 'Relu',
): Value =>
  productsFor('fp32', hiddenSize).linear(
    x,
    weight(`${name}.weight`),
    weight(`${name}.bias`),
    activation,
    '',
  );
