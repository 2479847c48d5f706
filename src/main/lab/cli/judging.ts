// Commands that judge and flag classes.
import os from 'node:os';
import { Option, type Command } from 'commander';
import type { Verdict } from '../../../shared/domain.ts';
import { classWithUid } from './choose.ts';
import { print, printJson } from './print.ts';
import { withProject } from './session.ts';

interface Common {
  class: string;
  suite?: string;
  annotator: string;
  json?: boolean;
}

const annotating = (command: Command): Command =>
  command
    .argument('<project>', 'project folder')
    .requiredOption('--class <uid>', 'UID of the class')
    .option('--suite <name>', 'name of its suite, where UIDs recur')
    .option('--annotator <name>', 'who says so', os.userInfo().username)
    .option('--json', 'as one JSON document');

export function addJudging(program: Command): void {
  program
    .command('judgements')
    .description('write all judgements to standard output, or take in those of a file')
    .argument('<project>', 'project folder')
    .option('--csv', 'write a CSV table (this is what is written where nothing else is asked for)')
    .option('--label-studio', 'write tasks for Label Studio, one a class')
    .option('--import <file>', 'take in a CSV table like that, or JSON exported by Label Studio')
    .option('--json', 'say what was taken in as one JSON document')
    .action(
      (project: string, options: { labelStudio?: boolean; import?: string; json?: boolean }) =>
        withProject(project, async (session) => {
          if (options.import === undefined) {
            const format = options.labelStudio ? 'label-studio' : 'csv';
            process.stdout.write(await session.call('judgements.text', { format }));
            return;
          }
          const read = await session.call('judgements.import', { path: options.import });
          if (options.json) return printJson(read);
          print(`${read.added} judgement${read.added === 1 ? '' : 's'} taken in, ${read.unchanged} there already, ${read.olderThanHere} changed later here and left`); // prettier-ignore
        }),
    );

  annotating(program.command('judge'))
    .description('judge whether a class means anything')
    .addOption(
      new Option('--verdict <verdict>', 'the verdict')
        .choices(['meaningful', 'not-meaningful', 'unsure'])
        .makeOptionMandatory(),
    ) // prettier-ignore
    .option('--reason <text>', 'why', '')
    .action((project: string, options: Common & { verdict: Verdict; reason: string }) =>
      withProject(project, async (session) => {
        const { classId, uid, suiteName } = await classWithUid(session, options.class, options.suite); // prettier-ignore
        const { verdict, reason, annotator } = options;
        await session.call('judgements.set', { classId, verdict, reason, annotator });
        if (options.json) return printJson({ suite: suiteName, uid, verdict, reason, annotator });
        print(`${annotator} judged ${uid} ${verdict.replace('-', ' ')}${reason && `: ${reason}`}`);
      }),
    );

  annotating(program.command('flag'))
    .description('flag a class as an entrenched early error')
    .option('--clear', 'remove the flag')
    .action((project: string, options: Common & { clear?: boolean }) =>
      withProject(project, async (session) => {
        const { classId, uid, suiteName } = await classWithUid(session, options.class, options.suite); // prettier-ignore
        const { annotator } = options;
        const flagged = !options.clear;
        await session.call('flags.set', { classId, flagged, annotator });
        if (options.json) return printJson({ suite: suiteName, uid, flagged, annotator });
        print(flagged ? `${annotator} flagged ${uid} as an entrenched early error` : `${annotator} removed the flag of ${uid}`); // prettier-ignore
      }),
    );
}
