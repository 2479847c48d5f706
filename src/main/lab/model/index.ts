// The model room: what others may use of it.
export { OptModel } from './opt-model.ts';
export { MASKED } from './forward.ts';
export { parameterCount } from './parameters.ts';
