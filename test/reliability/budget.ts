// How much is tried: a little in `npm test`, all of it in `npm run reliability`; and what a test says it tried.
import type { TestContext } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** What was tried, in a few words with its figures: a cell of docs/reliability.md. */
    tried?: string;
  }
}

export const isFull = process.env['GARDENPATH_RELIABILITY'] === 'full';

/** So many in `npm test`, so many in `npm run reliability`. */
export const amount = (short: number, full: number): number => (isFull ? full : short);

/** Random moments and inputs differ from run to run; the seed is told, and set to try the same again. */
export const seed = Number(process.env['GARDENPATH_SEED'] ?? Date.now() % 0x7fffffff);

/** Notes what a test tried, for the table. */
export function tried({ task }: TestContext, what: string): void {
  task.meta.tried = what;
}
