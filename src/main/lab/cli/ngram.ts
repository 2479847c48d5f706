// `ngram`: counts n-grams on a run's own training text and sets their accuracy beside the model's.
import { Option, type Command } from 'commander';
import { AppError } from '../../../shared/errors.ts';
import type { NgramClassRow, NgramRow, NgramUnit } from '../../../shared/ngram.ts';
import { selectionOf, whole, withChoices, type Choices } from './choose.ts';
import { duration, print, printCsv, printJson, printTable, say } from './print.ts';
import { withProject, type Session } from './session.ts';

export interface NgramChoices extends Choices {
  unit: NgramUnit;
  order: number;
  json?: boolean;
  csv?: boolean;
}

/** Options of every command that looks at n-grams. */
export const withNgramChoices = (command: Command): Command =>
  withChoices(command)
    .option('--order <n>', 'order of the n-gram, 1 to 5', whole(1), 2)
    .addOption(
      new Option('--unit <unit>', 'what it is of').choices(['tokens', 'words']).default('tokens'),
    ) // prettier-ignore
    .option('--json', 'as one JSON document')
    .option('--csv', 'as CSV');

export function addNgram(program: Command): void {
  withNgramChoices(program.command('ngram'))
    .description('count n-grams on a run’s training text and compare their accuracy with the model’s, class by class')
    .argument('<project>', 'project folder')
    .option('--concordance <ngram>', 'lines of the training text that hold it, instead; ^ and $ are a line’s begin and end')
    .option('--limit <n>', 'lines of a concordance at most', whole(1), 20)
    .action((project: string, options: NgramChoices & { concordance?: string; limit: number }) =>
      withProject(project, async (session) => {
        const { concordance } = options;
        if (concordance !== undefined) return showConcordance(session, concordance, options);
        const { step, ...selection } = await selectionOf(session, options);
        const { unit, order } = options;
        await counted(session, options);
        const result = await session.call('ngrams.classes', { ...selection, step, unit, order });
        if (options.json) return printJson(result);
        if (options.csv) return printCsv(result.classes);
        printClasses(result.classes);
        print(`\n${sentenceOf(result.classes, unit, order)}`);
      }),
    ); // prettier-ignore
}

/** Counts and scores what is not there yet, and waits for it. */
export async function counted(session: Session, options: NgramChoices): Promise<void> {
  const { step: _step, ...selection } = await selectionOf(session, options);
  const { unit, order } = options;
  const query = { ...selection, unit, order };
  try {
    await session.call('ngrams.classes', query);
    return;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'not-found') throw error;
  }
  let key: string | null = null;
  let ended: (row: NgramRow) => void = () => undefined;
  const end = new Promise<NgramRow>((resolve) => (ended = resolve));
  session.listen((event, payload) => {
    if (event !== 'ngrams.progressed') return;
    const row = payload as NgramRow;
    if (row.key !== key) return;
    const left = row.remainingMs === null ? '' : `, ${duration(row.remainingMs)} left`;
    say(`n-grams of ${row.unit}: ${row.stage}${left}`);
    if (atRest(row)) ended(row);
  });
  const usual = unit === 'tokens' ? 5 : 2;
  const row = await session.call('ngrams.start', { ...query, order: Math.max(order, usual) });
  key = row.key;
  const { state, error } = atRest(row) ? row : await end;
  if (state !== 'ready') throw new AppError('bad-file', error ?? 'Counting did not end.');
}

const atRest = ({ state }: NgramRow): boolean => state === 'ready' || state === 'failed' || state === 'cancelled'; // prettier-ignore

function printClasses(classes: readonly NgramClassRow[]): void {
  printTable(
    ['uid', 'pairs', 'n-gram', 'low', 'high', 'model', 'low', 'high', 'good', 'bad', 'neither', 'mean Δ'],
    classes.map((c) => [c.uid, c.pairs, c.ngramAccuracy, c.ngramLow, c.ngramHigh, c.modelAccuracy, c.modelLow, c.modelHigh, c.favoursGood, c.favoursBad, c.favoursNeither, c.ngramMeanDelta]),
  ); // prettier-ignore
}

function sentenceOf(classes: readonly NgramClassRow[], unit: NgramUnit, order: number): string {
  const mean = (of: (c: NgramClassRow) => number): string =>
    ((100 * classes.reduce((sum, c) => sum + of(c), 0)) / classes.length).toFixed(1);
  const wrong = classes.filter((c) => c.ngramHigh < 0.5).length;
  return `${order}-grams of ${unit} are right on ${mean((c) => c.ngramAccuracy)} % of pairs (mean of ${classes.length} classes), the model on ${mean((c) => c.modelAccuracy)} %; in ${wrong} classes the n-gram is below chance beyond doubt.`;
}

async function showConcordance(
  session: Session,
  ngram: string,
  options: NgramChoices & { limit: number },
): Promise<void> {
  const { unit, limit, run } = options;
  const found = await session.call('ngrams.concordance', { runId: run, unit, ngram, limit });
  if (options.json) return printJson(found);
  if (options.csv) return printCsv(found.lines.map(({ line, at, tokens }) => ({ line, at, text: tokens.join(unit === 'words' ? ' ' : '|') }))); // prettier-ignore
  print(`${found.occurrences} in ${found.linesWithIt} lines`);
  for (const { line, tokens } of found.lines) print(`${line}: ${unit === 'words' ? tokens.join(' ') : tokens.join('').replaceAll('␣', ' ').trim()}`); // prettier-ignore
}
