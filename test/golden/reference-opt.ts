// OPT in plain JavaScript and float64, one sentence at a time, without TensorFlow: what scores are held against.
// Written from the definition in `transformers` (modeling_opt.py); weights are used as their files have them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SafetensorsFile } from '../../src/main/lab/model/index.ts';

type Rows = Float64Array[];

export class ReferenceOpt {
  private readonly config: Record<string, number | boolean>;
  private readonly weights = new Map<string, Float32Array>();

  /** @param folder of a checkpoint with one model.safetensors */
  constructor(folder: string) {
    this.config = JSON.parse(
      readFileSync(join(folder, 'config.json'), 'utf8'),
    ) as typeof this.config;
    const file = new SafetensorsFile(join(folder, 'model.safetensors'));
    for (const name of file.entries.keys())
      this.weights.set(name.replace('model.decoder.', ''), file.read(name));
    file.close();
  }

  /** ln P(ids[t] | ids[0 … t − 1]) for t = 1 … */
  tokenLogProbs(ids: readonly number[]): number[] {
    const states = this.states(ids.slice(0, -1));
    const embedding = this.weight('embed_tokens.weight');
    return states.map((state, t) => {
      const vocabSize = embedding.length / state.length;
      const logits = Array.from({ length: vocabSize }, (_, v) => dot(state, embedding, v * state.length)); // prettier-ignore
      const largest = Math.max(...logits);
      const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
      return logits[ids[t + 1]!]! - largest - Math.log(sum);
    });
  }

  private states(ids: readonly number[]): Rows {
    const { hidden_size, word_embed_proj_dim, num_hidden_layers, do_layer_norm_before: before } = this.config; // prettier-ignore
    const [hidden, width] = [Number(hidden_size), Number(word_embed_proj_dim)];
    const tokens = this.weight('embed_tokens.weight');
    const positions = this.weight('embed_positions.weight');
    let x: Rows = ids.map((id) => Float64Array.from(tokens.subarray(id * width, (id + 1) * width)));
    if (width !== hidden) x = this.linear(x, 'project_in');
    x = x.map((row, t) => row.map((value, h) => value + positions[(t + 2) * hidden + h]!));
    for (let n = 0; n < Number(num_hidden_layers); n++)
      for (const [norm, part] of [
        ['self_attn_layer_norm', (rows: Rows) => this.attention(rows, `layers.${n}.self_attn`)],
        ['final_layer_norm', (rows: Rows) => this.feedForward(rows, `layers.${n}`)],
      ] as const) {
        const read = before ? this.layerNorm(x, `layers.${n}.${norm}`) : x;
        const made = part(read);
        x = x.map((row, t) => row.map((value, h) => value + made[t]![h]!));
        if (!before) x = this.layerNorm(x, `layers.${n}.${norm}`);
      }
    if (before) x = this.layerNorm(x, 'final_layer_norm');
    return width === hidden ? x : this.linear(x, 'project_out');
  }

  private attention(x: Rows, name: string): Rows {
    const heads = Number(this.config['num_attention_heads']);
    const [q, k, v] = ['q_proj', 'k_proj', 'v_proj'].map((part) => this.linear(x, `${name}.${part}`)) as [Rows, Rows, Rows]; // prettier-ignore
    const size = q[0]!.length / heads;
    const context = x.map((row, t) => {
      const out = new Float64Array(row.length);
      for (let from = 0; from < row.length; from += size) {
        const scores = k.slice(0, t + 1).map((key) => {
          let sum = 0;
          for (let d = from; d < from + size; d++) sum += q[t]![d]! * key[d]!;
          return sum / Math.sqrt(size);
        });
        const largest = Math.max(...scores);
        const powers = scores.map((score) => Math.exp(score - largest));
        const total = powers.reduce((a, b) => a + b, 0);
        for (let d = from; d < from + size; d++)
          out[d] = powers.reduce((sum, power, s) => sum + (power / total) * v[s]![d]!, 0);
      }
      return out;
    });
    return this.linear(context, `${name}.out_proj`);
  }

  private feedForward(x: Rows, name: string): Rows {
    const raised = this.linear(x, `${name}.fc1`).map((row) => row.map((value) => Math.max(value, 0))); // prettier-ignore
    return this.linear(raised, `${name}.fc2`);
  }

  private linear(x: Rows, name: string): Rows {
    const weight = this.weight(`${name}.weight`);
    const bias = this.weights.get(`${name}.bias`);
    return x.map(
      (row) =>
      Float64Array.from({ length: weight.length / row.length }, (_, o) => dot(row, weight, o * row.length) + (bias?.[o] ?? 0)), // prettier-ignore
    );
  }

  private layerNorm(x: Rows, name: string): Rows {
    const gain = this.weight(`${name}.weight`);
    const bias = this.weight(`${name}.bias`);
    return x.map((row) => {
      const mean = row.reduce((a, b) => a + b, 0) / row.length;
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
      return row.map((value, h) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gain[h]! + bias[h]!); // prettier-ignore
    });
  }

  private weight(name: string): Float32Array {
    const weight = this.weights.get(name);
    if (!weight) throw new Error(`no weight ${name}`);
    return weight;
  }
}

function dot(row: Float64Array, matrix: Float32Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * matrix[from + i]!;
  return sum;
}
