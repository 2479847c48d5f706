// The parameters of an OPT, named as `transformers` names them.
import type { ModelConfig } from '../../../shared/domain.ts';

export interface ParameterSpec {
  /** Name within `model.decoder.`; q, k and v are one matrix here, so that one product makes all three. */
  name: string;
  /** A Linear is [out, in]. */
  shape: number[];
  initial: 'normal' | 'zeros' | 'ones';
  /** The tensors of a checkpoint that make it up, stacked by rows; itself but for q, k and v. */
  parts: string[];
}

/** Learned positions start at row 2 of their table: fairseq kept two rows for padding. */
export const POSITION_OFFSET = 2;
export const PAD_ID = 1;

/** All parameters in a fixed order, on which seeds and optimiser files depend. */
export function parametersOf(config: ModelConfig): ParameterSpec[] {
  const {
    vocabSize: V,
    hiddenSize: H,
    ffnSize: F,
    wordEmbedSize: E,
    maxPositions,
    layers,
  } = config;
  const specs = [
    matrix('embed_tokens.weight', V, E),
    matrix('embed_positions.weight', maxPositions + POSITION_OFFSET, H),
  ];
  if (E !== H) specs.push(matrix('project_in.weight', H, E), matrix('project_out.weight', E, H));
  if (config.preLayerNorm) specs.push(...layerNorm('final_layer_norm', H));
  for (let n = 0; n < layers; n++) {
    const layer = `layers.${n}`;
    specs.push(
      ...layerNorm(`${layer}.self_attn_layer_norm`, H),
      ...linear(`${layer}.self_attn.qkv_proj`, 3 * H, H),
      ...linear(`${layer}.self_attn.out_proj`, H, H),
      ...layerNorm(`${layer}.final_layer_norm`, H),
      ...linear(`${layer}.fc1`, F, H),
      ...linear(`${layer}.fc2`, H, F),
    );
  }
  return specs;
}

const matrix = (name: string, rows: number, columns: number): ParameterSpec => ({
  name,
  shape: [rows, columns],
  initial: 'normal',
  parts: partsOf(name),
});
const vector = (name: string, size: number, initial: 'zeros' | 'ones'): ParameterSpec => ({
  name,
  shape: [size],
  initial,
  parts: partsOf(name),
});
const linear = (name: string, out: number, into: number): ParameterSpec[] => [
  matrix(`${name}.weight`, out, into),
  vector(`${name}.bias`, out, 'zeros'),
];
const layerNorm = (name: string, size: number): ParameterSpec[] => [
  vector(`${name}.weight`, size, 'ones'),
  vector(`${name}.bias`, size, 'zeros'),
];

function partsOf(name: string): string[] {
  if (!name.includes('qkv_proj')) return [name];
  return ['q_proj', 'k_proj', 'v_proj'].map((part) => name.replace('qkv_proj', part));
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** How many numbers the model has; the tied output embedding counts once. */
export const parameterCount = (config: ModelConfig): number =>
  parametersOf(config).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
