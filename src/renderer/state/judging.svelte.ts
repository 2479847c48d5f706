// Judging a class: a verdict with tags and a reason, the flag of an entrenched early error, and their keys.
import type { ClassRow, Judgement, Verdict } from '../../shared/domain.ts';
import { call } from '../client.ts';
import { useCommands } from '../commands/commands.svelte.ts';
import { attempt } from './notices.svelte.ts';
import { setting } from './memory.svelte.ts';

/** Who judges; kept over restarts. */
export const annotator = setting<string>('annotator', 'me');

/** Whether one judges without seeing what models or other annotators said. */
export const blind = setting('blind', 'off', ['off', 'on']);

export const verdicts: { verdict: Verdict; name: string; key: string }[] = [
  { verdict: 'meaningful', name: 'meaningful', key: 'm' },
  { verdict: 'not-meaningful', name: 'not meaningful', key: 'n' },
  { verdict: 'unsure', name: 'unsure', key: 'u' },
];

/** Reasons that are often given; those of the project itself come after them. */
export const usualTags = [
  'lexical artefact',
  'low human agreement',
  'n-gram solvable',
  'construct unclear',
  'unnatural sentences',
];

/** The vote of the one who judges now. */
export const ownVote = (row: ClassRow): Judgement | null =>
  row.votes.find((vote) => vote.annotator === annotator.value) ?? null;

/** Sets (null: takes back) one's verdict; reason and tags given earlier stay with a new verdict. */
export const judge = (
  row: ClassRow,
  verdict: Verdict | null,
  reason = ownVote(row)?.reason ?? '',
  tags = ownVote(row)?.tags ?? [],
): Promise<unknown> =>
  attempt(
    call('judgements.set', {
      classId: row.classId,
      verdict,
      reason: verdict === null ? '' : reason,
      tags: verdict === null ? [] : tags,
      annotator: annotator.value,
    }),
  );

/** Gives one's vote a tag, or takes it away; without a vote there is nothing to tag. */
export function toggleTag(row: ClassRow, tag: string): void {
  const vote = ownVote(row);
  if (!vote) return;
  const tags = vote.tags.includes(tag) ? vote.tags.filter((each) => each !== tag) : [...vote.tags, tag]; // prettier-ignore
  void judge(row, vote.verdict, vote.reason, tags);
}

/** Settles a class over its votes (null: opens it again). */
export const adjudicate = (
  row: ClassRow,
  verdict: Verdict | null,
  reason = row.adjudicated?.reason ?? '',
): Promise<unknown> =>
  attempt(
    call('adjudications.set', {
      classId: row.classId,
      verdict,
      reason: verdict === null ? '' : reason,
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
