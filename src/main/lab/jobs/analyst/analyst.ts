// Entry of an analyst thread: keeps prepared classes and answers questions about them, so that the lab need not
// wait for statistics. Plain JavaScript on arrays; the project's file is never opened here.
import { parentPort } from 'node:worker_threads';
import { toErrorReply, type ErrorReply } from '../../../../shared/errors.ts';
import type { HypothesisSide } from '../../../../shared/ngram.ts';
import type {
  ClassEvidence,
  HypothesisParameters,
  PairEvidence,
} from '../../analysis/hypothesis/index.ts';
import { hypothesisSide } from '../../analysis/hypothesis/side.ts';
import { courseOf, prepareClass, type Course, type CourseQuestion, type PreparedClass } from '../../analysis/entrenchment/course.ts'; // prettier-ignore
import { SeparationParameters, type ScoresOverTime } from '../../analysis/separation/separation.ts';
import { templatesOf } from '../../analysis/separation/templates.ts';
import {
  separationAt,
  signTestPs,
  type SeparationAt,
  type SignTestPs,
} from '../../analysis/separation/separation-at.ts';

/** At one checkpoint: of one class or all of them; of the others, where it is of one, the p-values alone. */
export interface SeparationOfClasses {
  rows: (SeparationAt & { classId: number })[];
  others: SignTestPs[];
}

/** What it can be asked. `key` names a selection: classes of one run, suite and profile. */
export interface AnalystCommands {
  prepare: {
    args: { key: string; classId: number; scores: ScoresOverTime; sentences: { good: string; bad: string }[]; steps: number[] }; // prettier-ignore
    result: null;
  };
  courses: { args: { key: string; question: CourseQuestion }; result: Course[] };
  separation: {
    args: { key: string; checkpoint: number; classId: number | undefined };
    result: SeparationOfClasses;
  };
  forget: { args: { key: string }; result: null };
  /** Needs no prepared classes. */
  hypothesis: {
    args: { classes: ClassEvidence[]; pairs: PairEvidence; parameters: HypothesisParameters };
    result: HypothesisSide;
  };
}
export type AnalystCommand = keyof AnalystCommands;
export interface AnalystMessage {
  id: number;
  command: AnalystCommand;
  args: AnalystCommands[AnalystCommand]['args'];
}
export type AnalystAnswer = { id: number; result: unknown } | { id: number; error: ErrorReply };

const parameters = SeparationParameters.parse({});

interface Kept {
  classes: PreparedClass[];
  /** Separation by checkpoint and class, as far as it was asked for. */
  at: Map<string, SeparationOfClasses>;
  /** p-values by checkpoint and class, likewise. */
  ps: Map<string, SignTestPs>;
}
const kept = new Map<string, Kept>();
const of = (key: string): Kept => {
  const known = kept.get(key) ?? { classes: [], at: new Map(), ps: new Map() };
  kept.set(key, known);
  return known;
};

const commands: {
  [C in AnalystCommand]: (args: AnalystCommands[C]['args']) => AnalystCommands[C]['result'];
} = {
  prepare: ({ key, classId, scores, sentences, steps }) => {
    const templates = templatesOf(sentences).labels;
    of(key).classes.push(prepareClass(classId, { ...scores, templates }, steps, parameters));
    return null;
  },
  courses: ({ key, question }) =>
    of(key)
      .classes.filter(({ separation }) => separation.pairs.length > 0)
      .map((one) => courseOf(one, question)),
  separation: ({ key, checkpoint, classId: asked }) => {
    const { classes, at, ps } = of(key);
    const known = at.get(`${checkpoint} ${asked}`);
    if (known) return known;
    const found: SeparationOfClasses = { rows: [], others: [] };
    for (const { classId, scores, separation } of classes) {
      if (asked !== undefined && asked !== classId) {
        const p = ps.get(`${checkpoint} ${classId}`) ?? signTestPs(scores, separation.pairs, checkpoint); // prettier-ignore
        ps.set(`${checkpoint} ${classId}`, p);
        found.others.push(p);
        continue;
      }
      const row = separationAt(scores, separation.pairs, checkpoint, parameters);
      if (row) found.rows.push({ classId, ...row });
    }
    at.set(`${checkpoint} ${asked}`, found);
    return found;
  },
  forget: ({ key }) => {
    kept.delete(key);
    return null;
  },
  hypothesis: ({ classes, pairs, parameters }) => hypothesisSide(classes, pairs, parameters),
};

const port = parentPort;
if (!port) throw new Error('The analyst runs as a worker thread of the lab.');
port.on('message', ({ id, command, args }: AnalystMessage) => {
  const answer = (message: AnalystAnswer): void => port.postMessage(message);
  try {
    // The table pairs each command with its own arguments; TypeScript cannot follow that through a union.
    answer({ id, result: (commands[command] as (args: unknown) => unknown)(args) });
  } catch (error) {
    answer({ id, error: toErrorReply(error) });
  }
});
