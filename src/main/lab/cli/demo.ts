// `demo`: the main job on an embedded default, from nothing to a class table.
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { profiles, type RunConfig, type RunRow } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { follow } from './follow.ts';
import { print, printJson, printTable, say, sparkline } from './print.ts';
import { withLab, type Session } from './session.ts';

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('train a small model on an embedded corpus and show what it has learnt')
    .option('--out <project>', 'project folder', 'gardenpath-demo')
    .option('--json', 'as one JSON document')
    .action((options: { out: string; json?: boolean }) =>
      withLab(async (session) => {
        const folder = path.resolve(options.out);
        const isThere = fs.existsSync(path.join(folder, 'project.sqlite'));
        await session.call(isThere ? 'project.open' : 'project.create', { path: folder });
        const run = await demoRun(session);
        if (options.json) return printJson({ project: folder, run, classes: await classTable(session, run.id) }); // prettier-ignore
        const rows = await classTable(session, run.id);
        printTable(['uid', 'phenomenon', 'accuracy', 'low', 'high', 'meanDelta', 'accuracy over checkpoints'], rows.map((r) => [r.uid, r.phenomenon, r.accuracy, r.low, r.high, r.meanDelta, sparkline(r.accuracies)])); // prettier-ignore
        print(
          `\n${run.checkpoints} checkpoints of ${run.totalSteps} steps. The project: ${folder}`,
        );
      }),
    );
}

/** The demo's run, finished: made, gone on with, or found. */
async function demoRun(session: Session): Promise<RunRow> {
  const [known] = await session.call('runs.list', {});
  if (known?.state === 'finished') {
    say('the demo was run before: this is its result');
    return known;
  }
  return follow(
    session,
    async () =>
    known ? session.call('runs.resume', { runId: known.id }) : session.call('runs.start', { name: 'Demo', config: await demoConfig(session) }), // prettier-ignore
  );
}

async function demoConfig(session: Session): Promise<RunConfig> {
  const preset = (await session.call('presets.list', {})).find(({ name }) => name === 'nano');
  const profile = profiles['gardenpath'];
  if (!preset || !profile) throw new AppError('internal', 'This build lacks the demo’s preset.');
  say('reading the embedded corpus');
  const corpus = await session.call('corpora.addEmbedded', {});
  const suite = await session.call('suites.addStarter', {});
  return {
    preset: preset.name,
    corpusId: corpus.id,
    tokenizerId: null,
    model: preset.model,
    training: preset.training,
    scoring: { suiteIds: [suite.id], profile, pairsPerClass: null },
  };
}

async function classTable(session: Session, runId: number) {
  const { classes } = await session.call('classes.list', { runId });
  const trajectories = await session.call('classes.trajectories', { runId });
  const over = new Map(trajectories.classes.map((one) => [one.classId, one.accuracy]));
  return classes.map(({ classId, uid, phenomenon, accuracy, low, high, meanDelta }) =>
    ({ uid, phenomenon, accuracy, low, high, meanDelta, accuracies: over.get(classId) ?? [] })); // prettier-ignore
}
