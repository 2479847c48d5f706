// `experiment`: trains on edited corpora and compares, as one object.
import fs from 'node:fs';
import type { Command } from 'commander';
import type { Contrast, ExperimentDetail, ExperimentPlan } from '../../../shared/experiment.ts';
import { ExperimentPlan as Plan } from '../../../shared/experiment.ts';
import { AppError } from '../../../shared/errors.ts';
import type { RunRow } from '../../../shared/domain.ts';
import { whole } from './choose.ts';
import { print, printCsv, printJson, printTable, say } from './print.ts';
import { ProgressLine } from './progress.ts';
import { UsageError, withProject, type Session } from './session.ts';

interface Options {
  file?: string;
  show?: number;
  json?: boolean;
  csv?: boolean;
}

export function addExperiment(program: Command): void {
  program
    .command('experiment')
    .description('train on corpora whose bigrams were edited, and compare (docs/experiments.md)')
    .argument('<project>', 'project folder')
    .option('--file <plan>', 'the plan, as JSON; edits, trains and compares')
    .option('--show <id>', 'show an experiment that is there; what of its runs is not finished goes on', whole(1))
    .option('--json', 'as one JSON document')
    .option('--csv', 'classes of every comparison, as CSV')
    .action((project: string, options: Options) =>
      withProject(project, async (session) => {
        const { file, show } = options;
        if (file === undefined && show === undefined) throw new UsageError('Give --file PLAN or --show ID.');
        const id = show ?? (await session.call('experiments.create', { plan: readPlan(file ?? '') })).id;
        const detail = await finish(session, id);
        if (options.json) return printJson(detail);
        if (options.csv) return printCsv(detail.contrasts.flatMap(rowsOf));
        printDetail(detail);
      }),
    ); // prettier-ignore
}

/** @throws UsageError naming what is wrong with the file */
function readPlan(file: string): ExperimentPlan {
  let text: unknown;
  try {
    text = JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a plan: ${error instanceof Error ? error.message : String(error)}`); // prettier-ignore
  }
  const plan = Plan.safeParse(text);
  if (plan.success) return plan.data;
  const problems = plan.error.issues.map(({ path, message }) => `${path.join('.') || 'the plan'}: ${message}`); // prettier-ignore
  throw new UsageError(`${file}: ${problems.join('; ')}`);
}

/** Waits until the corpora are edited and every run is at rest. Ctrl-C leaves the runs to be resumed. */
async function finish(session: Session, id: number): Promise<ExperimentDetail> {
  const line = new ProgressLine();
  let told = '';
  session.listen((event, payload) => {
    if (event === 'run.progressed') line.show(payload as RunRow);
  });
  for (;;) {
    const detail = await session.call('experiments.get', { id });
    if (detail.stage !== told) say(`experiment ${id}: ${detail.stage}`);
    told = detail.stage;
    if (detail.state === 'failed') throw new AppError('bad-config', detail.error ?? 'The experiment failed.'); // prettier-ignore
    if (detail.state === 'finished') {
      line.end();
      return detail;
    }
    for (const { runId, state } of detail.runList) {
      if (state === 'failed' || state === 'cancelled') throw new AppError('bad-config', `Run ${runId} of the experiment is ${state}. See “gardenpath runs”, resume it, then --show ${id}.`); // prettier-ignore
      if (state === 'paused' || state === 'interrupted')
        await session.call('runs.resume', { runId });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const rowsOf = ({ a, b, step, seeds, classes }: Contrast) =>
  classes.map(({ accuracy, delta, ...one }) => ({
    a,
    b,
    step,
    seeds: seeds.join(' '),
    ...one,
    accuracyDifference: accuracy.value,
    accuracyLow: accuracy.low,
    accuracyHigh: accuracy.high,
    deltaDifference: delta.value,
    deltaLow: delta.low,
    deltaHigh: delta.high,
  }));

function printDetail({ bigrams, conditions, contrasts }: ExperimentDetail): void {
  print(`${bigrams.length} bigrams pull towards the bad sentences`);
  printTable(['bigram', 'count', 'pairs', 'pull (nats)'], bigrams.slice(0, 20).map(({ bigram, count, pairs, pullNats }) => [bigram.join(' '), count, pairs, pullNats])); // prettier-ignore
  print('');
  printTable(
    ['condition', 'lines', 'words', 'removed', 'added', 'changed', 'carrying before', 'after'],
    conditions.map((c) => [c.condition, c.lines, c.words, c.removedLines, c.addedLines, c.changedLines, c.carryingBefore, c.carryingAfter]), // prettier-ignore
  );
  for (const one of contrasts) {
    print(`\n${one.sentence}`);
    const rows = one.classes.filter(({ touched }) => touched);
    printTable(
      ['edited class', 'pairs', one.a, one.b, 'Δ change', 'low', 'high', 'mended', 'broken'],
      rows.map(({ uid, pairs, accuracyA, accuracyB, delta, mended, broken }) => [uid, pairs, accuracyA, accuracyB, delta.value, delta.low, delta.high, mended, broken]), // prettier-ignore
    );
  }
}
