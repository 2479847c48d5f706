// At which steps a run is saved and scored.
import type { CheckpointGrid } from '../../../shared/domain.ts';

const GROWTH = 1.5;

/** BabyLM's grid: 1M to 10M words by 1M, to 100M by 10M, to 1000M by 100M. */
export const babyLmWords: readonly number[] = [1e6, 1e7, 1e8].flatMap((unit) =>
  Array.from({ length: unit === 1e6 ? 10 : 9 }, (_, n) => (unit === 1e6 ? n + 1 : n + 2) * unit),
);

/** A run's place: steps finished, and words seen before and after the last of them. */
export interface Place {
  step: number;
  wordsBefore: number;
  wordsSeen: number;
}

/** Whether a checkpoint is due at this place; step 0 and the last step always are. */
export function isCheckpoint(grid: CheckpointGrid, totalSteps: number, place: Place): boolean {
  const { step, wordsBefore, wordsSeen } = place;
  if (step === 0 || step === totalSteps) return true;
  if (grid === 'words') return babyLmWords.some((mark) => wordsBefore < mark && mark <= wordsSeen);
  if (grid === 'log') return isOnLogGrid(step);
  return step % Number(grid.slice('every:'.length)) === 0;
}

/**
 * The steps of all checkpoints of a run, in order. On the grid by words they are an estimate from
 * `wordsPerStep`; the run itself counts.
 */
export function checkpointSteps(
  grid: CheckpointGrid,
  totalSteps: number,
  wordsPerStep: number,
): number[] {
  const steps = new Set([0, totalSteps]);
  if (grid === 'words')
    for (const mark of babyLmWords) steps.add(Math.ceil(mark / Math.max(wordsPerStep, 1e-9)));
  else if (grid === 'log')
    for (let power = 1; power <= totalSteps; power *= GROWTH) steps.add(Math.round(power));
  else {
    const every = Number(grid.slice('every:'.length));
    for (let step = every; step < totalSteps; step += every) steps.add(step);
  }
  return [...steps].filter((step) => step <= totalSteps).sort((a, b) => a - b);
}

/** Whether a step is round(1.5^k) for some k. */
function isOnLogGrid(step: number): boolean {
  for (let power = 1; Math.round(power) <= step; power *= GROWTH)
    if (Math.round(power) === step) return true;
  return false;
}
