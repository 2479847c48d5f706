// What the application's menu asks of the window.
import type { MenuCommand } from '../../shared/events.ts';
import type { Command } from './commands.svelte.ts';
import { call } from '../client.ts';
import { definitions } from '../state/definitions.ts';
import { exchange, openPacked, saveJudgements, takeInJudgements, writeParquet, writeSamples } from '../state/exchange.svelte.ts'; // prettier-ignore
import { look } from '../state/look.svelte.ts';
import { attempt, notices } from '../state/notices.svelte.ts';
import { project } from '../state/project.svelte.ts';
import { route } from '../state/route.svelte.ts';

/** Everything that the project knows, into one zip. */
async function exportAll(): Promise<void> {
  if (!project.info) return;
  if ((await attempt(call('shell.exportAll')))?.saved)
    notices.say('Everything is saved in one zip');
}

/** The study repeated on the run looked at, by the definitions that Stuck shows, as a folder of files. */
async function writeReport(): Promise<void> {
  if (!project.info) return;
  const answer = await attempt(call('shell.report', { ...look.where, ...definitions() }));
  if (answer?.saved) notices.say(`The report lies in ${answer.folder}; open its index.html`);
}

async function saveDiagnostics(): Promise<void> {
  if ((await attempt(call('shell.saveDiagnostics')))?.saved)
    notices.say('The diagnostics are saved; look through them before you send them');
}

/** The menu's commands but those that App itself answers. */
export const menuActions: Partial<Record<MenuCommand, () => void>> = {
  'project.new': () => void attempt(call('shell.newProject')),
  'project.open': () => void attempt(call('shell.openProject')),
  'project.close': () => void attempt(call('shell.closeProject')),
  'run.new': () => {
    if (project.info) route.go({ page: 'new-run' });
  },
  'corpus.add': () => void attempt(call('shell.addCorpus')),
  'suite.add': () => void exchange.addSuite('file'),
  'blimp.get': () => void exchange.getBlimp(),
  'suite.write': () => {
    if (project.info) route.go({ page: 'own-classes' });
  },
  'scores.import': () => void exchange.importScores('file'),
  'models.import': () => void exchange.importModels(),
  'judgements.import': () => void takeInJudgements(),
  'project.pack': () => exchange.pack(),
  'project.unpack': () => void openPacked(),
  'export.all': () => void exportAll(),
  'report.write': () => void writeReport(),
  'glossary.show': () => {
    if (project.info) route.go({ page: 'glossary' });
  },
  'diagnostics.save': () => void saveDiagnostics(),
  'licences.show': () => void attempt(call('shell.showLicences')),
  'annotations.undo': () => void project.undo(),
  'annotations.redo': () => void project.redo(),
};

const byPalette = (title: string, command: MenuCommand, group: Command['group'] = 'Project'): Command => ({ title, group, keys: [], run: () => menuActions[command]?.() }); // prettier-ignore
/** Those of them that have no key in the window; the palette has them. */
export const projectCommands: Command[] = [
  byPalette('New project…', 'project.new'),
  byPalette('Open a project…', 'project.open'),
  byPalette('Close the project', 'project.close'),
  byPalette('Add a corpus…', 'corpus.add'),
  byPalette('Add a suite…', 'suite.add'),
  byPalette('Download BLiMP…', 'blimp.get'),
  { title: 'Add a suite, a folder of files…', group: 'Project', keys: [], run: () => void exchange.addSuite('folder') }, // prettier-ignore
  byPalette('Import scores of another program…', 'scores.import'),
  { title: 'Import scores, a folder of files…', group: 'Project', keys: [], run: () => void exchange.importScores('folder') }, // prettier-ignore
  byPalette('Import models…', 'models.import'),
  byPalette('Take in judgements…', 'judgements.import'),
  byPalette('Open a packed project…', 'project.unpack'),
  byPalette('Pack the project…', 'project.pack', 'Taking out'),
  { title: 'Save the judgements as CSV…', group: 'Taking out', keys: [], run: () => void saveJudgements('csv') }, // prettier-ignore
  { title: 'Save the judgements for Label Studio…', group: 'Taking out', keys: [], run: () => void saveJudgements('label-studio') }, // prettier-ignore
  { title: 'Write tables as Parquet…', group: 'Taking out', keys: [], run: () => void writeParquet() }, // prettier-ignore
  { title: 'Write lm-eval samples…', group: 'Taking out', keys: [], run: () => void writeSamples() }, // prettier-ignore
  byPalette('Report…', 'report.write', 'Taking out'),
  byPalette('Export everything as a zip…', 'export.all', 'Taking out'),
  byPalette('Save diagnostics…', 'diagnostics.save', 'Anywhere'),
  byPalette('Licences', 'licences.show', 'Anywhere'),
  { title: 'About Gardenpath', group: 'Anywhere', keys: [], run: () => void attempt(call('shell.showAbout')) }, // prettier-ignore
];
