// The columns of what annotators said as CSV: stable ids first.
import type { AnnotationEvent, ClassRow, Judgement } from '../../shared/domain.ts';
import type { Cell } from '../../shared/csv.ts';

type Columns<T> = Record<string, (row: T) => Cell>;

/** What one judged oneself, and nothing that a blind annotator must not see. */
export const ownVoteColumns = (
  ownVote: (row: ClassRow) => Judgement | null,
): Columns<ClassRow> => ({
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  field: (row) => row.field,
  phenomenon: (row) => row.phenomenon,
  verdict: (row) => ownVote(row)?.verdict,
  reason: (row) => ownVote(row)?.reason,
  tags: (row) => ownVote(row)?.tags.join('; '),
});

export const historyColumns: Columns<AnnotationEvent> = {
  event_id: (event) => event.id,
  at: (event) => new Date(event.atMs).toISOString(),
  annotator: (event) => event.annotator,
  what: (event) => event.text,
  undone: (event) => event.undone,
};
