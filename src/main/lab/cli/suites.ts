// Commands about suites: what a project has, and reading one whose columns have to be named.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import type { SuiteInfo } from '../../../shared/domain.ts';
import { blimp } from '../../../shared/downloads.ts';
import type { SuiteDraft } from '../../../shared/drafts.ts';
import { AppError } from '../../../shared/errors.ts';
import { ColumnMapping } from '../../../shared/suite-columns.ts';
import { print, printJson, printList, say } from './print.ts';
import { download } from '../download.ts';
import { textFile } from '../suite/index.ts';
import { whole } from './choose.ts';
import { UsageError, withProject, type Session } from './session.ts';

interface SuiteOptions {
  columns?: ColumnMapping;
  template?: string;
  byHand?: string;
  blimp?: true;
  seed: number;
  pairs: number;
  name?: string;
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
    .argument('[path]', 'a zip, a folder or a file: JSONL, JSON, CSV, TSV or text')
    .option(
      '--columns <names>',
      'good=COLUMN,bad=COLUMN[,class=…][,phenomenon=…][,field=…][,pairId=…][,context=…][,badContext=…][,region=…][,badRegion=…], for a table of no known format',
      columnsNamed,
    ) // prettier-ignore
    .option(
      '--template <file>',
      'make the pairs of a text in the template language (docs/templates.md)',
    )
    .option('--by-hand <file>', 'pairs a person wrote: good TAB bad, or a sentence a line in turn')
    .option('--seed <n>', 'of the words that a template draws', whole(0), 1)
    .option(
      '--pairs <n>',
      'pairs of each class of a template that does not say how many',
      whole(1),
      100,
    )
    .option(
      '--blimp',
      `download BLiMP as released (${(blimp.bytes / 1e6).toFixed(1)} MB, ${blimp.licence}), checked by its sha256`,
    )
    .option('--name <name>', 'name of the suite that is made; the file’s where left out')
    .option('--preview', 'say what would be read, and store nothing')
    .option('--json', 'as one JSON document')
    .action((project: string, source: string | undefined, options: SuiteOptions) =>
      withProject(project, async (session) => {
        const { columns, preview, json } = options;
        const written = options.template ?? options.byHand;
        const asked = [source, written, options.blimp].filter((one) => one !== undefined);
        if (asked.length !== 1) throw new UsageError('Give a suite to read, or --blimp, or --template FILE, or --by-hand FILE.'); // prettier-ignore
        if (written !== undefined) return writeSuite(session, written, options);
        if (source === undefined) return addBlimp(session, json);
        if (preview) {
          const found = await session.call('suites.preview', { path: source, columns });
          if (json) return printJson(found);
          print(`${found.format ?? 'no known format'}; columns: ${found.columns.join(', ') || 'none'}; ${found.classes} classes, ${found.pairs} pairs`); // prettier-ignore
          if (found.problem !== null) say(found.problem);
          return printList(found.examples, {}, 'No pair is read.');
        }
        printSuite(await session.call('suites.add', { path: source, columns }), json);
      }),
    );
}

function printSuite(suite: SuiteInfo, json = false): void {
  if (json) printJson(suite);
  else print(`${suite.name}: ${suite.classes} classes, ${suite.pairs} pairs; ${suite.source}; licence ${suite.licence}`); // prettier-ignore
}

async function addBlimp(session: Session, json?: boolean): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gardenpath-download-'));
  try {
    const file = path.join(folder, blimp.file);
    await download(blimp, file, fetch);
    printSuite(await session.call('suites.add', { path: file }), json);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A suite of templates or of pairs written by hand. */
async function writeSuite(session: Session, file: string, options: SuiteOptions): Promise<void> {
  const { template, seed, pairs, preview, json } = options;
  const { text } = await textFile(file);
  const draft: SuiteDraft = { kind: template === undefined ? 'pairs' : 'template', text, seed, pairs }; // prettier-ignore
  const found = await session.call('drafts.preview', { draft });
  if (found.problem) throw new AppError('bad-file', `${path.basename(file)}: ${found.problem.message}`); // prettier-ignore
  for (const { uid, warnings } of found.classes)
    for (const warning of warnings) say(`${uid}: ${warning}`);
  if (preview) {
    if (json) return printJson(found);
    return printList(found.classes.map(({ uid, pairs: made, choices, examples: [first] }) => ({ class: uid, pairs: made, choices, good: first?.good, bad: first?.bad })), {}, 'There is no class in it yet.'); // prettier-ignore
  }
  const name = options.name ?? path.basename(file, path.extname(file));
  const suite = await session.call('drafts.save', { draft, name });
  if (json) return printJson(suite);
  print(`${suite.name}: ${suite.classes} classes, ${suite.pairs} pairs; ${suite.source}`);
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
