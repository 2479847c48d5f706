// Judging a class: a verdict with a reason, the flag of an entrenched early error, and their keys.
import type { ClassRow, Verdict } from '../../shared/domain.ts';
import { call } from '../client.ts';
import { useCommands } from '../commands/commands.svelte.ts';
import { attempt } from './notices.svelte.ts';
import { setting } from './memory.svelte.ts';

/** Who judges; kept over restarts. */
export const annotator = setting<string>('annotator', 'me');

export const verdicts: { verdict: Verdict; name: string; key: string }[] = [
  { verdict: 'meaningful', name: 'meaningful', key: 'm' },
  { verdict: 'not-meaningful', name: 'not meaningful', key: 'n' },
  { verdict: 'unsure', name: 'unsure', key: 'u' },
];

/** Sets (null: takes back) the verdict on a class; a reason given earlier stays with a new verdict. */
export const judge = (row: ClassRow, verdict: Verdict | null, reason?: string): Promise<unknown> =>
  attempt(
    call('judgements.set', {
      classId: row.classId,
      verdict,
      reason: verdict === null ? '' : (reason ?? row.judgement?.reason ?? ''),
      tags: verdict === null ? [] : row.judgement?.tags,
      annotator: annotator.value,
    }),
  );

export const toggleFlag = (row: ClassRow): Promise<unknown> =>
  attempt(
    call('flags.set', {
      classId: row.classId,
      flagged: !row.flagged,
      annotator: annotator.value,
    }),
  );

/** The judging keys, for the class at hand. */
export function useJudging(atHand: () => ClassRow | undefined): void {
  const onClass = (act: (row: ClassRow) => Promise<unknown>) => (): void => {
    const row = atHand();
    if (row) void act(row);
  };
  useCommands([
    ...verdicts.map(({ verdict, name, key }) => ({
      title: `Judge ${name}`,
      group: 'Judging' as const,
      keys: [key],
      run: onClass((row) => judge(row, verdict)),
    })),
    {
      title: 'Flag as an entrenched early error',
      group: 'Judging',
      keys: ['f'],
      run: onClass(toggleFlag),
    },
  ]);
}
