// `demo`: the main job on an embedded default, from nothing to a class table.
import fs from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { startDemoRun } from '../../../shared/demo.ts';
import type { RunRow } from '../../../shared/domain.ts';
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
  return follow(session, () => {
    if (known) return session.call('runs.resume', { runId: known.id });
    say('reading the embedded corpus');
    return startDemoRun(session);
  });
}

async function classTable(session: Session, runId: number) {
  const { classes } = await session.call('classes.list', { runId });
  const trajectories = await session.call('classes.trajectories', { runId });
  const over = new Map(trajectories.classes.map((one) => [one.classId, one.accuracy]));
  return classes.map(({ classId, uid, phenomenon, accuracy, low, high, meanDelta }) =>
    ({ uid, phenomenon, accuracy, low, high, meanDelta, accuracies: over.get(classId) ?? [] })); // prettier-ignore
}
