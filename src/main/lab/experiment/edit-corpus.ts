// Edited copies of a corpus, each a folder of one training and one held-out file; the held-out text is not touched.
import fs from 'node:fs';
import path from 'node:path';
import {
  conditionName,
  type ConditionReport,
  type EditKind,
  type ExperimentPlan,
} from '../../../shared/experiment.ts';
import { seedOf, seededUint32 } from '../analysis/random.ts';
import { countWords, inspectCorpus, readLines, type CorpusSummary } from '../corpus/index.ts';
import { wordsOf } from '../ngram/index.ts';
import { bigramsOf, type FoundBigrams } from './bigrams.ts';
import { control, counterBalance, downWeight, drop, shuffled, wordsChanged, type LinePlan, type Lines } from './line-plan.ts'; // prettier-ignore
import { shuffleBigrams } from './shuffle-bigrams.ts';

export interface EditedCorpus {
  corpus: CorpusSummary;
  report: Omit<ConditionReport, 'corpusId'>;
}

const shownExamples = 5;

/**
 * Writes the corpus of every condition but the original into `folder`/<content hash>.
 * @param onProgress told the share done
 */
export async function editCorpora(
  corpus: CorpusSummary,
  found: FoundBigrams,
  plan: ExperimentPlan,
  folder: string,
  onProgress: (share: number) => void,
): Promise<EditedCorpus[]> {
  const isOffending = new Set(found.offending.map(({ bigram }) => bigram.join(' ')));
  const lines = await readThrough(corpus, isOffending, found.favourable);
  const edited: EditedCorpus[] = [];
  const conditions = conditionsOf(plan);
  for (const condition of conditions) {
    onProgress((edited.length + 1) / (conditions.length + 1));
    edited.push(await edit(condition));
  }
  return edited;

  async function edit(condition: string): Promise<EditedCorpus> {
    const seed = seedOf(`${condition} ${plan.editSeed}`);
    const making = path.join(folder, `making-${process.pid}-${condition}`);
    fs.rmSync(making, { recursive: true, force: true });
    fs.mkdirSync(making, { recursive: true });
    const examples: string[] = [];
    const example = (text: string): void => void (examples.length < shownExamples && examples.push(text)); // prettier-ignore
    const lineEdit = linePlanOf(condition, lines, plan, seed);
    const text = lineEdit
      ? planned(corpus, lineEdit, seed, example)
      : reordered(corpus, condition, seed, example);
    const written = await write(text, path.join(making, 'text.train'), isOffending);
    await write(readLines(corpus, 'held-out'), path.join(making, 'text.dev'), isOffending);
    const summary = await settle(making, folder, `${corpus.name}, ${conditionName(condition)}`);
    const changed = lineEdit ? wordsChanged(lines, lineEdit) : { removed: 0, added: 0 };
    return {
      corpus: summary,
      report: {
        condition,
        contentHash: summary.contentHash,
        lines: written.lines,
        words: written.words,
        removedLines: lineEdit?.reduce((sum, copies) => sum + (copies === 0 ? 1 : 0), 0) ?? 0,
        removedWords: changed.removed,
        addedLines: lineEdit?.reduce((sum, copies) => sum + Math.max(0, copies - 1), 0) ?? 0,
        addedWords: changed.added,
        changedLines: lineEdit ? 0 : written.lines,
        carryingBefore: lines.offending.reduce((sum, carries) => sum + carries, 0),
        carryingAfter: written.carrying,
        examples,
      },
    };
  }
}

/** Every condition that needs a corpus of its own: the edits, and the controls of those by bigrams. */
export const conditionsOf = ({ edits, control: controlled }: ExperimentPlan): string[] =>
  [...new Set(edits)].flatMap((edit) => (controlled && isByBigrams(edit) ? [edit, `control-${edit}`] : [edit])); // prettier-ignore

const isByBigrams = (edit: EditKind): boolean => edit !== 'shuffle-words' && edit !== 'shuffle-bigrams'; // prettier-ignore

function linePlanOf(
  condition: string,
  lines: Lines,
  { keep, editSeed }: ExperimentPlan,
  seed: number,
): LinePlan | null {
  const isControl = condition.startsWith('control-');
  const edit = isControl ? condition.slice('control-'.length) : condition;
  const editsSeed = seedOf(`${edit} ${editSeed}`);
  const plan =
    edit === 'drop'
      ? drop(lines)
      : edit === 'down-weight'
        ? downWeight(lines, keep, editsSeed)
        : edit === 'counter-balance'
          ? counterBalance(lines, editsSeed)
          : null;
  return plan && isControl ? control(lines, plan, seed) : plan;
}

