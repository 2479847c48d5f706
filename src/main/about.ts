// What About says: the versions of all that matters to a figure, and under which licences it is used.
import { app, type AboutPanelOptionsOptions } from 'electron';
import { enginePins } from '../shared/downloads.ts';

export function about(icon: string): AboutPanelOptionsOptions {
  const { electron, chrome, node } = process.versions;
  const tensorflow = enginePins[`${process.platform}-${process.arch}`]?.version ?? '';
  const version = `Electron ${electron}, Chromium ${chrome}, Node ${node}`;
  const madeOf = `TensorFlow ${tensorflow} (Apache-2.0), TensorFlow.js (Apache-2.0),\ntokenizers (Apache-2.0), SQLite (public domain), Svelte (MIT), D3 (ISC)\nand others; Help → Licences has them all.`;
  const licence = 'MIT licence';
  return {
    applicationName: 'Gardenpath',
    applicationVersion: app.getVersion(),
    version,
    // Linux's panel has no place for the version line and the credits.
    copyright: process.platform === 'linux' ? [licence, version, madeOf].join('\n\n') : licence,
    credits: `Made of ${madeOf.replaceAll('\n', ' ')}`,
    iconPath: icon,
  };
}
