// What can be done to a run.
import type { RunRow } from '../../../shared/domain.ts';
import { call } from '../../client.ts';
import { attempt } from '../../state/notices.svelte.ts';
import { runs } from '../../state/runs.svelte.ts';

type Answer = Promise<RunRow | undefined>;

export const pause = (run: RunRow): Answer => runs.act(call('runs.pause', { runId: run.id }));
export const resume = (run: RunRow): Answer => runs.act(call('runs.resume', { runId: run.id }));
export const cancel = (run: RunRow): Answer => runs.act(call('runs.cancel', { runId: run.id }));
export const extend = (run: RunRow, totalSteps: number): Answer =>
  runs.act(call('runs.extend', { runId: run.id, totalSteps }));
export const rename = (run: RunRow, name: string): Answer =>
  runs.act(call('runs.edit', { runId: run.id, name }));
export const annotate = (run: RunRow, note: string): Answer =>
  runs.act(call('runs.edit', { runId: run.id, note }));

/** Puts a queued run before another one, or (null) at the end; the lab tells of the new places. */
export const reorder = (runId: number, before: number | null): Promise<unknown> =>
  attempt(call('runs.reorder', { runId, before }));

/** Deletes a run's weights, or all of it; true where it worked. */
export async function remove(run: RunRow, what: 'weights' | 'run'): Promise<boolean> {
  const answer = await attempt(call('runs.delete', { runId: run.id, what }));
  runs.reload();
  return answer !== undefined;
}
