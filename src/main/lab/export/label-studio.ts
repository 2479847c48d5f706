// Judgements as tasks of Label Studio, one a class. The labelling configuration is in docs/judgements.md.
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Judgement } from '../../../shared/domain.ts';
import { judgings } from '../store/annotations.ts';
import { listClasses } from '../store/classes.ts';
import { listSuites } from '../store/library.ts';
import { listPairs } from '../store/pairs.ts';
import type { Db } from '../store/sql.ts';
import { parseJson, type SuiteFile } from '../suite/index.ts';
import type { ReadVote } from './read-judgements.ts';

/** Pairs shown in a task. */
const examples = 20;

/** Every class, judged or not; a vote is an annotation, an adjudication one that is ground truth. */
export function labelStudioTasks(db: Db): string {
  const judged = judgings(db);
  const tasks = listSuites(db).flatMap((suite) =>
    listClasses(db, suite.id).map(({ classId, uid, field, phenomenon }) => {
      const { votes = [], adjudicated = null } = judged.get(classId) ?? {};
      const pairs = listPairs(db, classId).slice(0, examples);
      return {
        data: { suite: suite.name, uid, field, phenomenon, pairs: pairs.map(({ good, bad }) => `${good}\n* ${bad}`).join('\n\n') }, // prettier-ignore
        annotations: [
          ...votes.map((vote) => annotation(vote, false)),
          ...(adjudicated ? [annotation(adjudicated, true)] : []),
        ],
      };
    }),
  );
  return `${JSON.stringify(tasks, null, 2)}\n`;
}

function annotation({ verdict, reason, tags, annotator, atMs }: Judgement, groundTruth: boolean) {
  const text = (name: string, texts: readonly string[]) =>
    texts.length > 0 ? [{ from_name: name, to_name: 'pairs', type: 'textarea', value: { text: texts } }] : []; // prettier-ignore
  return {
    ground_truth: groundTruth,
    created_at: new Date(atMs).toISOString(),
    result: [
      { from_name: 'verdict', to_name: 'pairs', type: 'choices', value: { choices: [verdict] } },
      ...text('tags', tags),
      ...text('reason', reason === '' ? [] : [reason]),
      ...text('annotator', [annotator]),
    ],
  };
}

const Tasks = z.array(
  z.object({
    data: z.object({ suite: z.string().optional(), uid: z.string() }),
    annotations: z
      .array(
        z.object({
          ground_truth: z.boolean().optional(),
          was_cancelled: z.boolean().optional(),
          created_at: z.string().optional(),
          updated_at: z.string().optional(),
          completed_by: z.union([z.number(), z.looseObject({ email: z.string() })]).nullish(),
          result: z.array(
            z.looseObject({
              from_name: z.string().optional(),
              value: z.looseObject({
                choices: z.array(z.string()).optional(),
                text: z.union([z.string(), z.array(z.string())]).optional(),
              }),
            }),
          ),
        }),
      )
      .default([]),
  }),
);

/**
 * Annotations of an export from Label Studio (JSON). Who judged is the text `annotator`, else Label Studio's user.
 * @throws AppError 'bad-file'
 */
export function* labelStudioVotes({ name, text }: SuiteFile): Generator<ReadVote> {
  const parsed = Tasks.safeParse(parseJson(text, name));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError('bad-file', `${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}. Export from Label Studio as JSON (not JSON-MIN), with the tasks that “judgements --label-studio” wrote.`); // prettier-ignore
  }
  for (const [i, { data, annotations }] of parsed.data.entries())
    for (const one of annotations) {
      if (one.was_cancelled) continue;
      const valueOf = (part: string) => one.result.find((r) => r.from_name === part)?.value;
      const texts = (part: string): string[] => [valueOf(part)?.text ?? []].flat();
      const user = typeof one.completed_by === 'object' ? one.completed_by?.email : one.completed_by === undefined ? undefined : `Label Studio user ${one.completed_by}`; // prettier-ignore
      yield {
        where: `${name}, task ${i + 1} (${data.uid})`,
        suite: data.suite,
        uid: data.uid,
        kind: one.ground_truth ? 'adjudication' : 'vote',
        annotator: texts('annotator')[0] ?? user ?? 'Label Studio',
        at: one.updated_at ?? one.created_at ?? '',
        verdict: valueOf('verdict')?.choices?.[0] ?? '',
        tags: texts('tags'),
        reason: texts('reason').join('\n'),
      };
    }
}
