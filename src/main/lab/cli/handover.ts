// `handover`: a run for those who train larger models elsewhere.
import { Option, type Command } from 'commander';
import { whole } from './choose.ts';
import { print, printJson } from './print.ts';
import { withProject } from './session.ts';

export function addHandover(program: Command): void {
  program
    .command('handover')
    .description(
      'write a run’s configuration, tokens and training scripts for transformers and accelerate; its checkpoints come back through score --model',
    ) // prettier-ignore
    .argument('<project>', 'project folder')
    .requiredOption('--run <run>', 'number of the run', whole(1))
    .addOption(
      new Option('--to <trainer>', 'what will train it')
        .choices(['accelerate'] as const)
        .default('accelerate' as const),
    ) // prettier-ignore
    .requiredOption('--out <folder>', 'a new folder')
    .option('--json', 'as one JSON document')
    .action(
      (project: string, options: { run: number; to: 'accelerate'; out: string; json?: boolean }) =>
        withProject(project, async (session) => {
          const report = await session.call('handover.write', { runId: options.run, to: options.to, path: options.out }); // prettier-ignore
          if (options.json) return printJson(report);
          print(`${options.out}: ${report.files} files, ${(report.bytes / 1e6).toFixed(1)} MB; its README.txt says how to go on`); // prettier-ignore
        }),
    );
}
