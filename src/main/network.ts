// The app's one way to the network: a file that a person asked for, from the address in src/shared/downloads.ts.
import { session } from 'electron';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Download } from '../shared/downloads.ts';
import { download } from './lab/download.ts';

/** Downloads a file, has something done with it, and removes it. Proxies are those of the system. */
export async function withDownload<Result>(
  wanted: Download,
  userData: string,
  use: (path: string) => Promise<Result>,
  onShare?: (share: number) => void,
): Promise<Result> {
  const folder = await mkdtemp(join(userData, 'download-'));
  try {
    const path = join(folder, wanted.file);
    const network = session.fromPartition('download'); // of its own: the window's has none
    await download(wanted, path, (url) => network.fetch(url), onShare);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
