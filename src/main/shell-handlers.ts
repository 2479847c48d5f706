// What the window asks of the shell: dialogs, recent projects, the demo, the clipboard. Paths that a
// person chooses in a dialog go from here to the lab and never through the window.
import { clipboard, dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Handlers, shellApi } from '../shared/api.ts';
import { startDemoRun } from '../shared/demo.ts';
import { AppError } from '../shared/errors.ts';
import type { Emit } from '../shared/events.ts';
import { engineHandlers } from './engine-handlers.ts';
import { exchangeHandlers } from './exchange-handlers.ts';
import type { LabHost } from './lab-host.ts';
import { shownPath, type Recents } from './recents.ts';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface ShellParts {
  lab: LabHost;
  recents: Recents;
  window: () => BrowserWindow;
  userData: string;
  emit: Emit;
  /** Gives the address that came from outside, once. */
  takeAddress: () => string | null;
}

/** Opens or makes a project and puts it at the head of the recent ones. */
export async function openProject(
  { lab, recents }: Pick<ShellParts, 'lab' | 'recents'>,
  how: 'project.open' | 'project.create',
  path: string,
) {
  const project = await lab.open(how, path);
  recents.add(path);
  return project;
}

export function shellHandlers(parts: ShellParts): Handlers<typeof shellApi> {
  const { lab, recents, window, userData, takeAddress } = parts;

  const choose = async (options: OpenDialogOptions): Promise<string | null> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window(), options);
    return canceled ? null : (filePaths[0] ?? null);
  };

  /** Asks where, and writes there. */
  const save = async (suggestedName: string, content: string | Buffer) => {
    const { canceled, filePath } = await dialog.showSaveDialog(window(), {
      defaultPath: basename(suggestedName.replaceAll('\\', '/')),
    });
    if (canceled || filePath === '') return { saved: false };
    await writeFile(filePath, content);
    return { saved: true };
  };

  return {
    ...exchangeHandlers(parts),
    ...engineHandlers(parts),

    'shell.recents': () => recents.list(),

    'shell.newProject': async () => {
      const { canceled, filePath } = await dialog.showSaveDialog(window(), {
        title: 'New project',
        buttonLabel: 'Make project',
        nameFieldLabel: 'Project folder:',
        properties: ['createDirectory', 'showOverwriteConfirmation'],
      });
      return canceled || filePath === '' ? null : openProject(parts, 'project.create', filePath);
    },

    'shell.openProject': async () => {
      const path = await choose({ title: 'Open project', properties: ['openDirectory'] });
      return path === null ? null : openProject(parts, 'project.open', path);
    },

    'shell.openRecent': ({ id }) => {
      const path = recents.pathOf(id);
      if (path === null)
        throw new AppError('not-found', 'This project is no longer in the list. Open its folder instead.'); // prettier-ignore
      return openProject(parts, 'project.open', path);
    },

    'shell.forgetRecent': ({ id }) => {
      recents.forget(id);
      return null;
    },

    'shell.closeProject': () => lab.close(),

    'shell.openDemo': async () => {
      const path = join(userData, 'Demo');
      const how = existsSync(join(path, 'project.sqlite')) ? 'project.open' : 'project.create';
      const project = await openProject(parts, how, path);
      const isNew = !project.readOnly && (await lab.call('runs.list', {})).length === 0;
      if (isNew) await startDemoRun(lab);
      return project;
    },

    'shell.addCorpus': async () => {
      const path = await choose({ title: 'Add a corpus', properties: ['openDirectory'] });
      return path === null ? null : lab.call('corpora.add', { path });
    },

    'shell.addTokenizer': async () => {
      const path = await choose({
        title: 'Add a tokenizer (tokenizer.json, or vocab.json beside merges.txt)',
        properties: ['openFile'],
        filters: [{ name: 'Tokenizer', extensions: ['json'] }],
      });
      return path === null ? null : lab.call('tokenizers.add', { path });
    },

    'shell.saveText': ({ suggestedName, text }) => save(suggestedName, text),

    'shell.savePng': ({ suggestedName, base64 }) => {
      const picture = Buffer.from(base64, 'base64');
      if (!picture.subarray(0, 8).equals(pngSignature))
        throw new AppError('bad-params', 'Only PNG pictures can be saved as such.');
      return save(suggestedName, picture);
    },

    'shell.takeAddress': takeAddress,

    'shell.exportAll': async () => {
      const name = (await lab.call('project.info', {}))?.name ?? 'project';
      const { canceled, filePath } = await dialog.showSaveDialog(window(), {
        title: 'Export everything',
        defaultPath: `${name}-export.zip`,
        filters: [{ name: 'Zip', extensions: ['zip'] }],
      });
      if (canceled || filePath === '') return { saved: false };
      await lab.call('export.all', { path: filePath });
      return { saved: true };
    },

    'shell.report': async (params) => {
      const { canceled, filePath } = await dialog.showSaveDialog(window(), {
        title: 'Report',
        buttonLabel: 'Write report',
        nameFieldLabel: 'Folder:',
        defaultPath: `${(await lab.call('project.info', {}))?.name ?? 'project'}-report`,
        properties: ['createDirectory'],
      });
      if (canceled || filePath === '') return { saved: false, folder: '' };
      await lab.call('report.write', { ...params, path: filePath });
      return { saved: true, folder: shownPath(filePath) };
    },

    'shell.copyText': async ({ text }) => {
      await clipboard.writeText(text);
      return null;
    },
  };
}
