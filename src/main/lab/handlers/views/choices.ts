// Runs that keep which sentence of a pair was chosen, and no probability: what is reckoned from probabilities is not
// known of them. A choice is stored as a Δ of 1 or −1, so that right and wrong are counted as of any run.
import { AppError } from '../../../../shared/errors.ts';
import type { Db } from '../../store/sql.ts';
import { getRunConfig } from '../../store/runs.ts';

export const keepsChoices = (db: Db, runId: number): boolean =>
  getRunConfig(db, runId).choicesOnly === true;

/** The same with NaN for the figures that are named. */
export function unknown<T extends object>(value: T, ...names: (keyof T)[]): T {
  return { ...value, ...Object.fromEntries(names.map((name) => [name, NaN])) };
}

/** @throws AppError 'bad-params' for a run that keeps choices only */
export function requireScores(db: Db, runId: number, what: string): void {
  if (keepsChoices(db, runId))
    throw new AppError('bad-params', `Run ${runId} keeps which sentence of each pair was chosen, and no probability: it has no ${what}.`); // prettier-ignore
}
