// Where a picture or a table comes from, in a line.
import { count } from '../format.ts';
import { look } from '../state/look.svelte.ts';
import { project } from '../state/project.svelte.ts';
import { runName, runs } from '../state/runs.svelte.ts';

/** Project, run, suite, profile and checkpoint that are looked at. */
export function sourceLine(): string {
  const { runId, suiteId, profile } = look.where;
  const run = runId === undefined ? undefined : runs.get(runId);
  const suite = project.suites.value?.find(({ id }) => id === suiteId);
  return [
    `Gardenpath, ${project.info?.name ?? ''}`,
    run && runName(run),
    suite?.name,
    profile && `profile ${profile}`,
    look.cursor && `step ${count(look.cursor.step)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** A file's name from words, on any system. */
export const fileName = (...parts: (string | undefined)[]): string =>
  parts.filter(Boolean).join(' ').replace(/[^\p{L}\p{N}.-]+/gu, '-').replace(/^-|-$/g, ''); // prettier-ignore
