// TensorFlow's libraries out of the pinned wheel, for an app that was installed and not set up from its source. They
// appear beside the addon that came with the app, all at once or not at all.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Unzip, UnzipInflate, UnzipPassThrough } from 'fflate';
import { AppError } from '../../../shared/errors.ts';
import type { EnginePin } from '../../../shared/downloads.ts';

const isLibrary = /^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/;
const blockBytes = 1 << 20;

export interface EnginePlace {
  /** The addon that came with the app. */
  addon: string;
  /** Where addon and libraries come to lie together. */
  folder: string;
}

/**
 * @param onShare told how much is done, up to 1
 * @throws AppError 'bad-file' where the wheel is not the pinned one, or the disk has no room
 */
export async function installEngine(
  wheel: string,
  pin: Pick<EnginePin, 'sha256' | 'file'>,
  { addon, folder }: EnginePlace,
  onShare: (share: number) => void,
): Promise<void> {
  await checkSum(wheel, pin, (share) => onShare(share / 4));
  const part = `${folder}.part`;
  fs.rmSync(part, { recursive: true, force: true });
  fs.mkdirSync(path.join(part, 'tensorflow'), { recursive: true });
  try {
    await unpack(wheel, part, (share) => onShare(0.25 + 0.75 * share));
    fs.copyFileSync(addon, path.join(part, path.basename(addon)));
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(part, folder);
  } catch (error) {
    fs.rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

async function checkSum(
  wheel: string,
  { sha256, file }: Pick<EnginePin, 'sha256' | 'file'>,
  onShare: (share: number) => void,
): Promise<void> {
  const hash = createHash('sha256');
  await eachBlock(wheel, (block, share) => {
    hash.update(block);
    onShare(share);
  });
  if (hash.digest('hex') !== sha256)
    throw new AppError('bad-file', `${path.basename(wheel)} is not the file that Gardenpath was made for (its sha256 is another), so it was not used. Download it again; it is called ${file}.`); // prettier-ignore
}

async function unpack(wheel: string, into: string, onShare: (share: number) => void) {
  const open = new Set<number>();
  let found = 0;
  const unzip = new Unzip((entry) => {
    if (!isLibrary.test(entry.name)) return;
    found++;
    const fd = fs.openSync(path.join(into, entry.name), 'wx');
    open.add(fd);
    entry.ondata = (error, data, isLast) => {
      if (error) throw error;
      for (let done = 0; done < data.length;) done += fs.writeSync(fd, data, done);
      if (!isLast) return;
      fs.fsyncSync(fd);
      fs.closeSync(fd);
      open.delete(fd);
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  unzip.register(UnzipPassThrough);
  try {
    await eachBlock(wheel, (block, share) => {
      unzip.push(block);
      onShare(share);
    });
    unzip.push(new Uint8Array(), true);
    if (found !== 2 || open.size > 0)
      throw new AppError('bad-file', `${path.basename(wheel)} lacks TensorFlow’s libraries.`);
  } finally {
    for (const fd of open) fs.closeSync(fd);
  }
}

/** Reads a file block by block; others get their turn in between. */
async function eachBlock(file: string, use: (block: Buffer, share: number) => void): Promise<void> {
  let done = 0;
  const { size } = fs.statSync(file);
  for await (const block of fs.createReadStream(file, { highWaterMark: blockBytes })) {
    done += (block as Buffer).length;
    use(block as Buffer, done / size);
  }
}