async function readThrough(
  corpus: CorpusSummary,
  isOffending: ReadonlySet<string>,
  isFavourable: ReadonlySet<string>,
): Promise<Lines> {
  const words: number[] = [];
  const offending: number[] = [];
  const favourable: number[] = [];
  for await (const batch of readLines(corpus, 'train'))
    for (const line of batch) {
      const bigrams = bigramsOf(wordsOf(line));
      const bad = bigrams.some((one) => isOffending.has(one));
      words.push(countWords(line));
      offending.push(Number(bad));
      favourable.push(Number(!bad && bigrams.some((one) => isFavourable.has(one))));
    }
  return {
    words: Uint32Array.from(words),
    offending: Uint8Array.from(offending),
    favourable: Uint8Array.from(favourable),
  };
}

/** The lines as often as the plan has them; copies stand at random places, not beside their like. */
async function* planned(
  corpus: CorpusSummary,
  plan: LinePlan,
  seed: number,
  example: (text: string) => void,
): AsyncGenerator<string[]> {
  const next = seededUint32(seed);
  /** Copies by the line that they are put after. */
  const after = new Map<number, string[]>();
  if (plan.some((copies) => copies > 1)) {
    let i = 0;
    for await (const batch of readLines(corpus, 'train'))
      for (const line of batch)
        for (let copies = plan[i++] as number; copies > 1; copies--) {
          const place = Math.floor((next() / 2 ** 32) * plan.length);
          after.set(place, [...(after.get(place) ?? []), line]);
        }
  }
  let i = 0;
  for await (const batch of readLines(corpus, 'train')) {
    const out: string[] = [];
    for (const line of batch) {
      const copies = plan[i] as number;
      if (copies !== 1) example(copies === 0 ? `− ${line}` : `+ ${line}`);
      if (copies > 0) out.push(line);
      out.push(...(after.get(i) ?? []));
      i++;
    }
    yield out;
  }
}

/** Words shuffled within lines, or a text with the same bigrams. */
async function* reordered(
  corpus: CorpusSummary,
  condition: string,
  seed: number,
  example: (text: string) => void,
): AsyncGenerator<string[]> {
  if (condition === 'shuffle-bigrams') {
    const lines: string[] = [];
    for await (const batch of readLines(corpus, 'train'))
      for (const line of batch) lines.push(line);
    let out: string[] = [];
    for (const line of shuffleBigrams(lines, seed)) {
      example(line);
      if (out.push(line) < 1_000) continue;
      yield out;
      out = [];
    }
    yield out;
    return;
  }
  const next = seededUint32(seed);
  for await (const batch of readLines(corpus, 'train'))
    yield batch.map((line) => {
      const words = shuffled(line.split(/\s+/).filter((word) => word !== ''), next).join(' '); // prettier-ignore
      example(words);
      return words;
    });
}

async function write(
  text: AsyncIterable<string[]>,
  file: string,
  isOffending: ReadonlySet<string>,
): Promise<{ lines: number; words: number; carrying: number }> {
  const done = { lines: 0, words: 0, carrying: 0 };
  const out = fs.openSync(file, 'w');
  try {
    for await (const batch of text) {
      if (batch.length === 0) continue;
      fs.writeSync(out, `${batch.join('\n')}\n`);
      done.lines += batch.length;
      for (const line of batch) {
        done.words += countWords(line);
        if (bigramsOf(wordsOf(line)).some((one) => isOffending.has(one))) done.carrying++;
      }
    }
    fs.fsyncSync(out);
  } finally {
    fs.closeSync(out);
  }
  return done;
}

/** Renames a written folder to its content's hash; one that is there is the same. */
async function settle(making: string, folder: string, name: string): Promise<CorpusSummary> {
  const { contentHash } = await inspectCorpus(making);
  const place = path.join(folder, contentHash);
  if (fs.existsSync(place)) fs.rmSync(making, { recursive: true });
  else fs.renameSync(making, place);
  return { ...(await inspectCorpus(place)), name };
}
