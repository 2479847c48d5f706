// Commands that put the machine to work: new, train, score.
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import {
  CheckpointGrid,
  profiles,
  type CorpusInfo,
  type Profile,
  type RunConfig,
  type RunRow,
  type SuiteInfo,
} from '../../../shared/domain.ts';
import { whole } from './choose.ts';
import { follow } from './follow.ts';
import { duration, print, printJson, say } from './print.ts';
import { UsageError, withLab, withProject, type Session } from './session.ts';
import { withSettings } from './settings.ts';

interface TrainOptions {
  corpus?: string;
  suite?: string[];
  preset: string;
  name: string;
  tokenizer?: string;
  profile: string;
  steps?: number;
  checkpoints?: string;
  pairsPerClass?: number;
  seed?: number;
  set: string[];
  /** true: the latest run that is not finished. */
  resume?: number | true;
  json?: boolean;
}

interface ScoreOptions {
  run?: number;
  model?: string[];
  suite: string;
  name: string;
  profile: string;
  pairsPerClass?: number;
  json?: boolean;
}

export function addTraining(program: Command): void {
  program
    .command('new')
    .description('make a project')
    .argument('<project>', 'a new or an empty folder')
    .option('--json', 'as one JSON document')
    .action((project: string, options: { json?: boolean }) =>
      withLab(async (session) => {
        const info = await session.call('project.create', { path: project });
        if (options.json) return printJson(info);
        print(`made the project ${info.name}`);
      }),
    );

  program
    .command('train')
    .description('train a model and score it at its checkpoints')
    .argument('<project>', 'project folder; made where there is none')
    .option('--corpus <folder>', 'folder of text, one sentence a line; or embedded')
    .option('--suite <paths...>', 'suites of minimal pairs: a zip, a folder, a file, or starter')
    .option('--preset <name>', 'nano, mini, babylm-2023 or aann', 'nano')
    .option('--name <name>', 'a name for the run', '')
    .option('--tokenizer <path>', 'tokenizer.json, or a folder with vocab.json and merges.txt')
    .option(
      '--profile <name>',
      `how sentences are scored: ${Object.keys(profiles).join(', ')}`,
      'gardenpath',
    ) // prettier-ignore
    .option('--steps <n>', 'training steps', whole(1))
    .option('--checkpoints <grid>', 'log, every:N or words')
    .option('--pairs-per-class <n>', 'a seeded sample of so many pairs a class', whole(1))
    .option('--seed <n>', 'seed of initialisation, order of text and dropout', whole(0))
    .option('--set <key=value...>', 'settings of model or training by name', [])
    .option(
      '--resume [run]',
      'go on with a run (the latest that is not finished); with --steps also beyond its end',
      whole(1),
    )
    .option('--json', 'as one JSON document')
    .action((project: string, options: TrainOptions) =>
      withMadeProject(project, async (session) => {
        const { resume } = options;
        const run = await follow(session, () =>
          resume === undefined ? start(session, options) : goOn(session, resume, options),
        );
        printRun(run, options);
      }),
    );

  program
    .command('score')
    .description(
      'score checkpoints: of a run, under another suite or profile, or with more pairs; or models trained elsewhere',
    )
    .argument('<project>', 'project folder; made for --model where there is none')
    .option('--run <run>', 'number of the run', whole(1))
    .option(
      '--model <folders...>',
      'models to import as a run: folders with config.json and model.safetensors, or of step-*, checkpoint-*, chck_*M',
    )
    .requiredOption('--suite <path>', 'a zip, a folder, a file, starter, or the name of a suite')
    .option('--name <name>', 'a name for the imported run', '')
    .option(
      '--profile <name>',
      `how sentences are scored: ${Object.keys(profiles).join(', ')}`,
      'gardenpath',
    )
    .option('--pairs-per-class <n>', 'a seeded sample of so many pairs a class', whole(1))
    .option('--json', 'as one JSON document')
    .action(async (project: string, options: ScoreOptions) => {
      const { run: runId, model: paths } = options;
      if ((runId === undefined) === (paths === undefined))
        throw new UsageError('Say what to score: --run RUN or --model FOLDER.');
      await (paths ? withMadeProject : withProject)(project, async (session) => {
        const suite = await addSuite(session, options.suite);
        const how = {
          suiteId: suite.id,
          profile: profileNamed(options.profile),
          pairsPerClass: options.pairsPerClass ?? null,
        };
        const run = await follow(session, () =>
          paths
            ? session.call('runs.import', { ...how, paths, name: options.name })
            : session.call('scores.start', { ...how, runId: runId as number }),
        );
        printRun(run, options);
      });
    });
}

/** Opens a project, or makes it where the folder is new. */
export const withMadeProject = <T>(
  folder: string,
  work: (session: Session) => Promise<T>,
): Promise<T> =>
  fs.existsSync(path.join(folder, 'project.sqlite'))
    ? withProject(folder, work)
    : withLab(async (session) => {
        await session.call('project.create', { path: folder });
        say(`made the project ${folder}`);
        return work(session);
      });

