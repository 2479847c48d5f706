// Which Electron runs the tests: the one that set-up put into node_modules/electron. It is looked for by
// hand, since `import 'electron'` starts a download where it is missing.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
const electronFolder = join(root, 'node_modules/electron');

export interface Electron {
  executable: string;
  version: string;
}

/** null where Electron is not installed. */
export function findElectron(): Electron | null {
  const pathFile = join(electronFolder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const dist = join(electronFolder, 'dist');
  const executable = join(dist, readFileSync(pathFile, 'utf8').trim());
  if (!existsSync(executable)) return null;
  return { executable, version: readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '') }; // prettier-ignore
}
