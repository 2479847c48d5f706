// The training room: what others may use of it.
export { Trainer, type StepReport, type TokenizerFiles } from './trainer.ts';
export {
  WindowData,
  type Batch,
  type BatchSource,
  type CountWords,
  type TokenFiles,
} from './data.ts';
export { windowOrder } from './order.ts';
export { babyLmWords, checkpointSteps, isCheckpoint, type Place } from './grid.ts';
export { presets } from './presets.ts';
export { learningRateAfter } from './schedule.ts';
export { pruneOptimizers, readState, removeUnfinished, type TrainerState } from './checkpoint.ts';
export { lossAndBackward } from './backward.ts';
