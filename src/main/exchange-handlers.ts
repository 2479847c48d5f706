// Bringing things in and taking them out: the dialogs, and what the lab does with the paths that were chosen.
import { dialog, type OpenDialogOptions, type SaveDialogOptions } from 'electron';
import type { Handlers } from '../shared/api.ts';
import { blimp } from '../shared/downloads.ts';
import type { exchangeDialogs } from '../shared/exchange-api.ts';
import { Chosen } from './chosen.ts';
import { withDownload } from './network.ts';
import { shownPath } from './recents.ts';
import { openProject, type ShellParts } from './shell-handlers.ts';

const zip = [{ name: 'Packed project', extensions: ['zip'] }];

/** The dialog for each kind of thing that is chosen first and looked at before it is taken in. */
const choices = {
  'suite-file': {
    title: 'Add a suite',
    properties: ['openFile'],
    filters: [{ name: 'Minimal pairs', extensions: ['zip', 'jsonl', 'json', 'csv', 'tsv', 'txt'] }],
  },
  'suite-folder': { title: 'Add a suite', properties: ['openDirectory'] },
  'scores-file': {
    title: 'Import scores',
    properties: ['openFile'],
    filters: [{ name: 'Scores', extensions: ['jsonl', 'json', 'csv', 'tsv', 'txt', 'gz', 'zip'] }],
  },
  'scores-folder': { title: 'Import scores', properties: ['openDirectory'] },
  models: {
    title: 'Import models: a folder with config.json, or one of checkpoint folders',
    properties: ['openDirectory', 'multiSelections'],
  },
} satisfies Record<string, OpenDialogOptions>;

export function exchangeHandlers(parts: ShellParts): Handlers<typeof exchangeDialogs> {
  const { lab, userData, window } = parts;
  const chosen = new Chosen();

  const open = async (options: OpenDialogOptions): Promise<string[]> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window(), options);
    return canceled ? [] : filePaths;
  };
  const saveTo = async (options: SaveDialogOptions): Promise<string | null> => {
    const { canceled, filePath } = await dialog.showSaveDialog(window(), options);
    return canceled || filePath === '' ? null : filePath;
  };
  const projectName = async (): Promise<string> => (await lab.call('project.info', {}))?.name ?? 'project'; // prettier-ignore

  /** A folder to write into, named after the project. */
  const folderFor = async (title: string, what: string): Promise<string | null> =>
    saveTo({
      title,
      buttonLabel: 'Write files',
      nameFieldLabel: 'Folder:',
      defaultPath: `${await projectName()}-${what}`,
      properties: ['createDirectory'],
    });

  return {
    'shell.choose': async ({ what }) => {
      const paths = await open(choices[what]);
      return paths.length === 0 ? null : chosen.add(paths);
    },

    'shell.previewSuite': ({ chosen: id, ...rest }) => lab.call('suites.preview', { path: chosen.pathOf(id), ...rest }), // prettier-ignore
    'shell.addSuite': ({ chosen: id, ...rest }) => lab.call('suites.add', { path: chosen.pathOf(id), ...rest }), // prettier-ignore
    'shell.getBlimp': async () => {
      const { response } = await dialog.showMessageBox(window(), {
        type: 'question',
        message: 'Download BLiMP?',
        detail: `${(blimp.bytes / 1e6).toFixed(1)} MB from ${new URL(blimp.url).host}, as released, under the licence ${blimp.licence}, checked by its sha256. Nothing else is sent or fetched. Without a network, add a BLiMP.zip that you got elsewhere.`,
        buttons: ['Download', 'Cancel'],
        defaultId: 0,
        cancelId: 1,
      });
      return response === 0
        ? withDownload(blimp, userData, (path) => lab.call('suites.add', { path }))
        : null;
    },
    'shell.previewScores': ({ chosen: id, ...rest }) => lab.call('scores.preview', { path: chosen.pathOf(id), ...rest }), // prettier-ignore
    'shell.importScores': ({ chosen: id, ...rest }) => lab.call('scores.import', { path: chosen.pathOf(id), ...rest }), // prettier-ignore
    'shell.previewModels': ({ chosen: id }) => lab.call('models.preview', { paths: chosen.pathsOf(id) }), // prettier-ignore
    'shell.importModels': ({ chosen: id, ...rest }) => lab.call('runs.import', { paths: chosen.pathsOf(id), ...rest }), // prettier-ignore

    'shell.importJudgements': async () => {
      const [path] = await open({
        title: 'Take in judgements',
        properties: ['openFile'],
        filters: [{ name: 'Judgements', extensions: ['csv', 'json'] }],
      });
      return path === undefined ? null : lab.call('judgements.import', { path });
    },

    'shell.writeSamples': async (selection) => {
      const path = await folderFor('Scores as lm-evaluation-harness logs samples', 'samples');
      if (path === null) return null;
      const report = await lab.call('samples.write', { ...selection, path });
      return { ...report, shownPath: shownPath(path) };
    },

    'shell.writeParquet': async () => {
      const path = await folderFor('Tables as Parquet', 'parquet');
      if (path === null) return null;
      const report = await lab.call('parquet.write', { path });
      return { ...report, shownPath: shownPath(path) };
    },

    'shell.packProject': async ({ weights }) => {
      const path = await saveTo({
        title: 'Pack the project',
        defaultPath: `${await projectName()}.zip`,
        filters: zip,
      });
      if (path === null) return null;
      const report = await lab.call('project.pack', { path, weights });
      return { ...report, shownPath: shownPath(path) };
    },

    'shell.unpackProject': async () => {
      const [path] = await open({
        title: 'Open a packed project',
        properties: ['openFile'],
        filters: zip,
      });
      if (path === undefined) return null;
      const folder = await saveTo({
        title: 'Where the project is to be unpacked',
        buttonLabel: 'Unpack here',
        nameFieldLabel: 'Project folder:',
        defaultPath: path.replace(/\.zip$/i, ''),
        properties: ['createDirectory'],
      });
      if (folder === null) return null;
      await lab.call('project.unpack', { path, folder });
      return openProject(parts, 'project.open', folder);
    },
  };
}
