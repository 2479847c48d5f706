// Judging, flagging, undo and redo.
import type { Handlers, labApi } from '../../../shared/api.ts';
import { AppError } from '../../../shared/errors.ts';
import { appendAct, flaggedClasses, history, judgements, redo, undo, undoState } from '../store/annotations.ts'; // prettier-ignore
import { getClass } from '../store/classes.ts';
import { getPair } from '../store/pairs.ts';
import { getRun } from '../store/runs.ts';
import { readable, writable, type Lab } from './lab.ts';

type AnnotationMethod =
  'judgements.set' | 'flags.set' | 'annotations.undo' | 'annotations.redo' | 'annotations.history';

export const annotationHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, AnnotationMethod> => {
  const changed = (): void => lab.emit('annotations.changed', undoState(readable(lab)));
  return {
    'judgements.set': ({ classId, verdict, reason, annotator }) => {
      const db = writable(lab);
      getClass(db, classId);
      appendAct(db, annotator, { kind: 'judgement', classId, verdict, reason });
      changed();
      return judgements(db).get(classId) ?? null;
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
