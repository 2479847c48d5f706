// Opening a pair that a search found.
import type { SentenceHit } from '../../shared/workbench.ts';
import { look } from './look.svelte.ts';
import { route } from './route.svelte.ts';

/** Goes to the pair, looking at its suite where another one is looked at. */
export function openHit({ suiteId, classId, pairRowId }: SentenceHit): void {
  const { runId, suiteId: now } = look.where;
  if (suiteId !== now) look.choose({ ...(runId !== undefined && { runId }), suiteId });
  route.go({ page: 'pair', classId, pairRowId });
}
