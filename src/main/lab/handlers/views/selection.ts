// What a view looks at. What a call leaves out is the latest scored run, the suite and profile that
// it was last scored under, and its last scored checkpoint.
import type { Selected } from '../../../../shared/api.ts';
import type { Profile } from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import { getProfile } from '../../store/library.ts';
import { getRun, listRuns } from '../../store/runs.ts';
import { listScored, listScorings, type Scored, type Scoring } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';

export interface Selection {
  runId?: number | undefined;
  suiteId?: number | undefined;
  profile?: string | undefined;
}

export interface Found {
  runId: number;
  suiteId: number;
  profile: Profile;
  /** Finished ones, in the order of steps; at least one. */
  scorings: Scoring[];
}

/** @throws AppError 'not-found' where nothing is scored that fits */
export function findScorings(db: Db, selection: Selection): Found {
  const runId = selection.runId ?? latestScoredRun(db);
  const scored = listScored(db, runId);
  const fits = (s: Scored): boolean =>
    (selection.suiteId === undefined || s.suiteId === selection.suiteId) &&
    (selection.profile === undefined || s.profile === selection.profile);
  const chosen = scored.find(fits);
  if (!chosen) throw nothingScored(db, runId, scored);
  const { suiteId, profileId } = chosen;
  return {
    runId,
    suiteId,
    profile: getProfile(db, profileId),
    scorings: listScorings(db, runId, suiteId, profileId),
  };
}

function latestScoredRun(db: Db): number {
  const runs = listRuns(db);
  const run = runs.find(({ id }) => listScored(db, id).length > 0) ?? runs[0];
  if (!run) throw new AppError('not-found', 'This project has no runs yet. Start one first.');
  return run.id;
}

function nothingScored(db: Db, runId: number, scored: readonly Scored[]): AppError {
  const { name, state } = getRun(db, runId);
  if (!scored.length)
    return new AppError('not-found', `No checkpoint of run ${runId} (${name}, ${state}) has been scored yet.`); // prettier-ignore
  const known = scored.map((s) => `${s.suiteName} under ${s.profile}`).join('; ');
  return new AppError('not-found', `Run ${runId} (${name}) has no such scores. It has: ${known}.`);
}

/** The scoring at that step, or the last one. */
export function atStep(found: Found, step: number | undefined): Scoring {
  const { scorings, runId } = found;
  const chosen = step === undefined ? scorings.at(-1) : scorings.find((s) => s.step === step);
  if (chosen) return chosen;
  const steps = scorings.map((s) => s.step).join(', ');
  throw new AppError('not-found', `Run ${runId} has no scored checkpoint at step ${step}. It has: ${steps}.`); // prettier-ignore
}

export const selected = (found: Found, scoring: Scoring): Selected => ({
  runId: found.runId,
  suiteId: found.suiteId,
  profile: found.profile.name,
  step: scoring.step,
});
