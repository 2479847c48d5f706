// `report`: the study repeated on one run, as a page and the CSVs behind it.
import path from 'node:path';
import type { Command } from 'commander';
import { selectionOf, withChoices, type Choices } from './choose.ts';
import { print, printJson } from './print.ts';
import { withProject } from './session.ts';
import { ruleOf, withRule, type RuleChoices } from './trajectories.ts';

export function addReport(program: Command): void {
  withRule(withChoices(program.command('report')))
    .description('write a page that repeats the study on a run, and the CSVs behind it')
    .argument('<project>', 'project folder')
    .requiredOption('--out <folder>', 'folder to write into')
    .option('--json', 'say what was written as one JSON document')
    .action((project: string, options: Choices & RuleChoices & { out: string; json?: boolean }) =>
      withProject(project, async (session) => {
        const selection = await selectionOf(session, options);
        const folder = path.resolve(options.out);
        const written = await session.call('report.write', { ...selection, rule: ruleOf(options), path: folder }); // prettier-ignore
        if (options.json) return printJson({ folder, ...written });
        print(`${path.join(folder, 'index.html')} and ${written.files.length - 1} tables behind it, ${Math.round(written.bytes / 1_000)} kB`); // prettier-ignore
      }),
    );
}
