// Plans of sweeps as they are written in the window: read, previewed, kept.
import type { Handlers, labApi } from '../../../../shared/api.ts';
import { AppError } from '../../../../shared/errors.ts';
import type { PlanCheck, PlanProblem, SweepPlan } from '../../../../shared/sweeps.ts';
import { listCorpora, listSuites } from '../../store/library.ts';
import { getSweep } from '../../store/sweeps.ts';
import { PlanError, plannedRuns, renamed } from '../../sweep/plan.ts';
import { examplePlan, fieldName, planText, problemText, readPlan } from '../../sweep/plan-text.ts';
import { preview } from '../../sweep/preview.ts';
import { runsFolder } from '../../sweep/sweeps.ts';
import { opened, readable, writable, type Lab } from '../lab.ts';
import { libraryHandlers } from '../library.ts';

export type SweepPlanMethod = 'sweeps.check' | 'sweeps.save' | 'sweeps.planText';

/** What comes with the program, by the words that a plan has for it. */
const embedded = 'embedded';
const starter = 'starter';

export const sweepPlanHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, SweepPlanMethod> => {
  const library = libraryHandlers(lab);
  /** What they are called, once they were read. */
  const known = new Map<string, string>();

  /** The project's name for a word of a plan; what comes with the program is added where it is not there. */
  async function own(
    word: string,
    has: readonly { name: string }[],
    add: () => { name: string } | Promise<{ name: string }>,
  ): Promise<string> {
    const isThere = (name: string | undefined): boolean => has.some((one) => one.name === name);
    const before = known.get(word);
    if (isThere(word) || opened(lab).project.readOnlyReason !== null) return word;
    if (before !== undefined && isThere(before)) return before;
    const { name } = await add();
    known.set(word, name);
    return name;
  }
  const named = (plan: SweepPlan): Promise<SweepPlan> =>
    renamed(plan, {
      corpus: async (name) => name === embedded ? own(name, listCorpora(readable(lab)), () => library['corpora.addEmbedded']({})) : name, // prettier-ignore
      suite: async (name) => name === starter ? own(name, listSuites(readable(lab)), () => library['suites.addStarter']({})) : name, // prettier-ignore
      tokenizer: (name) => Promise.resolve(name),
    });

  return {
    'sweeps.check': async ({ text }): Promise<PlanCheck> => {
      const { plan: read, problems, lineOf } = readPlan(text);
      if (!read) return { plan: null, problems, preview: null };
      const db = readable(lab);
      try {
        const plan = await named(read);
        const runs = runsFolder(opened(lab).project);
        const previewed = await preview({ db, thread: lab.thread, runs }, plan, plannedRuns(db, plan)); // prettier-ignore
        return { plan, problems: [], preview: previewed };
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'bad-config') throw error;
        const field = error instanceof PlanError ? error.field : [];
        const problem: PlanProblem = { line: lineOf(field), field: fieldName(field), message: error.message }; // prettier-ignore
        return { plan: null, problems: [problem], preview: null };
      }
    },

    'sweeps.save': async ({ text }) => {
      writable(lab);
      const { plan, problems } = readPlan(text);
      if (!plan) throw new AppError('bad-config', `The plan cannot be kept yet: ${problems.map(problemText).join('; ')}`); // prettier-ignore
      return opened(lab).sweeps.save(await named(plan));
    },

    'sweeps.planText': ({ id }) => {
      const db = readable(lab);
      if (id !== undefined) return planText(getSweep(db, id).plan);
      const corpora = listCorpora(db).slice(0, 2).map(({ name }) => name); // prettier-ignore
      const [suite] = listSuites(db);
      return examplePlan({
        corpora: corpora.length > 0 ? corpora : [embedded],
        suite: suite?.name ?? starter,
      });
    },
  };
};
