// `separation` and `entrenched`: how classes fare at a checkpoint, and over all of training.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Params, labServes } from '../../../shared/api.ts';
import { EarlyUnit } from '../../../shared/trajectories.ts';
import { entrenchmentCells, separationCells } from '../export/index.ts';
import { selectionOf, whole, withChoices, type Choices } from './choose.ts';
import { print, printCsv, printJson, printTable, say } from './print.ts';
import { withProject } from './session.ts';

interface Form {
  json?: boolean;
  csv?: boolean;
}
export interface RuleChoices {
  early?: number;
  earlyUnit?: EarlyUnit;
  margin?: number;
  hold?: number;
  last?: number;
}

const number =
  (least: number, most = Infinity) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most))
      throw new InvalidArgumentError(`Give a number from ${least}${most < Infinity ? ` to ${most}` : ' up'}.`); // prettier-ignore
    return value;
  };

/** Options that change the definition of an entrenched early error. */
export const withRule = (command: Command): Command =>
  command
    .option('--early <value>', 'end of the early window (default 0.1)', number(0))
    .addOption(new Option('--early-unit <unit>', 'what it counts (default share, of the run’s tokens)').choices(EarlyUnit.options))
    .option('--margin <nats>', 'how far below 0 the interval of mean Δ must lie (default 0)', number(0))
    .option('--hold <share>', 'share of later checkpoints at which the error is held (default 0.9)', number(0, 1))
    .option('--last <k>', 'checkpoints at the end at each of which it is held (default 3)', whole(0)); // prettier-ignore

export const ruleOf = ({
  early,
  earlyUnit,
  margin,
  hold,
  last,
}: RuleChoices): Params<typeof labServes, 'entrenchment.get'>['rule'] => ({
  early: { ...(early === undefined ? {} : { value: early }), ...(earlyUnit === undefined ? {} : { unit: earlyUnit }) }, // prettier-ignore
  ...(margin === undefined ? {} : { margin }),
  ...(hold === undefined ? {} : { hold }),
  ...(last === undefined ? {} : { lastK: last }),
});

export function addTrajectories(program: Command): void {
  withChoices(program.command('separation'))
    .description('how well each class’s good sentences are told from its bad ones at a checkpoint, by every statistic')
    .argument('<project>', 'project folder')
    .option('--json', 'as one JSON document')
    .option('--csv', 'as CSV')
    .action((project: string, options: Choices & Form) =>
      withProject(project, async (session) => {
        const report = await session.call('separation.get', await selectionOf(session, options));
        if (options.json) return printJson(report);
        if (options.csv) return printCsv(report.classes.map(separationCells));
        printTable(
          ['uid', 'pairs', 'right', 'ties', 'accuracy', 'p (Holm)', 'mean Δ', 'low', 'high', 'd_z', 'AUC', 'd′', 'differs by'],
          report.classes.map(({ uid, all, disagreeing }) => [uid, all.pairs, all.right, all.ties, all.accuracy.value, all.pHolm, all.meanDelta.value, all.meanDelta.low, all.meanDelta.high, all.dz.value, all.auc.value, all.dPrime.value, disagreeing.join(', ')]),
        );
        const differ = report.classes.filter((row) => row.disagreeing.length).length;
        print(`\nStep ${report.selected.step}; ${report.resamples} resamples, seed ${report.seed}. The verdict depends on method, length or profile in ${differ} of ${report.classes.length} classes.`);
      }),
    ); // prettier-ignore

  withRule(withChoices(program.command('entrenched')))
    .description('which classes are entrenched early errors, since when, how deep, and the shapes of all')
    .argument('<project>', 'project folder')
    .option('--json', 'as one JSON document')
    .option('--csv', 'as CSV')
    .action((project: string, options: Choices & RuleChoices & Form) =>
      withProject(project, async (session) => {
        const { step: _all, ...selection } = await selectionOf(session, options);
        const report = await session.call('entrenchment.get', { ...selection, rule: ruleOf(options) });
        if (options.json) return printJson(report);
        if (options.csv) return printCsv(report.classes.map(entrenchmentCells));
        say(report.definition);
        printTable(
          ['uid', 'pairs', 'entrenched', 'support', 'onset', 'held', 'depth', 'time wrong', 'flips a pair', 'recovered', 'cost (tokens)', 'entrenched pairs', 'shape'],
          report.classes.map((row) => [row.uid, row.pairs, row.entrenched ? 'yes' : 'no', row.support, row.onset?.step ?? null, row.held, row.depth, row.timeWrong, row.flipsPerPair, row.recovered?.step ?? null, row.recoveryTokens, row.entrenchedPairs, row.shape]),
        );
        const stuck = report.classes.filter((row) => row.entrenched).length;
        print(`\n${stuck} of ${report.classes.length} classes are entrenched early errors; ${report.steps.length} checkpoints up to step ${report.selected.step}.`);
      }),
    ); // prettier-ignore
}
