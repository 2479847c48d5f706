// Predictions of the BabyLM challenge: of every pair the sentence that a model preferred, and no probability.
// 2023: a JSON document a line with task, sub_task and predictions; 2024 and 2025: one document, sub-tasks by name,
// by themselves or within tasks.
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { parseJson, rowsOf, type SuiteFile } from '../suite/index.ts';
import { ofEachCheckpoint, type CheckpointFigures, type Figures, type PairFigures, type Sentences } from './figures.ts'; // prettier-ignore

const Predictions = z.array(z.looseObject({ pred: z.union([z.string(), z.number()]) }));
const SubTask = z.looseObject({ predictions: Predictions });
const Line = z.looseObject({ sub_task: z.string(), predictions: Predictions });

/** Chosen sentences in their order, by the name of the sub-task. */
type Choices = Map<string, string[]>;

/** Sub-tasks are named as BLiMP's classes, in lower case and with what was done to them. */
const className = (name: string): string => name.toLowerCase().replace(/^blimp_|_filtered$/g, '');

/** @throws AppError 'bad-file' with file and line */
export function babylmChoices(files: readonly SuiteFile[]): Figures {
  const checkpoints = ofEachCheckpoint(files, choicesOf);
  if (checkpoints.length === 0)
    throw new AppError('bad-file', `${files[0]?.name ?? 'The file'} holds no predictions. BabyLM keeps them as {"sub-task": {"predictions": [{"id": …, "pred": …}]}}.`); // prettier-ignore
  return {
    kept: 'choices',
    checkpoints: checkpoints.map(([at, choices]) => ofChoices(choices, at)),
  };
}

function choicesOf(files: readonly SuiteFile[]): Choices | null {
  const choices: Choices = new Map();
  const readFrom = new Map<string, string>();
  for (const file of files)
    for (const [name, chosen] of subTasks(file)) {
      const key = className(name);
      const before = readFrom.get(key);
      if (before !== undefined)
        throw new AppError('bad-file', `${key} has predictions twice, in ${before} and in ${file.name}. Take in the predictions of one model on one set of pairs; its checkpoints are told apart by folders named step-100 or chck_10M.`); // prettier-ignore
      readFrom.set(key, file.name);
      choices.set(key, chosen);
    }
  return choices.size > 0 ? choices : null;
}

function ofChoices(
  choices: Choices,
  at: Pick<CheckpointFigures, 'step' | 'wordsSeen'>,
): CheckpointFigures {
  let unused = [...choices.values()].reduce((sum, chosen) => sum + chosen.length, 0);
  return {
    ...at,
    ofClass: (uid, pairs) => {
      const chosen = choices.get(className(uid)) ?? [];
      const inOrder = along(chosen, pairs);
      const found = inOrder.filter((one) => one !== null).length === chosen.length ? inOrder : anywhere(chosen, pairs); // prettier-ignore
      unused -= found.filter((one) => one !== null).length;
      return found;
    },
    unused: () => unused,
  };
}

/** Predictions come in the order of the pairs, of which some were filtered out. */
function along(chosen: readonly string[], pairs: readonly Sentences[]): (PairFigures | null)[] {
  let next = 0;
  return pairs.map((pair) => {
    const figures = choiceOf(chosen[next], pair);
    if (figures) next++;
    return figures;
  });
}

/** In any order: each goes to the first pair that has the sentence and no choice yet. */
function anywhere(chosen: readonly string[], pairs: readonly Sentences[]): (PairFigures | null)[] {
  const left = new Map<string, number>();
  for (const sentence of chosen) left.set(sentence.trim(), (left.get(sentence.trim()) ?? 0) + 1);
  return pairs.map((pair) => {
    const sentence = [pair.good, pair.bad].find((one) => (left.get(one.trim()) ?? 0) > 0)?.trim();
    if (sentence !== undefined) left.set(sentence, (left.get(sentence) ?? 0) - 1);
    return choiceOf(sentence, pair);
  });
}

/** Of two equal sentences a choice says nothing. */
function choiceOf(sentence: string | undefined, { good, bad }: Sentences): PairFigures | null {
  const is = (one: string): boolean => one.trim() === sentence?.trim();
  if (is(good)) return { good: 0, bad: is(bad) ? 0 : -1 };
  return is(bad) ? { good: -1, bad: 0 } : null;
}

function* subTasks(file: SuiteFile): Generator<[name: string, chosen: string[]]> {
  const first = /^[^\r\n]*/.exec(file.text.trimStart())?.[0] ?? '';
  const isLines = /\.jsonl$/i.test(file.name) || /"sub_task"/.test(first);
  if (isLines) {
    for (const { where, values } of rowsOf({
      ...file,
      name: file.name.replace(/\.json$/i, '.jsonl'),
    })) {
      // prettier-ignore
      const line = Line.safeParse(values);
      if (!line.success)
        throw new AppError('bad-file', `${where}: no sub_task with predictions, as BabyLM 2023 keeps them.`); // prettier-ignore
      yield [line.data.sub_task, texts(line.data.predictions)];
    }
    return;
  }
  const document = parseJson(file.text, file.name);
  if (typeof document === 'object' && document !== null) yield* within(document as Record<string, unknown>, 2); // prettier-ignore
}

/** Sub-tasks of a document, or of its tasks. */
function* within(
  values: Record<string, unknown>,
  depth: number,
): Generator<[name: string, chosen: string[]]> {
  for (const [name, value] of Object.entries(values)) {
    const subTask = SubTask.safeParse(value);
    if (subTask.success) yield [name, texts(subTask.data.predictions)];
    else if (depth > 1 && typeof value === 'object' && value !== null)
      yield* within(value as Record<string, unknown>, depth - 1);
  }
}

/** Of tasks that are no choice between sentences predictions are numbers; they are passed over. */
const texts = (predictions: z.infer<typeof Predictions>): string[] =>
  predictions.flatMap(({ pred }) => (typeof pred === 'string' ? [pred] : []));
