// Searching sentences, comparing two scorings, saved views.
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Handlers, labApi } from '../../../../shared/api.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { ClassComparison, ComparedSide } from '../../../../shared/workbench.ts';
import { compareClasses, type ClassInBoth } from '../../analysis/compare.ts';
import { listClasses } from '../../store/classes.ts';
import { classNats } from '../../store/nats.ts';
import { deleteView, listViews, saveView } from '../../store/saved-views.ts';
import { searchSentences } from '../../store/search.ts';
import { keepsChoices, unknown } from './choices.ts';
import { readable, writable, type Lab } from '../lab.ts';
import { atStep, findScorings, selected } from './selection.ts';

type WorkbenchMethod =
  'search.sentences' | 'compare.classes' | 'views.list' | 'views.save' | 'views.delete';

export const workbenchHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, WorkbenchMethod> => ({
  'search.sentences': ({ text, limit }) => searchSentences(readable(lab), text, limit),

  'compare.classes': async (params) => {
    const db = readable(lab);
    const a = findScorings(db, params.a);
    const b = findScorings(db, { ...params.b, suiteId: params.b.suiteId ?? a.suiteId });
    if (a.suiteId !== b.suiteId)
      throw new AppError('bad-params', 'Only scores of the same suite can be compared.');
    const scorings = { a: atStep(a, params.a.step), b: atStep(b, params.b.step) };
    const classes = async function* (): AsyncGenerator<ClassInBoth> {
      for (const { classId, uid, field, phenomenon } of listClasses(db, a.suiteId)) {
        const nats = classNats(db, classId, [scorings.a.id, scorings.b.id]);
        const [inA, inB] = [nats.get(scorings.a.id), nats.get(scorings.b.id)];
        if (inA && inB) yield { classId, uid, field, phenomenon, a: inA, b: inB };
        await othersTurn();
      }
    };
    const compared = await compareClasses(classes(), { a: a.profile.ties, b: b.profile.ties });
    return {
      a: selected(a, scorings.a),
      b: selected(b, scorings.b),
      classes: withKnown(compared, {
        a: keepsChoices(db, a.runId),
        b: keepsChoices(db, b.runId),
      }),
    };
  },

  'views.list': () => listViews(readable(lab)),
  'views.save': (view) => saveView(writable(lab), view),
  'views.delete': ({ id }) => {
    if (!deleteView(writable(lab), id))
      throw new AppError('not-found', `This project has no saved view ${id}.`);
    return null;
  },
});

/** Of a side that keeps choices only there is no Δ, and so no difference to it. */
function withKnown(
  classes: ClassComparison[],
  choices: Record<'a' | 'b', boolean>,
): ClassComparison[] {
  if (!choices.a && !choices.b) return classes;
  const side = (figures: ComparedSide, isChoices: boolean): ComparedSide =>
    isChoices ? unknown(figures, 'meanDelta') : figures;
  return classes.map((one) => ({
    ...unknown(one, 'difference', 'low', 'high'),
    a: side(one.a, choices.a),
    b: side(one.b, choices.b),
  }));
}
