// TensorFlow for an installed app: asked for, downloaded, handed to the lab, which checks and unpacks it. Also: what a
// person sends with the report of a fault.
import { app, dialog, shell, type BrowserWindow } from 'electron';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Handlers } from '../shared/api.ts';
import type { engineDialogs } from '../shared/engine-api.ts';
import { enginePins, type EnginePin } from '../shared/downloads.ts';
import { AppError } from '../shared/errors.ts';
import type { Emit } from '../shared/events.ts';
import type { LabHost } from './lab-host.ts';
import { withDownload } from './network.ts';

export interface EngineParts {
  lab: LabHost;
  window: () => BrowserWindow;
  userData: string;
  emit: Emit;
}

/** What the lab of an installed app is told of where TensorFlow lies; one from its source knows it from set-up. */
export const engineEnvironment = (userData: string): NodeJS.ProcessEnv =>
  app.isPackaged
    ? {
        GARDENPATH_ENGINE: join(userData, 'engine'),
        GARDENPATH_ADDON: join(process.resourcesPath, 'engine', 'tfjs_binding.node'),
        ...process.env,
      }
    : process.env;

export function engineHandlers(parts: EngineParts): Handlers<typeof engineDialogs> {
  const { lab, window, userData } = parts;
  return {
    'shell.getEngine': async () => {
      const pin = enginePins[`${process.platform}-${process.arch}`];
      if (!app.isPackaged)
        throw new AppError('bad-config', 'This Gardenpath runs from its source. To get TensorFlow: npm run setup, in its folder.'); // prettier-ignore
      if (!pin)
        throw new AppError('bad-config', `There is no TensorFlow for ${process.platform} on ${process.arch} yet that an installed Gardenpath can use. Run it from its source.`); // prettier-ignore
      const from = await askWhence(window(), pin);
      if (from === 'nowhere') return null;
      if (from === 'file') {
        const path = await chooseWheel(window(), pin);
        return path === null ? null : lab.call('engine.install', { path });
      }
      const told = (share: number) => parts.emit('engine.progressed', { stage: 'downloading', share }); // prettier-ignore
      return withDownload(pin, userData, (path) => lab.call('engine.install', { path }), told);
    },

    'shell.saveDiagnostics': async () => {
      const { canceled, filePath } = await dialog.showSaveDialog(window(), {
        title: 'Diagnostics: versions and counts, without texts, names or paths',
        defaultPath: 'gardenpath-diagnostics.json',
      });
      if (canceled || filePath === '') return { saved: false };
      const known = await lab.call('diagnostics.get', {});
      await writeFile(filePath, `${JSON.stringify({ ...machine(), ...known }, null, 2)}\n`);
      return { saved: true };
    },

    'shell.showAbout': () => {
      app.showAboutPanel();
      return Promise.resolve(null);
    },

    'shell.showLicences': async () => {
      const file = join(import.meta.dirname, '../licences.txt');
      if (!existsSync(file))
        throw new AppError('not-found', 'The licences are gathered when the app is packed (npm run dist).'); // prettier-ignore
      const shown = join(userData, 'licences.txt'); // programs do not read inside the app's archive
      await writeFile(shown, await readFile(file));
      await shell.openPath(shown);
      return null;
    },
  };
}

async function askWhence(window: BrowserWindow, pin: EnginePin) {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: `Gardenpath needs TensorFlow ${pin.version} to train and score models.`,
    detail: `It can be downloaded now: ${Math.round(pin.bytes / 1e6)} MB from ${new URL(pin.url).host}, under the licence ${pin.licence}, checked by its sha256 and kept with Gardenpath’s own data (0.6 GB). Nothing else is sent or fetched. Without a network, choose a file that you got elsewhere: ${pin.file}`,
    buttons: ['Download', 'Choose a file…', 'Not now'],
    defaultId: 0,
    cancelId: 2,
  });
  return (['network', 'file', 'nowhere'] as const)[response] ?? 'nowhere';
}

async function chooseWheel(window: BrowserWindow, pin: EnginePin): Promise<string | null> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: `Choose ${pin.file}`,
    properties: ['openFile'],
    filters: [{ name: 'Wheel', extensions: ['whl', 'zip'] }],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

const machine = () => ({
  gardenpath: app.getVersion(),
  packaged: app.isPackaged,
  versions: { electron: process.versions.electron, chrome: process.versions.chrome, node: process.versions.node }, // prettier-ignore
  system: { platform: process.platform, release: release(), arch: process.arch, memoryBytes: totalmem(), processor: cpus()[0]?.model, processors: cpus().length }, // prettier-ignore
});
