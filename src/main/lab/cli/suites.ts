// Commands about suites: what a project has, and reading one whose columns have to be named.
import type { Command } from 'commander';
import { ColumnMapping } from '../../../shared/suite-columns.ts';
import { print, printJson, printList, say } from './print.ts';
import { UsageError, withProject } from './session.ts';

interface SuiteOptions {
  columns?: ColumnMapping;
  preview?: boolean;
  json?: boolean;
}

export function addSuites(program: Command): void {
  program
    .command('suites')
    .description('list the suites of a project')
    .argument('<project>', 'project folder')
    .option('--json', 'as one JSON document')
    .action((project: string, options: { json?: boolean }) =>
      withProject(project, async (session) => {
        printList(await session.call('suites.list', {}), options, 'This project has no suites yet.'); // prettier-ignore
      }),
    );

  program
    .command('suite')
    .description(
      'read a suite into a project: BLiMP and its kin, Zorro, SLING, CLiMP, SyntaxGym, EWoK, or any table',
    )
    .argument('<project>', 'project folder')
    .argument('<path>', 'a zip, a folder or a file: JSONL, JSON, CSV, TSV or text')
    .option(
      '--columns <names>',
      'good=COLUMN,bad=COLUMN[,class=…][,phenomenon=…][,field=…][,pairId=…], for a table of no known format',
      columnsNamed,
    ) // prettier-ignore
    .option('--preview', 'say what would be read, and store nothing')
    .option('--json', 'as one JSON document')
    .action((project: string, path: string, { columns, preview, json }: SuiteOptions) =>
      withProject(project, async (session) => {
        if (preview) {
          const found = await session.call('suites.preview', { path, columns });
          if (json) return printJson(found);
          print(`${found.format ?? 'no known format'}; columns: ${found.columns.join(', ') || 'none'}; ${found.classes} classes, ${found.pairs} pairs`); // prettier-ignore
          if (found.problem !== null) say(found.problem);
          return printList(found.examples, {}, 'No pair is read.');
        }
        const suite = await session.call('suites.add', { path, columns });
        if (json) return printJson(suite);
        print(`${suite.name}: ${suite.classes} classes, ${suite.pairs} pairs; ${suite.source}; licence ${suite.licence}`); // prettier-ignore
      }),
    );
}

/** @throws UsageError */
export function columnsNamed(text: string): ColumnMapping {
  const parts = Object.keys(ColumnMapping.shape).join('|');
  const named = text.split(new RegExp(`,(?=(?:${parts})=)`)).map((part) => {
    const at = part.indexOf('=');
    return [part.slice(0, at), part.slice(at + 1)];
  });
  const columns = ColumnMapping.safeParse(Object.fromEntries(named));
  if (columns.success) return columns.data;
  throw new UsageError(`--columns wants good=COLUMN,bad=COLUMN and, if there are such columns, ${parts.split('|').slice(2).join('=…, ')}=…, not “${text}”.`); // prettier-ignore
}