async function start(session: Session, options: TrainOptions): Promise<RunRow> {
  const preset = (await session.call('presets.list', {})).find(({ name }) => name === options.preset); // prettier-ignore
  if (!preset) {
    const names = (await session.call('presets.list', {})).map(({ name }) => name).join(', ');
    throw new UsageError(`There is no preset “${options.preset}”. There are: ${names}.`);
  }
  const changes = [
    ...(options.steps === undefined ? [] : [`totalSteps=${options.steps}`]),
    ...(options.checkpoints === undefined ? [] : [`checkpoints=${gridNamed(options.checkpoints)}`]),
    ...(options.seed === undefined ? [] : [`seed=${options.seed}`]),
    ...options.set,
  ];
  const { model, training } = withSettings(preset, changes);
  const profile = profileNamed(options.profile);
  const corpus = await addCorpus(session, options.corpus);
  const tokenizerId = options.tokenizer === undefined ? null : (await session.call('tokenizers.add', { path: options.tokenizer })).id; // prettier-ignore
  const suiteIds: number[] = [];
  for (const suite of options.suite ?? []) suiteIds.push((await addSuite(session, suite)).id);
  if (!suiteIds.length) say('no --suite: the run is trained and not scored');
  const config: RunConfig = {
    preset: preset.name,
    corpusId: corpus.id,
    tokenizerId,
    model,
    training,
    scoring: { suiteIds, profile, pairsPerClass: options.pairsPerClass ?? null },
  };
  const run = await session.call('runs.start', { name: options.name, config });
  say(`run ${run.id} (${run.name}): ${run.parameters.toLocaleString('en')} parameters, ${run.totalSteps} steps on ${corpus.name}`); // prettier-ignore
  return run;
}

async function goOn(
  session: Session,
  run: number | true,
  { steps, corpus }: TrainOptions,
): Promise<RunRow> {
  const runId = run === true ? await latestUnfinished(session) : run;
  const { totalSteps, config, corpusName } = await session.call('runs.get', { runId });
  // Where its text lies now; the same text is known again by its content.
  if (corpus !== undefined && (await addCorpus(session, corpus)).id !== config.corpusId)
    throw new UsageError(`${corpus} is another text than “${corpusName}”, on which run ${runId} was trained: its content differs.`); // prettier-ignore
  if (steps !== undefined && steps < totalSteps)
    throw new UsageError(`Run ${runId} goes on to step ${totalSteps}; --steps can make it longer, not shorter.`); // prettier-ignore
  return steps !== undefined && steps > totalSteps
    ? session.call('runs.extend', { runId, totalSteps: steps })
    : session.call('runs.resume', { runId });
}

async function latestUnfinished(session: Session): Promise<number> {
  const found = (await session.call('runs.list', {})).find((run) => run.state !== 'finished');
  if (found) return found.id;
  throw new UsageError('Every run of this project is finished. Say which to extend: --resume RUN --steps N.'); // prettier-ignore
}

/** The corpus of that path; the project's only one where none is named. */
export async function addCorpus(session: Session, source: string | undefined): Promise<CorpusInfo> {
  if (source === 'embedded') return session.call('corpora.addEmbedded', {});
  if (source !== undefined) return session.call('corpora.add', { path: source });
  const [only, ...more] = await session.call('corpora.list', {});
  if (!only || more.length)
    throw new UsageError('Say what to train on: --corpus FOLDER or --corpus embedded.');
  return only;
}

/** A suite of the project by name, or one read from a path. */
export async function addSuite(
  session: Session,
  source: string,
  file = source,
): Promise<SuiteInfo> {
  if (source === 'starter') return session.call('suites.addStarter', {});
  const known = (await session.call('suites.list', {})).find((suite) => suite.name === source);
  return known ?? session.call('suites.add', { path: file });
}

export function profileNamed(name: string): Profile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (found) return found;
  throw new UsageError(`There is no profile “${name}”. There are: ${Object.keys(profiles).join(', ')}.`); // prettier-ignore
}

function gridNamed(text: string): CheckpointGrid {
  const grid = CheckpointGrid.safeParse(text);
  if (!grid.success) throw new UsageError(`--checkpoints is log, every:N or words, not “${text}”.`);
  return grid.data;
}

function printRun(run: RunRow, options: { json?: boolean }): void {
  if (options.json) return printJson(run);
  const loss = run.lossNats === null ? '' : `, loss ${run.lossNats.toFixed(3)}`;
  print(`run ${run.id} (${run.name}): ${run.state} at step ${run.step}${loss}, ${run.checkpoints} checkpoints, ${duration(run.elapsedMs)}`); // prettier-ignore
}
