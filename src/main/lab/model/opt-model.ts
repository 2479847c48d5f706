// An OPT language model whose parameters live in TensorFlow: made by seed, opened, saved, run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-node-gpu';
import type { ModelConfig } from '../../../shared/domain.ts';
import { loadEngine } from '../engine/index.ts';
import {
  destroyVariable,
  free,
  fromTfjs,
  mul,
  randomNormal,
  read,
  readVariable,
  reshape,
  scalar,
  scope,
  tensor,
  toTfjs,
  variable,
  type Value,
} from '../engine/ops.ts';
import type { Precision } from '../engine/products.ts';
import { PREFIX, withWeights } from './checkpoint-weights.ts';
import { configJson, readConfig } from './config.ts';
import { causalMask, states } from './forward.ts';
import { PAD_ID, parametersOf, POSITION_OFFSET, type ParameterSpec, sizeOf } from './parameters.ts';
import { writeSafetensors, type TensorToWrite } from './safetensors.ts';
import { readWeights, type Weights } from './weights.ts';

const INITIAL_DEVIATION = 0.02;

/** Memory is TensorFlow's: `dispose` gives it back. All calls block. */
export class OptModel {
  readonly config: ModelConfig;
  /** Variables by name (`layers.0.fc1.weight`); those of q, k and v are one, `qkv_proj`. */
  readonly variables: ReadonlyMap<string, Value>;
  private outputTensor: Tensor2D | undefined;

  private constructor(config: ModelConfig, initial: (spec: ParameterSpec, index: number) => Value) {
    this.config = config;
    const variables = new Map<string, Value>();
    parametersOf(config).forEach((spec, index) => {
      scope(() => {
        variables.set(spec.name, variable(initial(spec, index), spec.shape));
      });
    });
    this.variables = variables;
  }

  /**
   * A new model: matrices from N(0, 0.02), biases 0, LayerNorm gains 1, the padding token's row 0,
   * as `transformers` initialises OPT. The same seed gives the same model.
   */
  static init(config: ModelConfig, seed: number): OptModel {
    return new OptModel(config, (spec, index) => {
      if (spec.initial !== 'normal')
        return tensor(new Float32Array(sizeOf(spec.shape)).fill(spec.initial === 'ones' ? 1 : 0), spec.shape); // prettier-ignore
      const seeds = tensor(Int32Array.of(seed, index), [2]);
      const drawn = mul(randomNormal(spec.shape, seeds), scalar(INITIAL_DEVIATION));
      if (spec.name !== 'embed_tokens.weight') return drawn;
      const numbers = read(drawn);
      const width = config.wordEmbedSize;
      return tensor(numbers.fill(0, PAD_ID * width, (PAD_ID + 1) * width), spec.shape);
    });
  }

  /**
   * Opens a folder with config.json and model.safetensors (or shards), float32, float16 or bfloat16.
   * @throws AppError bad-file
   */
  static load(folder: string): OptModel {
    const config = readConfig(folder);
    return withWeights(
      folder,
      (readParameter) => new OptModel(config, (spec) => tensor(readParameter(spec), spec.shape)),
    );
  }

  /** A model of parameters in the order of `parametersOf`, which the caller goes on owning. */
  static of(config: ModelConfig, parameters: readonly Value[]): OptModel {
    return new OptModel(config, (_spec, index) => parameters[index]!);
  }

  /**
   * States ready for the output embedding; logits are states · outputEmbeddingᵀ.
   * @param ids token ids, row by row (rows · rowTokens)
   * @param positions index of each token in its own sequence, from 0
   * @param mask which tokens a token sees: 'causal', or a tensor (rows, rowTokens, rowTokens) that is
   * added to attention scores, 0 where seen and MASKED where not
   * @returns (rows · rowTokens, wordEmbedSize), float32, owned by the caller
   */
  hiddenStates(
    ids: Int32Array,
    positions: Int32Array,
    mask: Tensor3D | 'causal',
    rows: number,
    rowTokens: number,
  ): Tensor2D {
    const result = scope(() =>
      states(this.config, this.weights('fp32'), {
        ids: tensor(ids, [rows * rowTokens]),
        positions: tensor(
          positions.map((p) => p + POSITION_OFFSET),
          [rows * rowTokens],
        ),
        mask: mask === 'causal' ? causalMask(rowTokens) : reshape(fromTfjs(mask), rows, 1, rowTokens, rowTokens), // prettier-ignore
        rows,
        rowTokens,
      }),
    );
    return toTfjs(result, [rows * rowTokens, this.config.wordEmbedSize]);
  }

  /** The tied output embedding, (vocabSize, wordEmbedSize); the model owns it. */
  get outputEmbedding(): Tensor2D {
    const { vocabSize, wordEmbedSize } = this.config;
    return (this.outputTensor ??= loadEngine().tf.keep(
      toTfjs<Tensor2D>(readVariable(this.variables.get('embed_tokens.weight')!), [vocabSize, wordEmbedSize]), // prettier-ignore
    ));
  }

  /** A parameter's tensor, not copied; the scope around the call owns it. */
  read(name: string): Value {
    return readVariable(this.variables.get(name)!);
  }

  /** The parameters as one pass wants them; the scope around the call owns them. */
  weights(precision: Precision): Weights {
    return readWeights(this.variables, this.config, precision);
  }

  /** Writes config.json and model.safetensors, which `transformers` opens as OPTForCausalLM. */
  save(folder: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'config.json'), configJson(this.config) + '\n');
    const specs = parametersOf(this.config);
    writeSafetensors(
      join(folder, 'model.safetensors'),
      specs.flatMap((spec) => this.parts(spec)),
    );
  }

  /** A parameter as the tensors of a checkpoint. */
  private parts(spec: ParameterSpec): TensorToWrite[] {
    const shape = [spec.shape[0]! / spec.parts.length, ...spec.shape.slice(1)];
    const size = sizeOf(shape);
    return spec.parts.map((part, n) => ({
      name: PREFIX + part,
      shape,
      data: () => readNumbers(this.variables.get(spec.name)!).subarray(n * size, (n + 1) * size),
    }));
  }

  dispose(): void {
    this.outputTensor?.dispose();
    for (const handle of this.variables.values()) destroyVariable(handle);
  }
}

/** A copy of a variable's numbers. */
export function readNumbers(handle: Value): Float32Array {
  const value = readVariable(handle);
  const numbers = read(value);
  free(value);
  return numbers;
}
