// Judgements that come back: as this project writes them (CSV), or from Label Studio.
import { AppError } from '../../../shared/errors.ts';
import type { JudgementsRead } from '../../../shared/workbench.ts';
import { appendAct, judgings, type Act, type Judging } from '../store/annotations.ts';
import { findClasses, type StoredClass } from '../store/classes.ts';
import { listSuites } from '../store/library.ts';
import { transaction, type Db } from '../store/sql.ts';
import { needed, rowsOf, textAt, type Row, type SuiteFile } from '../suite/index.ts';
import { labelStudioVotes } from './label-studio.ts';

/** A judgement as a file has it, not yet checked. */
export interface ReadVote {
  /** File and line. */
  where: string;
  suite: string | undefined;
  uid: string;
  kind: 'vote' | 'adjudication';
  annotator: string;
  /** A time as ISO 8601; empty: now. */
  at: string;
  verdict: string;
  tags: string[];
  reason: string;
}

const verdicts = ['meaningful', 'not-meaningful', 'unsure'] as const;

/** A cell as it was before it was kept from being taken for a formula. */
const plain = (text: string | undefined): string => (text ?? '').replace(/^'(?=[=+\-@\t\r])/, '');

function* csvVotes(file: SuiteFile): Generator<ReadVote> {
  // A table may be named as one pleases.
  for (const row of rowsOf({
    ...file,
    name: /\.[ct]sv$/i.test(file.name) ? file.name : `${file.name}.csv`,
  })) {
    // prettier-ignore
    const kind = textAt(row, 'kind') ?? 'vote';
    if (kind === 'vote' || kind === 'adjudication') yield voteOf(row, kind);
  }
}

const voteOf = (row: Row, kind: ReadVote['kind']): ReadVote => ({
  where: row.where,
  suite: plain(textAt(row, 'suite')) || undefined,
  uid: plain(needed(row, 'uid')),
  kind,
  annotator: plain(needed(row, 'annotator')),
  at: textAt(row, 'at') ?? '',
  verdict: needed(row, 'verdict'),
  tags: plain(textAt(row, 'tags')).split(';').map((tag) => tag.trim()).filter(Boolean), // prettier-ignore
  reason: plain(textAt(row, 'reason')),
});

/**
 * Takes the judgements of a file into the project, all or none. One that is there already is left, and so is one
 * that its annotator changed later here.
 * @throws AppError 'bad-file' with file and line
 */
export function readJudgements(db: Db, file: SuiteFile): JudgementsRead {
  const here = judgings(db);
  const votes = [...(/^\s*\[/.test(file.text) ? labelStudioVotes(file) : csvVotes(file))];
  const taken = votes.map((vote) => taking(db, here, vote));
  transaction(db, () => {
    for (const { as, annotator, act, atMs } of taken)
      if (as === 'added') appendAct(db, annotator, act, atMs);
  });
  const count = (as: keyof JudgementsRead): number => taken.filter((one) => one.as === as).length;
  return { added: count('added'), unchanged: count('unchanged'), olderThanHere: count('olderThanHere') }; // prettier-ignore
}

interface Taking {
  as: keyof JudgementsRead;
  annotator: string;
  act: Act;
  atMs: number;
}

function taking(db: Db, here: ReadonlyMap<number, Judging>, vote: ReadVote): Taking {
  const { where, annotator, reason, kind } = vote;
  const { classId } = classOf(db, vote);
  const verdict = verdicts.find((one) => one === vote.verdict);
  if (!verdict)
    throw new AppError('bad-file', `${where}: “${vote.verdict}” is no verdict. It is ${verdicts.join(', ')}.`); // prettier-ignore
  if (annotator.trim() === '')
    throw new AppError('bad-file', `${where}: who judged is not said. Give an annotator.`);
  const atMs = vote.at === '' ? Date.now() : Date.parse(vote.at);
  if (Number.isNaN(atMs))
    throw new AppError('bad-file', `${where}: “${vote.at}” is no time. Write it as 2026-01-31T12:00:00Z.`); // prettier-ignore
  const tags = kind === 'vote' ? [...new Set(vote.tags)] : [];
  const act: Act = kind === 'vote' ? { kind: 'judgement', classId, verdict, reason, tags } : { kind: 'adjudication', classId, verdict, reason }; // prettier-ignore
  const judging = here.get(classId);
  const present = kind === 'vote' ? judging?.votes.find((one) => one.annotator === annotator) : judging?.adjudicated; // prettier-ignore
  const isSame = present?.verdict === verdict && present.reason === reason && present.tags.join() === tags.join(); // prettier-ignore
  const as = isSame ? 'unchanged' : present && present.atMs > atMs ? 'olderThanHere' : 'added';
  return { as, annotator, act, atMs };
}

function classOf(db: Db, { where, suite, uid }: ReadVote): StoredClass {
  const suites = listSuites(db);
  const named = suite === undefined ? undefined : suites.find(({ name }) => name.toLowerCase() === suite.toLowerCase()); // prettier-ignore
  if (suite !== undefined && !named)
    throw new AppError('bad-file', `${where}: this project has no suite “${suite}”. Add it first. It has: ${suites.map(({ name }) => name).join(', ') || 'none'}.`); // prettier-ignore
  const [one, ...more] = findClasses(db, uid, named?.id);
  if (!one) throw new AppError('bad-file', `${where}: this project has no class “${uid}”. Add its suite first.`); // prettier-ignore
  if (more.length > 0)
    throw new AppError('bad-file', `${where}: several suites have a class “${uid}”. Say which in a column “suite”.`); // prettier-ignore
  return one;
}
