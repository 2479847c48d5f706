// The files of a suite: in a zip, in a folder, or one by itself.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { AppError } from '../../../shared/errors.ts';

export interface SuiteFile {
  /** With the folders it lies in, for messages. */
  name: string;
  text: string;
}

/** BLiMP's 67 files are 28 MB. Nothing near these limits is a suite; a zip may well be made to fill the memory. */
const maxFileBytes = 128 << 20;
const maxTotalBytes = 512 << 20;

/** What suites are kept in. Of a folder with several kinds the first is the suite, and the others are beside it. */
const kinds = ['.jsonl', '.csv', '.tsv', '.json', '.txt'];
const plain = (name: string) => name.replace(/\.gz$/i, '');
const kindOf = (name: string) => kinds.indexOf(extname(plain(name)).toLowerCase());
const isBeside = /^(\.|__MACOSX$|(readme|licen[cs]e|notice|changelog)\b)/i;
const isSuiteFile = (name: string) => kindOf(name) >= 0 && !name.split('/').some((part) => isBeside.test(part)); // prettier-ignore

/** Those of the suite among some names, with folders. */
function ofOneKind(names: readonly string[]): string[] {
  const files = names.filter(isSuiteFile);
  const kind = Math.min(...files.map(kindOf));
  return files.filter((name) => kindOf(name) === kind);
}

function tooLarge(name: string): AppError {
  return new AppError('bad-file', `${name} is too large for a suite of minimal pairs (more than ${maxFileBytes >> 20} MB a file or ${maxTotalBytes >> 20} MB in all).`); // prettier-ignore
}

function decode(bytes: Uint8Array, name: string): SuiteFile {
  if (bytes.length > maxFileBytes) throw tooLarge(name);
  const content = plain(name) === name ? bytes : gunzipped(bytes, name);
  try {
    return { name: plain(name), text: new TextDecoder('utf-8', { fatal: true }).decode(content) };
  } catch {
    throw new AppError('bad-file', `${name} is not valid UTF-8 text. Save it as UTF-8.`);
  }
}

function gunzipped(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: maxFileBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(name);
    throw new AppError('bad-file', `${name} is no gzip file that can be read. Download it again.`, String(error)); // prettier-ignore
  }
}

async function filesInZip(path: string): Promise<SuiteFile[]> {
  const zip = basename(path);
  if ((await stat(path)).size > maxTotalBytes) throw tooLarge(zip);
  const bytes = await readFile(path);
  try {
    const names: string[] = [];
    unzipSync(bytes, { filter: ({ name }) => (names.push(name), false) });
    const wanted = new Set(ofOneKind(names));
    let total = 0;
    const files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!wanted.has(name)) return false;
        total += originalSize;
        if (originalSize > maxFileBytes || total > maxTotalBytes) throw tooLarge(`${zip}: ${name}`);
        return true;
      },
    });
    return Object.entries(files).map(([name, content]) => decode(content, name));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('bad-file', `${zip} is no zip archive that can be read. Download it again.`, String(error)); // prettier-ignore
  }
}

async function filesInFolder(folder: string): Promise<SuiteFile[]> {
  const names = (await readdir(folder, { recursive: true })).map((name) => name.split(sep).join('/')); // prettier-ignore
  const files: SuiteFile[] = [];
  let total = 0;
  for (const name of ofOneKind(names)) {
    const { size } = await stat(join(folder, name));
    total += size;
    if (size > maxFileBytes || total > maxTotalBytes) throw tooLarge(name);
    files.push(decode(await readFile(join(folder, name)), name));
  }
  return files;
}

/** One file of text. Throws AppError('bad-file'). */
export async function textFile(path: string): Promise<SuiteFile> {
  const name = basename(path);
  try {
    if ((await stat(path)).size > maxFileBytes) throw tooLarge(name);
    return decode(await readFile(path), name);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('bad-file', `${basename(path)} cannot be read: ${error instanceof Error ? error.message : String(error)}`, path); // prettier-ignore
}

/**
 * Reads the files of a zip or folder, by name, or one file; leaves out what macOS adds and what is only beside a suite.
 * Throws AppError('bad-file').
 */
export async function suiteFiles(path: string): Promise<SuiteFile[]> {
  const name = basename(path);
  try {
    const isFolder = (await stat(path)).isDirectory();
    const files = isFolder
      ? await filesInFolder(path)
      : name.toLowerCase().endsWith('.zip')
        ? await filesInZip(path)
        : [await textFile(path)];
    if (files.length === 0)
      throw new AppError('bad-file', `${name} holds no *.jsonl file, and none of ${kinds.slice(1).join(', ')}. A suite is BLiMP's zip, or a folder of files like its own.`, path); // prettier-ignore
    return files.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(path, error);
  }
}
