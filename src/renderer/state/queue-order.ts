// Runs in the order in which they are worked on.
import type { RunRow } from '../../shared/domain.ts';

/** With the places in the queue counted anew: a run that leaves it says nothing of those behind it. */
export function numbered<R extends Pick<RunRow, 'queuePosition'>>(rows: readonly R[]): R[] {
  const queue = rows
    .flatMap(({ queuePosition }) => (queuePosition === null ? [] : [queuePosition]))
    .sort((a, b) => a - b);
  return rows.map(
    (run) =>
    run.queuePosition === null ? run : { ...run, queuePosition: 1 + queue.indexOf(run.queuePosition) }, // prettier-ignore
  );
}

/** What works first, then the queue, the next to go first, then the others as they were. */
export function inWorkingOrder<R extends Pick<RunRow, 'queuePosition'>>(
  runs: readonly R[],
  isWorking: (run: R) => boolean,
): R[] {
  const rank = (run: R): number => (isWorking(run) ? 0 : (run.queuePosition ?? Number.MAX_VALUE));
  return runs.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Before which run of the queue one comes that moves a place towards its head (−1) or its end (1); null:
 * at the end; undefined: it cannot move so.
 */
export function placeBefore(
  queue: readonly number[],
  runId: number,
  by: 1 | -1,
): number | null | undefined {
  const at = queue.indexOf(runId);
  if (at < 0 || !(at + by in queue)) return undefined;
  return (by < 0 ? queue[at - 1] : queue[at + 2]) ?? null;
}
