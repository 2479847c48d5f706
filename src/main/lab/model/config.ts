// A model's shape in the form of `transformers`: config.json.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';

/** The text of a config.json that `transformers` opens as OPTForCausalLM. */
export function configJson(config: ModelConfig): string {
  return JSON.stringify(
    {
      architectures: ['OPTForCausalLM'],
      model_type: 'opt',
      vocab_size: config.vocabSize,
      hidden_size: config.hiddenSize,
      num_hidden_layers: config.layers,
      num_attention_heads: config.heads,
      ffn_dim: config.ffnSize,
      max_position_embeddings: config.maxPositions,
      word_embed_proj_dim: config.wordEmbedSize,
      do_layer_norm_before: config.preLayerNorm,
      _remove_final_layer_norm: false,
      activation_function: 'relu',
      dropout: config.dropout,
      attention_dropout: 0,
      layerdrop: 0,
      enable_bias: true,
      layer_norm_elementwise_affine: true,
      tie_word_embeddings: true,
      init_std: 0.02,
      use_cache: true,
      pad_token_id: 1,
      bos_token_id: 2,
      eos_token_id: 2,
      torch_dtype: 'float32',
    },
    null,
    2,
  );
}

/** Settings that would make it another model than the one built here. */
const only: Record<string, unknown> = {
  activation_function: 'relu',
  enable_bias: true,
  layer_norm_elementwise_affine: true,
  _remove_final_layer_norm: false,
  tie_word_embeddings: true,
};

/**
 * The shape of the model in a folder.
 * @throws AppError bad-file: no config.json, not OPT, or an OPT of a kind not built here
 */
export function readConfig(folder: string): ModelConfig {
  const path = join(folder, 'config.json');
  const json = parse(path);
  const refuse = (why: string): never => {
    throw new AppError('bad-file', `${path}: ${why}`);
  };
  if (json['model_type'] !== 'opt')
    refuse(`the model is of type ${shown(json['model_type'])}; only OPT can be opened.`);
  for (const [key, value] of Object.entries(only))
    if (json[key] !== undefined && json[key] !== value)
      refuse(`${key} is ${shown(json[key])}; only ${shown(value)} can be opened.`);
  const size = (key: string, otherwise?: number): number => {
    const value = json[key] ?? otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 1e7) return value; // prettier-ignore
    return refuse(`${key} must be a positive whole number, not ${shown(value)}.`);
  };
  const hiddenSize = size('hidden_size');
  const heads = size('num_attention_heads');
  if (hiddenSize % heads)
    refuse(`hidden_size ${hiddenSize} is not a multiple of its ${heads} heads.`);
  return {
    vocabSize: size('vocab_size'),
    layers: size('num_hidden_layers'),
    hiddenSize,
    heads,
    ffnSize: size('ffn_dim'),
    maxPositions: size('max_position_embeddings'),
    dropout: typeof json['dropout'] === 'number' ? json['dropout'] : 0,
    preLayerNorm: json['do_layer_norm_before'] !== false,
    wordEmbedSize: size('word_embed_proj_dim', hiddenSize),
  };
}

/** A setting as a message says it; what is nested, perhaps a million deep, is not written out. */
const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null ? 'a list or an object' : JSON.stringify(value);

function parse(path: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof json === 'object' && json !== null) return json as Record<string, unknown>;
  } catch (error) {
    throw new AppError('bad-file', `${path} is missing or not JSON.`, String(error));
  }
  throw new AppError('bad-file', `${path} holds no settings.`);
}
