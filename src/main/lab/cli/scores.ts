// Commands for scores of other programs, in and out.
import { Option, type Command } from 'commander';
import { ScoresFormat } from '../../../shared/exchange.ts';
import { ScoreColumns } from '../../../shared/suite-columns.ts';
import { selectionOf, withChoices, type Choices } from './choose.ts';
import { print, printJson } from './print.ts';
import { UsageError, withProject } from './session.ts';
import { addSuite, profileNamed, withMadeProject } from './training.ts';

interface ImportOptions {
  scores: string;
  format: ScoresFormat;
  suite: string;
  columns?: Partial<ScoreColumns>;
  profile?: string;
  name: string;
  json?: boolean;
}

export function addScores(program: Command): void {
  program
    .command('import')
    .description('take in scores that another program computed, as a run')
    .argument('<project>', 'project folder; made where there is none')
    .requiredOption('--scores <path>', 'a file, a folder or a zip of them')
    .addOption(
      new Option('--format <format>', 'samples of lm-evaluation-harness, a table (CSV, TSV, JSONL) of sentences and natural logarithms of their probabilities, minicons’ table of tokens, or predictions of BabyLM') // prettier-ignore
        .choices(ScoresFormat.options)
        .makeOptionMandatory(),
    )
    .requiredOption('--suite <path>', 'a zip, a folder, a file, starter, or the name of a suite')
    .option(
      '--columns <names>',
      'of a table: sentence=COLUMN,score=COLUMN[,step=COLUMN]',
      scoreColumns,
    ) // prettier-ignore
    .option('--profile <name>', 'how the sentences were scored, where it is known')
    .option('--name <name>', 'a name for the run', '')
    .option('--json', 'as one JSON document')
    .action((project: string, options: ImportOptions) =>
      withMadeProject(project, async (session) => {
        const suite = await addSuite(session, options.suite);
        const profile = options.profile === undefined ? {} : { profile: profileNamed(options.profile) }; // prettier-ignore
        const { scores, format, name, columns } = options;
        const read = await session.call('scores.import', { path: scores, format, columns, suiteId: suite.id, name, ...profile }); // prettier-ignore
        if (options.json) return printJson(read);
        const { run, pairs, suitePairs, unusedSentences } = read;
        print(`run ${run.id} (${run.name}): ${run.checkpoints} checkpoints, ${pairs} of the suite's ${suitePairs} pairs; ${unusedSentences} sentences are not in the suite`); // prettier-ignore
      }),
    );

  withChoices(program.command('samples'))
    .description('write the scores at a checkpoint as lm-evaluation-harness logs samples')
    .argument('<project>', 'project folder')
    .requiredOption('--out <folder>', 'folder to write into')
    .option('--json', 'say what was written as one JSON document')
    .action((project: string, options: Choices & { out: string; json?: boolean }) =>
      withProject(project, async (session) => {
        const selection = await selectionOf(session, options);
        const report = await session.call('samples.write', { ...selection, path: options.out });
        if (options.json) return printJson(report);
        print(`${report.files} files, ${Math.round(report.bytes / 1_000)} kB`);
      }),
    );
}

function scoreColumns(text: string): Partial<ScoreColumns> {
  const named = text.split(/,(?=(?:sentence|score|step)=)/).map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, at), part.slice(at + 1)];
  });
  const columns = ScoreColumns.safeParse(Object.fromEntries(named));
  if (columns.success) return columns.data;
  throw new UsageError(`--columns wants sentence=COLUMN,score=COLUMN and, of several checkpoints, step=COLUMN, not “${text}”.`); // prettier-ignore
}
