// `pack` and `unpack`: a project as one zip. `parquet`: its numbers as tables.
import type { Command } from 'commander';
import { print, printJson } from './print.ts';
import { withLab, withProject } from './session.ts';

export function addPacking(program: Command): void {
  program
    .command('pack')
    .description('write a project into one zip that opens on another machine, without its texts')
    .argument('<project>', 'project folder')
    .requiredOption('--out <file>', 'the zip')
    .option('--weights', 'with the weights of its checkpoints')
    .option('--json', 'as one JSON document')
    .action((project: string, options: { out: string; weights?: boolean; json?: boolean }) =>
      withProject(project, async (session) => {
        const report = await session.call('project.pack', { path: options.out, weights: options.weights ?? false }); // prettier-ignore
        if (options.json) return printJson(report);
        print(`${options.out}: ${report.files} files, ${Math.round(report.bytes / 1_000)} kB`);
      }),
    );

  program
    .command('parquet')
    .description('write classes, pairs, pair scores and token scores as Parquet tables')
    .argument('<project>', 'project folder')
    .requiredOption('--out <folder>', 'folder to write into')
    .option('--json', 'say what was written as one JSON document')
    .action((project: string, options: { out: string; json?: boolean }) =>
      withProject(project, async (session) => {
        const report = await session.call('parquet.write', { path: options.out });
        if (options.json) return printJson(report);
        print(`${report.files} tables, ${Math.round(report.bytes / 1_000)} kB`);
      }),
    );

  program
    .command('unpack')
    .description('make a project of such a zip')
    .argument('<file>', 'the zip')
    .argument('<project>', 'a new or an empty folder')
    .option('--json', 'as one JSON document')
    .action((file: string, project: string, options: { json?: boolean }) =>
      withLab(async (session) => {
        const report = await session.call('project.unpack', { path: file, folder: project });
        if (options.json) return printJson(report);
        print(`made the project ${project}: ${report.files} files`);
      }),
    );
}
