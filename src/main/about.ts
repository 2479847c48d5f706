// What About says: the versions of all that matters to a figure, and under which licences it is used.
import { app, type AboutPanelOptionsOptions } from 'electron';
import { enginePins } from '../shared/engine-pin.ts';

export function about(icon: string): AboutPanelOptionsOptions {
  const { electron, chrome, node } = process.versions;
  const tensorflow = enginePins[`${process.platform}-${process.arch}`]?.version ?? '';
  return {
    applicationName: 'Gardenpath',
    applicationVersion: app.getVersion(),
    version: `Electron ${electron}, Chromium ${chrome}, Node ${node}`,
    copyright: 'MIT licence',
    credits: `Made of TensorFlow ${tensorflow} (Apache-2.0), TensorFlow.js (Apache-2.0), tokenizers (Apache-2.0), SQLite (public domain), Svelte, D3 and others; Help → Licences has them all.`,
    iconPath: icon,
  };
}
