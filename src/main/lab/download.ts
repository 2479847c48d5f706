// A file from the network, which a person asked for: fetched from its one address and checked by its sha256.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Download } from '../../shared/downloads.ts';
import { AppError } from '../../shared/errors.ts';

const tellEveryMs = 200;

/**
 * @param fetchIt Node's `fetch`, or that of an Electron session, which knows the system's proxies
 * @param onShare told now and then how much of it is there, up to 1
 * @throws AppError bad-file: it cannot be had, or is not what it should be; nothing is left at `to`
 */
export async function download(
  { name, url, bytes, sha256 }: Download,
  to: string,
  fetchIt: (url: string) => Promise<Response>,
  onShare: (share: number) => void = () => undefined,
): Promise<void> {
  const failed = (why: string) =>
    new AppError('bad-file', `${name} could not be downloaded (${why}). Try again, or get the file elsewhere and choose it.`); // prettier-ignore
  const file = createWriteStream(to);
  try {
    const { ok, status, body } = await fetchIt(url);
    if (!ok || !body) throw failed(`${new URL(url).host} answered ${status}`);
    const hash = createHash('sha256');
    let [done, told] = [0, 0];
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      done += chunk.length;
      if (done > bytes) throw failed('it is longer than it should be');
      hash.update(chunk);
      if (!file.write(chunk)) await once(file, 'drain');
      if (Date.now() - told > tellEveryMs) {
        told = Date.now();
        onShare(done / bytes);
      }
    }
    file.end();
    await finished(file);
    if (hash.digest('hex') !== sha256) throw failed(`it is not the file that it should be: its sha256 is another`); // prettier-ignore
  } catch (error) {
    file.destroy();
    await rm(to, { force: true });
    throw error instanceof AppError ? error : failed(reasonOf(error));
  }
}

/** Node's fetch says only “fetch failed”; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
