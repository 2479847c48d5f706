// `sweep` and `gather`: runs along axes, here or on a cluster, and what became of them taken in.
import fs from 'node:fs';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { sweepPlanSchema, type SweepDetail, type SweepGathered, type SweepPlace, type SweepPlan, type SweepPreview } from '../../../shared/sweeps.ts'; // prettier-ignore
import { renamed } from '../sweep/plan.ts';
import { problemText, readPlan } from '../sweep/plan-text.ts';
import { whole } from './choose.ts';
import { followSweep } from './sweep-follow.ts';
import { addSweepWork } from './sweep-work.ts';
import { duration, print, printJson, printTable } from './print.ts';
import { UsageError, withProject, type Session } from './session.ts';
import { addCorpus, addSuite, withMadeProject } from './training.ts';

interface Json {
  json?: boolean;
}

export function addSweep(program: Command): void {
  const sweep = program.command('sweep').description('runs along axes: seeds, corpora, sizes, schedules (docs/sweeps.md)'); // prettier-ignore
  const file = (command: Command): Command =>
    command.argument('<project>', 'project folder; made where there is none').argument('<plan>', 'the plan, as YAML or JSON').option('--json', 'as one JSON document'); // prettier-ignore
  const known = (command: Command): Command =>
    command.argument('<project>', 'project folder').argument('<sweep>', 'name or number of the sweep').option('--json', 'as one JSON document'); // prettier-ignore
  const workers = new Option('--workers <n>', 'runs at work here at the same time').argParser(whole(1)).default(1); // prettier-ignore

  sweep
    .command('schema')
    .description('print the JSON schema of a plan, for editors')
    .action(() => printJson(sweepPlanSchema()));

  file(sweep.command('plan'))
    .description('show what a plan would run, what it costs, and what is there already')
    .action((project: string, plan: string, options: Json) =>
      withMadeProject(project, async (session) => {
        const preview = await session.call('sweeps.preview', { plan: await resolved(session, plan) }); // prettier-ignore
        if (options.json) return printJson(preview);
        printPreview(preview);
      }),
    );

  file(sweep.command('run'))
    .description('start what of a plan is not finished, and follow it; Ctrl-C stops local runs, keeping them')
    .addOption(new Option('--on <place>', 'where').choices(['local', 'slurm']).default('local'))
    .addOption(workers)
    .option('--detach', 'with --on slurm: submit and come back')
    .action((project: string, plan: string, options: Json & { on: SweepPlace; workers: number; detach?: boolean }) =>
      withMadeProject(project, async (session) => {
        const { id } = await session.call('sweeps.start', { plan: await resolved(session, plan), place: options.on, workers: options.workers });
        await shown(session, id, options, options.detach === true);
      }),
    ); // prettier-ignore

  known(sweep.command('status'))
    .description('show the runs of a sweep')
    .action(
      (project: string, name: string, options: Json) =>
      withProject(project, async (session) => shown(session, await idOf(session, name), options, true)), // prettier-ignore
    );

  for (const [verb, description] of [
    ['resume', 'go on with runs that are at rest and not finished'],
    ['retry', 'start failed and cancelled runs again, from what they saved'],
  ] as const)
    known(sweep.command(verb))
      .description(description)
      .addOption(workers)
      .option('--detach', 'of a sweep on Slurm: come back at once')
      .action((project: string, name: string, options: Json & { workers: number; detach?: boolean }) =>
        withProject(project, async (session) => {
          const id = await idOf(session, name);
          await session.call(`sweeps.${verb}`, { id, workers: options.workers });
          await shown(session, id, options, options.detach === true);
        }),
      ); // prettier-ignore

  known(sweep.command('cancel'))
    .description('stop the runs of a sweep, keeping what they saved')
    .option('--run <keys...>', 'these only')
    .action((project: string, name: string, options: Json & { run?: string[] }) =>
      withProject(project, async (session) => {
        const id = await idOf(session, name);
        await session.call('sweeps.cancel', { id, keys: options.run });
        await shown(session, id, options, true);
      }),
    );

  addSweepWork(sweep);
  for (const command of sweep.commands) command.copyInheritedSettings(program);

  program
    .command('gather')
    .description(
      'take in finished runs from their folders, and judgements from colleagues’ projects; what is there already is left',
    ) // prettier-ignore
    .argument('<project>', 'project folder; made where there is none')
    .argument(
      '[folders...]',
      'run folders, folders of them, or projects; left out: the project’s own sweeps',
    ) // prettier-ignore
    .option('--weights', 'with the weights that were kept')
    .option('--json', 'as one JSON document')
    .action((project: string, folders: string[], options: Json & { weights?: boolean }) =>
      withMadeProject(project, async (session) => {
        const paths = folders.length > 0 ? folders : [project];
        const gathered = await session.call('gather', { paths, weights: options.weights ?? false });
        if (options.json) return printJson(gathered);
        printGathered(gathered);
      }),
    );
}

/** Waits for the end of a sweep, unless it shall only be looked at, and prints its runs. */
async function shown(session: Session, id: number, options: Json, atOnce: boolean): Promise<void> {
  const detail = atOnce ? await session.call('sweeps.get', { id }) : await followSweep(session, id);
  if (options.json) return printJson(detail);
  printDetail(detail);
}

