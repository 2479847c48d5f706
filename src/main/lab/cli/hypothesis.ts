// `hypothesis`: the Bigram Hypothesis put to the test on one run.
import { Option, type Command } from 'commander';
import type { BiasKind, HypothesisSide, RegressionSummary } from '../../../shared/ngram.ts';
import { selectionOf } from './choose.ts';
import { counted, withNgramChoices, type NgramChoices } from './ngram.ts';
import { print, printCsv, printJson, printTable } from './print.ts';
import { withProject } from './session.ts';

export function addHypothesis(program: Command): void {
  withNgramChoices(program.command('hypothesis'))
    .description('test whether bigram bias goes with entrenched early errors, across classes and within them')
    .argument('<project>', 'project folder')
    .addOption(new Option('--bias <kind>', 'how a class’s bias is measured').choices(['share', 'mean', 'dz']).default('share'))
    .action((project: string, options: NgramChoices & { bias: BiasKind }) =>
      withProject(project, async (session) => {
        const { step: _step, ...selection } = await selectionOf(session, options);
        const { unit, order, bias: biasKind } = options;
        await counted(session, options);
        const report = await session.call('hypothesis.get', { ...selection, unit, order, biasKind });
        if (options.json) return printJson(report);
        if (options.csv) return printCsv(report.points.map(({ controls, ...point }) => ({ ...point, ...controls })));
        report.definitions.forEach(print);
        printSide('All classes', report.all);
        if (report.meaningful) printSide('Without classes judged not meaningful', report.meaningful);
      }),
    ); // prettier-ignore
}

function printSide(title: string, side: HypothesisSide): void {
  print(`\n${title}: ${side.classes} classes, ${side.pairs} pairs\n`);
  printTable(['test', 'p', 'p, Holm'], side.tests.map(({ name, p, adjustedP }) => [name, shownP(p), shownP(adjustedP)])); // prettier-ignore
  print('');
  const odds = (model: string, { terms }: RegressionSummary) =>
    terms.map(({ name, value, low, high, p }) => [model, name, value, low, high, shownP(p)]);
  printTable(
    ['log odds of', 'predictor (1 SD)', 'odds ratio', 'low', 'high', 'p'],
    [
      ...odds('entrenched', side.alone),
      ...odds('entrenched, controlled', side.controlled),
      ...odds('early error, within classes', side.early),
      ...odds('late error, within classes', side.late),
    ],
  );
  print(`\n${side.sentence}\n${side.powerSentence}`);
}

const shownP = (p: number | null): string =>
  p === null ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3);
