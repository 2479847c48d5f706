// The model room: what others may use of it.
export { norm } from './blocks.ts';
export { causalMask, MASKED, states, statesAndTape } from './forward.ts';
export type { Dropout, LayerTape, PartTape, PassInput, Tape } from './forward.ts';
export type { AttentionTape, FeedForwardTape, NormTape, PassShape } from './blocks.ts';
export { hashWeights, hasWeights } from './checkpoint-weights.ts';
export { configJson, readConfig } from './config.ts';
export { OptModel, readNumbers } from './opt-model.ts';
export {
  parameterCount,
  parametersOf,
  POSITION_OFFSET,
  sizeOf,
  type ParameterSpec,
} from './parameters.ts';
export { SafetensorsFile, writeSafetensors } from './safetensors.ts';
export { readWeights, type Weights } from './weights.ts';
