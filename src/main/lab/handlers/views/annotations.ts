// Judging, flagging, undo and redo.
import type { Handlers, labServes } from '../../../../shared/api.ts';
import { AppError } from '../../../../shared/errors.ts';
import { judgementsTable, labelStudioTasks, readJudgements } from '../../export/index.ts';
import { agreementReport } from '../../analysis/votes.ts';
import { annotators, appendAct, flaggedClasses, history, judgings, redo, undo, undoState } from '../../store/annotations.ts'; // prettier-ignore
import { getClass, listClasses } from '../../store/classes.ts';
import { getSuite } from '../../store/library.ts';
import { getPair } from '../../store/pairs.ts';
import { getRun } from '../../store/runs.ts';
import { textFile } from '../../suite/index.ts';
import { readable, writable, type Lab } from '../lab.ts';

type AnnotationMethod =
  | 'judgements.set'
  | 'judgements.text'
  | 'judgements.import'
  | 'adjudications.set'
  | 'annotators.list'
  | 'agreement.get'
  | 'flags.set'
  | 'annotations.undo'
  | 'annotations.redo'
  | 'annotations.history';

export const annotationHandlers = (
  lab: Lab,
): Pick<Handlers<typeof labServes>, AnnotationMethod> => {
  const changed = (): void => lab.emit('annotations.changed', undoState(readable(lab)));
  return {
    'judgements.set': ({ classId, verdict, reason, tags, annotator }) => {
      const db = writable(lab);
      getClass(db, classId);
      appendAct(db, annotator, { kind: 'judgement', classId, verdict, reason, tags: [...new Set(tags)] }); // prettier-ignore
      changed();
      return judgings(db).get(classId)?.judgement ?? null;
    },

    'adjudications.set': ({ classId, verdict, reason, annotator }) => {
      const db = writable(lab);
      getClass(db, classId);
      appendAct(db, annotator, { kind: 'adjudication', classId, verdict, reason });
      changed();
      return judgings(db).get(classId)?.adjudicated ?? null;
    },

    'judgements.text': ({ format }) => {
      const db = readable(lab);
      return format === 'csv' ? [...judgementsTable(db)].join('') : labelStudioTasks(db);
    },

    'judgements.import': async ({ path }) => {
      writable(lab);
      const file = await textFile(path);
      const read = readJudgements(writable(lab), file);
      changed();
      return read;
    },

    'annotators.list': () => annotators(readable(lab)),

    'agreement.get': ({ suiteId }) => {
      const db = readable(lab);
      getSuite(db, suiteId);
      const judged = judgings(db);
      const votes = listClasses(db, suiteId).map(({ classId }) => judged.get(classId)?.votes ?? []);
      const names = new Set(votes.flat().map((vote) => vote.annotator));
      return agreementReport(
        votes.map((unit) => unit.map((vote) => vote.verdict)),
        [...names].sort(),
      );
    },

    'flags.set': ({ classId, pairRowId, runId, flagged, annotator }) => {
      const db = writable(lab);
      getClass(db, classId);
      if (pairRowId !== undefined && getPair(db, pairRowId).classId !== classId)
        throw new AppError('bad-params', `Pair ${pairRowId} is not of class ${classId}.`);
      if (runId !== undefined) getRun(db, runId);
      appendAct(db, annotator, {
        kind: 'flag',
        classId,
        pairRowId: pairRowId ?? null,
        runId: runId ?? null,
        flagged,
      });
      changed();
      return { flagged: pairRowId === undefined ? flaggedClasses(db, runId ?? null).has(classId) : flagged }; // prettier-ignore
    },

    'annotations.undo': () => {
      const undone = undo(writable(lab));
      changed();
      return { undone };
    },

    'annotations.redo': () => {
      const redone = redo(writable(lab));
      changed();
      return { redone };
    },

    'annotations.history': (params) => history(readable(lab), params),
  };
};
