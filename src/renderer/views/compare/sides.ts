// Which two sides are compared at first.
import type { RunDetail } from '../../../shared/domain.ts';
import type { Side } from '../../state/route.svelte.ts';

/** Everything that has scores: each run under each profile and suite, newest first. */
export const scoredSides = (runs: readonly Pick<RunDetail, 'id' | 'scored'>[]): Side[] =>
  runs.flatMap(({ id, scored }) => scored.map(({ suiteId, profile }) => ({ runId: id, suiteId, profile }))); // prettier-ignore

/**
 * B is what one looks at; A another run under the same profile, else another profile, of the same suite.
 * Where there is no other, A is B: then an earlier checkpoint is what to compare with.
 */
export function firstSides(
  sides: readonly Side[],
  looked: Partial<Side>,
): { a: Side; b: Side } | null {
  // prettier-ignore
  const b =
    sides.find((side) => side.runId === looked.runId && side.suiteId === looked.suiteId && side.profile === looked.profile) ?? // prettier-ignore
    sides[0];
  if (!b) return null;
  const others = sides.filter((side) => side !== b && side.suiteId === b.suiteId);
  const a = others.find((side) => side.profile === b.profile) ?? others[0] ?? b;
  return { a, b };
}
