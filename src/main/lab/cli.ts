#!/usr/bin/env node
// The command line: the same lab as the app's, without a window.
import { Command, CommanderError } from 'commander';
import { toErrorReply } from '../../shared/errors.ts';
import { addDemo } from './cli/demo.ts';
import { addJudging } from './cli/judging.ts';
import { addExperiment } from './cli/experiment.ts';
import { addHandover } from './cli/handover.ts';
import { addHypothesis } from './cli/hypothesis.ts';
import { addListings } from './cli/listings.ts';
import { addNgram } from './cli/ngram.ts';
import { say } from './cli/print.ts';
import { UsageError } from './cli/session.ts';
import { addPacking } from './cli/packing.ts';
import { addScores } from './cli/scores.ts';
import { addSuites } from './cli/suites.ts';
import { addSweep } from './cli/sweep.ts';
import { addReport } from './cli/report.ts';
import { addTrajectories } from './cli/trajectories.ts';
import { addTraining } from './cli/training.ts';

const done = 0;
const failed = 1;
const wrongUsage = 2;

const program = new Command('gardenpath')
  .description('Train a small language model from scratch and watch it learn and mislearn grammar.')
  .exitOverride()
  .showHelpAfterError('(add --help for what this command takes)');
addTraining(program);
addListings(program);
addSuites(program);
addScores(program);
addPacking(program);
addJudging(program);
addNgram(program);
addTrajectories(program);
addHypothesis(program);
addExperiment(program);
addSweep(program);
addReport(program);
addHandover(program);
addDemo(program);
for (const command of program.commands) command.copyInheritedSettings(program);

async function main(): Promise<number> {
  try {
    // From a sweep of the app it runs in Electron as Node, where commander would count one argument less.
    await program.parseAsync(process.argv, { from: 'node' });
    return done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? done : wrongUsage;
    if (error instanceof UsageError) {
      say(error.message);
      return wrongUsage;
    }
    const { message, detail } = toErrorReply(error);
    say(message);
    if (detail) say(detail);
    return failed;
  }
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(done);
});
process.exitCode = (await main()) || (process.exitCode ?? done);
