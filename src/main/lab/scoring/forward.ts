// The forward pass of OPT as scoring runs it: the model's, without what only its training needs, on fused operations,
// with parameters made ready once for all batches.
import { fusedLayerNorm, fusedProduct, fusedSoftmax } from '../engine/one-dnn.ts';
import {
  add,
  batchMatMul,
  biasAdd,
  FLOAT,
  free,
  gatherRows,
  keep,
  mul,
  reshape,
  run,
  scalar,
  scope,
  splitFirst,
  tensor,
  transpose,
  type,
  type Value,
} from '../engine/ops.ts';
import { POSITION_OFFSET, type OptModel } from '../model/index.ts';

/** `transformers`' default, which OPT keeps. */
const LAYER_NORM_EPSILON = 1e-5;

/** Shapes: N = rows · T cells, H hidden, A heads of D = H / A, F feed-forward, E width of embeddings. */
export class ForwardPass {
  private readonly config: OptModel['config'];
  private readonly weights: ReadonlyMap<string, Value>;

  /** Reads the model's parameters as they are now. */
  constructor(model: OptModel) {
    this.config = model.config;
    this.weights = prepared(model);
  }

  dispose(): void {
    free(...this.weights.values());
  }

  /**
   * States ready for the output embedding, (N, E).
   * @param ids (N)
   * @param positions of each cell in its sentence, from 0, (N)
   * @param mask added to attention scores, (rows · T · T)
   */
  states(
    ids: Int32Array,
    positions: Int32Array,
    mask: Float32Array,
    rows: number,
    rowTokens: number,
  ): Value {
    const { layers, preLayerNorm, hiddenSize: H, wordEmbedSize: E } = this.config;
    return scope(() => {
      const hidden = tensor(mask, [rows, 1, rowTokens, rowTokens]);
      let x = this.embed(ids, positions); // (N, H)
      for (let n = 0; n < layers; n++)
        x = scope(() => {
          const middle = this.around(x, `layers.${n}.self_attn_layer_norm`, (read) =>
            this.attention(read, `layers.${n}.self_attn`, hidden, rows, rowTokens),
          );
          free(x);
          return this.around(middle, `layers.${n}.final_layer_norm`, (read) =>
            this.feedForward(read, `layers.${n}`),
          );
        });
      if (preLayerNorm) x = this.norm(x, 'final_layer_norm');
      return E === H ? x : this.product(x, 'project_out');
    });
  }

  private embed(ids: Int32Array, positions: Int32Array): Value {
    const shifted = positions.map((position) => position + POSITION_OFFSET);
    const places = gatherRows(this.weight('embed_positions.weight'), tensor(shifted, [ids.length])); // (N, H)
    const tokens = gatherRows(this.weight('embed_tokens.weight'), tensor(ids, [ids.length])); // (N, E)
    return add(this.weights.has('project_in.weight') ? this.product(tokens, 'project_in') : tokens, places); // prettier-ignore
  }

  /** A part of a layer with its LayerNorm and residual: before it in pre-LN models, after it in post-LN ones. */
  private around(x: Value, norm: string, part: (read: Value) => Value): Value {
    return scope(() => {
      if (this.config.preLayerNorm) return add(x, part(this.norm(x, norm)));
      return this.norm(add(x, part(x)), norm);
    });
  }

  /** (N, H) → (N, H) */
  private attention(x: Value, name: string, mask: Value, rows: number, T: number): Value {
    const { heads: A, hiddenSize: H } = this.config;
    const context = scope(() => {
      const qkv = biasAdd(
        this.product(x, `${name}.qkv_proj`),
        this.weight(`${name}.qkv_proj.bias`),
      ); // (N, 3H)
      const byHead = transpose(reshape(qkv, rows, T, 3, A, H / A), 2, 0, 3, 1, 4); // (3, rows, A, T, D)
      const [q, k, v] = splitFirst(byHead, 3).map((part) => reshape(part, rows, A, T, H / A)) as [Value, Value, Value]; // prettier-ignore
      const shares = fusedSoftmax(add(batchMatMul(q, k, 'fp32', 'b'), mask)); // (rows, A, T, T)
      const summed = batchMatMul(shares, v, 'fp32'); // (rows, A, T, D)
      return reshape(transpose(summed, 0, 2, 1, 3), rows * T, H); // (N, H)
    });
    return biasAdd(this.product(context, `${name}.out_proj`), this.weight(`${name}.out_proj.bias`));
  }

  /** fc2(relu(fc1(x))), (N, H) → (N, H); relu(z + b) = max(z, −b) + b, and the last + b is fc2's to add. */
  private feedForward(x: Value, name: string): Value {
    const active = scope(
      () =>
      run('Maximum', [type('T', FLOAT)], [this.product(x, `${name}.fc1`), this.weight(`${name}.fc1.bias`)]), // prettier-ignore
    ); // (N, F)
    return biasAdd(this.product(active, `${name}.fc2`), this.weight(`${name}.fc2.bias`));
  }

  private norm(x: Value, name: string): Value {
    return fusedLayerNorm(x, this.weight(`${name}.weight`), this.weight(`${name}.bias`), LAYER_NORM_EPSILON); // prettier-ignore
  }

  private product(x: Value, name: string): Value {
    return fusedProduct(x, this.weight(`${name}.weight`));
  }

  private weight(name: string): Value {
    const weight = this.weights.get(name);
    if (weight === undefined) throw new Error(`no weight ${name}`);
    return weight;
  }
}

/** The parameters by name, but fc1's bias b with its sign changed, and fc2's with fc2's weight · b added. */
function prepared(model: OptModel): Map<string, Value> {
  const { layers, ffnSize: F, hiddenSize: H } = model.config;
  const weights = new Map<string, Value>();
  scope(() => {
    const read = model.weights('fp32');
    for (const name of model.variables.keys()) weights.set(name, read.get(name));
    for (let n = 0; n < layers; n++) {
      const [fc1, fc2] = [`layers.${n}.fc1.bias`, `layers.${n}.fc2.bias`];
      const moved = fusedProduct(reshape(read.get(fc1), 1, F), read.get(`layers.${n}.fc2.weight`)); // (1, H)
      weights.set(fc2, add(read.get(fc2), reshape(moved, H)));
      weights.set(fc1, mul(read.get(fc1), scalar(-1)));
    }
    for (const value of weights.values()) keep(value);
  });
  return weights;
}