async function idOf(session: Session, name: string): Promise<number> {
  const sweeps = await session.call('sweeps.list', {});
  const found = sweeps.find((sweep) => sweep.name === name || String(sweep.id) === name);
  if (found) return found.id;
  throw new UsageError(`This project has no sweep “${name}”. It has: ${sweeps.map((sweep) => sweep.name).join(', ') || 'none'}.`); // prettier-ignore
}

/**
 * A plan from a file, with its corpora, tokenizer and suites added to the project and named by their hash or name.
 * @throws UsageError naming what is wrong with the file, and the line where it is known
 */
async function resolved(session: Session, file: string): Promise<SweepPlan> {
  const plan = planIn(file);
  const at = (source: string): string => {
    const beside = path.resolve(path.dirname(file), source);
    return fs.existsSync(beside) ? beside : source;
  };
  const corpora = await session.call('corpora.list', {});
  const corpus = async (source: string): Promise<string> => {
    if (corpora.some((one) => one.name === source || one.contentHash.startsWith(source))) return source; // prettier-ignore
    const { name, contentHash } = await addCorpus(session, at(source));
    const all = await session.call('corpora.list', {});
    return all.filter((one) => one.name === name).length === 1 ? name : contentHash.slice(0, 12);
  };
  const tokenizers = await session.call('tokenizers.list', {});
  const tokenizer = async (source: string): Promise<string> => tokenizers.some(({ name, hash }) => name === source || hash.startsWith(source)) ? source : (await session.call('tokenizers.add', { path: at(source) })).hash; // prettier-ignore
  const suite = async (source: string): Promise<string> => (await addSuite(session, source, at(source))).name; // prettier-ignore
  return renamed(plan, { corpus, tokenizer, suite });
}

function planIn(file: string): SweepPlan {
  if (!fs.existsSync(file)) throw new UsageError(`There is no plan ${file}.`);
  const { plan, problems } = readPlan(fs.readFileSync(file, 'utf8'));
  if (plan) return plan;
  throw new UsageError(`${file} cannot be read as a plan.\n${problems.map(problemText).join('\n')}\n“gardenpath sweep schema” says what a plan may have.`); // prettier-ignore
}

function printPreview({ axes, runList, hours, device, diskBytes, toDo }: SweepPreview): void {
  const names = axes.map(({ name }) => name);
  printTable(
    ['run', ...names, 'state', 'parameters', 'checkpoints', 'train', 'score', 'disk (MB)'],
    runList.map((run) => [run.key, ...names.map((name) => run.values[name] ?? null), run.state, run.parameters, run.checkpoints, timeOf(run.trainMs), timeOf(run.scoreMs), Math.round(run.diskBytes / 1e6)]), // prettier-ignore
  );
  const done = runList.length - toDo;
  print(`\n${runList.length} runs${done ? `, ${done} of them there already` : ''}; to do: ${hours === null ? 'hours not known (this machine lacks the memory to try)' : `${hours.toFixed(hours < 1 ? 2 : 1)} hours of one machine like this, ${device}`}, ${Math.round(diskBytes / 1e6)} MB of disk`); // prettier-ignore
}

const timeOf = (ms: number | null): string => (ms === null ? 'not known' : duration(ms));

function printDetail({ axes, runList, stage, name }: SweepDetail): void {
  const names = axes.map(({ name }) => name);
  printTable(
    ['run', ...names, 'state', 'step', 'of', 'loss', 'scored', 'starts', 'in the project as', 'where or why'], // prettier-ignore
    runList.map((run) => [run.key, ...names.map((axis) => run.values[axis] ?? null), run.state, run.step, run.totalSteps, run.lossNats, run.scored, run.attempts, run.runId, run.failure?.message ?? run.where ?? run.stage]), // prettier-ignore
  );
  print(`\n${name}: ${stage}`);
  if (runList.some(({ state }) => state === 'failed' || state === 'cancelled'))
    print(`“gardenpath sweep retry PROJECT "${name}"” starts failed and cancelled runs again, from what they saved`); // prettier-ignore
  for (const { key, failure } of runList)
    if (failure) print(`\n${key}: ${failure.message}\n${failure.lastLines.map((line) => `  ${line}`).join('\n')}`); // prettier-ignore
}

function printGathered({
  added,
  unchanged,
  unfinished,
  refused,
  scores,
  bytes,
  judgements,
}: SweepGathered): void {
  // prettier-ignore
  print(`${added} runs taken in (${scores.toLocaleString('en')} scored pairs, ${Math.round(bytes / 1e6)} MB), ${unchanged} there already, ${unfinished} not finished yet`); // prettier-ignore
  const { added: votes, unchanged: same, olderThanHere } = judgements;
  if (votes + same + olderThanHere > 0) print(`${votes} judgements taken in, ${same} there already, ${olderThanHere} changed later here and left`); // prettier-ignore
  for (const { folder, message } of refused) print(`not taken in: ${folder}: ${message}`);
  if (refused.length > 0) process.exitCode = 1;
}
