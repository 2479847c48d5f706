// Where the files of resources/ lie: the same from the sources, from a build, and in a packed app.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of a file or folder in resources/, which lies in a folder above this module. */
export function resourcePath(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'resources', 'published.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(`resources/ is not in a folder above ${import.meta.url}`);
    folder = parent;
  }
  return join(folder, 'resources', name);
}
