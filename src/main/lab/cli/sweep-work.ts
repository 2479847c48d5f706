// `sweep work`: what the local queue and Slurm's job script start, a process for a run.
import path from 'node:path';
import { Option, type Command } from 'commander';
import { AppError } from '../../../shared/errors.ts';
import { savedExitCode } from '../sweep/pool.ts';
import { workOn, type Work } from '../sweep/work.ts';
import { say } from './print.ts';
import { stateFolder } from './session.ts';

export function addSweepWork(sweep: Command): void {
  sweep
    .command('work')
    .description(
      'work on one run, as a job script does; ends with 75 where it was told to stop and has saved it',
    ) // prettier-ignore
    .argument('<run>', 'folder of the run')
    .addOption(
      new Option('--only <half>', 'one half of it').choices(['all', 'train', 'score']).default('all'), // prettier-ignore
    )
    .action(async (folder: string, options: { only: Work }) => {
      const stop = new AbortController();
      for (const signal of ['SIGTERM', 'SIGUSR1', 'SIGINT'] as const)
        process.on(signal, () => {
          say(`${signal}: saving the run …`);
          stop.abort();
        });
      const cacheDir = path.join(stateFolder(), 'tokenised');
      const outcome = await workOn(folder, {
        cacheDir,
        work: options.only,
        stop: stop.signal,
        say,
      });
      if (outcome.end === 'failed') throw new AppError('internal', outcome.failure.message);
      if (outcome.end === 'elsewhere') say(`left to ${outcome.heldBy}`);
      else say(outcome.end);
      if (outcome.end === 'stopped') process.exitCode = savedExitCode;
    });
}
