// A project from a zip, which may come from a stranger: only files that a project has, only inside its folder, and no
// more of them than the zip could honestly hold.
import fs from 'node:fs';
import path from 'node:path';
import { Unzip, UnzipInflate, UnzipPassThrough, type UnzipFile } from 'fflate';
import { AppError } from '../../../shared/errors.ts';
import type { ExportReport } from '../../../shared/workbench.ts';
import { openProject } from '../store/project.ts';
import type { Writing } from './writing.ts';

/** project.sqlite, and what lies in checkpoints/<run>/<state>/. */
const isOurs = /^(project\.sqlite|checkpoints\/\d+\/[\w-]+\/[\w.-]+)$/;
const chunkBytes = 1 << 16; // unpacks to 64 MB at most
/** Project files shrink to a fifth or so. What grows beyond this was made to fill the disk. */
const mostBytes = (zipBytes: number): number => 100 * zipBytes + 2 ** 24;

/**
 * Makes the project, whole or not at all.
 * @throws AppError 'bad-file', 'cancelled'
 */
export async function unpackProject(
  file: string,
  folder: string,
  writing: Writing,
): Promise<ExportReport> {
  if (fs.existsSync(folder) && fs.readdirSync(folder).length > 0)
    throw new AppError('bad-file', `${folder} is not empty. Choose an empty or a new folder.`);
  if (!fs.existsSync(file)) throw new AppError('bad-file', `There is no file ${file}.`);
  const part = `${folder}.part`;
  fs.rmSync(part, { recursive: true, force: true });
  fs.mkdirSync(path.join(part, 'checkpoints'), { recursive: true });
  try {
    const report = await extract(file, part, writing);
    if (!fs.existsSync(path.join(part, 'project.sqlite')))
      throw new AppError('bad-file', `${path.basename(file)} is no packed project: there is no project.sqlite in it.`); // prettier-ignore
    openProject(part).close();
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(part, folder);
    return report;
  } catch (error) {
    fs.rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

async function extract(file: string, into: string, writing: Writing): Promise<ExportReport> {
  const zip = path.basename(file);
  const report: ExportReport = { files: 0, bytes: 0 };
  const zipBytes = fs.statSync(file).size;
  const allowed = mostBytes(zipBytes);
  writing.expect(zipBytes);
  let open = 0;
  const take = (entry: UnzipFile): void => {
    if (entry.name.endsWith('/')) return;
    if (!isOurs.test(entry.name) || entry.name.split('/').includes('..'))
      throw new AppError('bad-file', `${zip} holds “${entry.name}”, which no project has. Nothing was unpacked.`); // prettier-ignore
    const target = path.join(into, entry.name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const fd = fs.openSync(target, 'wx');
    report.files++;
    open++;
    entry.ondata = (error, data, isLast) => {
      if (error) throw error;
      report.bytes += data.length;
      if (report.bytes > allowed)
        throw new AppError('bad-file', `${zip} unpacks to far more than a project of its size can be. Nothing was unpacked.`); // prettier-ignore
      fs.writeSync(fd, data);
      if (!isLast) return;
      fs.closeSync(fd);
      open--;
    };
    entry.start();
  };
  const unzip = new Unzip(take);
  unzip.register(UnzipInflate);
  unzip.register(UnzipPassThrough);
  const fd = fs.openSync(file, 'r');
  try {
    for (let read = -1; read !== 0;) {
      const chunk = new Uint8Array(chunkBytes);
      read = fs.readSync(fd, chunk);
      unzip.push(chunk.subarray(0, read), read === 0);
      writing.did(read);
      await writing.rest();
    }
  } catch (error) {
    if (error instanceof AppError || (error instanceof Error && 'syscall' in error)) throw error;
    throw new AppError('bad-file', `${zip} is no zip archive that can be read. Ask for it again.`, String(error)); // prettier-ignore
  } finally {
    fs.closeSync(fd);
  }
  if (open > 0 || report.files === 0)
    throw new AppError('bad-file', `${zip} is no zip archive, or a part of it is missing. Ask for it again.`); // prettier-ignore
  return report;
}
