// A corpus: which files it has, what is in them, and their lines as a stream.
import { createHash, type Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { embeddedLines, embeddedName, embeddedTexts, type EmbeddedText } from './embedded.ts';
import { corpusFiles, type FoundFile, type Split } from './folder.ts';
import { cannotRead, fileLines } from './lines.ts';
import { countWords } from './text.ts';

export { countWords } from './text.ts';
export type { Split } from './folder.ts';

export interface CorpusFile {
  /** Relative to the corpus, with forward slashes; what a person sees. */
  name: string;
  /** Absolute; of the embedded corpus the text's name. */
  path: string;
  split: Split;
  bytes: number;
  /** Lines that hold a word; blank lines are left out everywhere. */
  lines: number;
  /** Separated by white space. */
  words: number;
  sha256: string;
  /** How many of the last lines of a training file are held out (where the corpus has no *.dev). */
  heldOutLines: number;
}

export interface CorpusSummary {
  name: string;
  /** `embedded`, or the absolute path of a folder or a file. */
  source: string;
  files: CorpusFile[];
  /** Totals over the training files, their held-out lines with them. */
  lines: number;
  words: number;
  bytes: number;
  /** sha256 over the training and held-out texts in order, so the same whatever folder they lie in. */
  contentHash: string;
}

/** Told now and then how much of a total is done; the unit is the caller's to document. */
export type OnProgress = (done: number, total: number) => void;

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('cancelled', 'Cancelled.');
}

function lineBatches(source: string, file: FoundFile, hash?: Hash): AsyncGenerator<string[]> {
  return source === 'embedded'
    ? embeddedLines(file.path as EmbeddedText, hash)
    : fileLines(file.path, file.name, hash);
}

/** Reads one file through; `onBytes` is told how many bytes of lines have been read of it. */
async function inspectFile(
  source: string,
  file: FoundFile,
  onBytes: (bytes: number) => void,
): Promise<CorpusFile> {
  const hash = createHash('sha256');
  let [lines, words, lineBytes] = [0, 0, 0];
  for await (const batch of lineBatches(source, file, hash)) {
    lines += batch.length;
    for (const line of batch) {
      words += countWords(line);
      lineBytes += Buffer.byteLength(line) + 1;
    }
    onBytes(lineBytes);
  }
  const bytes = source === 'embedded' ? lineBytes : await fileBytes(file);
  return { ...file, bytes, lines, words, sha256: hash.digest('hex'), heldOutLines: 0 };
}

async function fileBytes(file: FoundFile): Promise<number> {
  try {
    return (await stat(file.path)).size;
  } catch (error) {
    throw cannotRead(file.name, file.path, error);
  }
}

/**
 * Holds out the last 1 % of lines: of each training file in proportion, so that a corpus of several genres is
 * held out in all of them, and floor(lines / 100) in all; one line where there are fewer than 100.
 */
function holdOut(train: CorpusFile[]): void {
  let lines = 0;
  let heldOut = 0;
  for (const file of train) {
    lines += file.lines;
    file.heldOutLines = Math.min(file.lines, Math.floor(lines / 100) - heldOut);
    heldOut += file.heldOutLines;
  }
  const last = train.findLast((file) => file.lines > 0);
  if (heldOut === 0 && lines > 1 && last) last.heldOutLines = 1;
}

/**
 * Reads a corpus through once: a folder (searched through in a fixed order), one text file, or `embedded`.
 * `onProgress` is told bytes; a total of 0 is one not known (the embedded corpus). Throws AppError: 'bad-file' with file and line, or 'cancelled'.
 */
export async function inspectCorpus(
  source: string,
  onProgress?: OnProgress,
  signal?: AbortSignal,
): Promise<CorpusSummary> {
  const embedded = source === 'embedded';
  const path = embedded ? source : resolve(source);
  const found: FoundFile[] = embedded
    ? embeddedTexts.map((text) => ({ name: text, path: text, split: 'train' }))
    : await corpusFiles(path);
  let [doneBytes, totalBytes] = [0, 0];
  if (!embedded) for (const file of found) totalBytes += await fileBytes(file);
  const files: CorpusFile[] = [];
  for (const each of found) {
    const file = await inspectFile(path, each, (bytes) => {
      throwIfCancelled(signal);
      onProgress?.(doneBytes + bytes, totalBytes);
    });
    doneBytes += file.bytes;
    files.push(file);
  }
  const train = files.filter((file) => file.split === 'train');
  if (!train.some((file) => file.lines > 0))
    throw new AppError('bad-file', `${basename(path)}: its text files hold no words.`, path);
  if (!files.some((file) => file.split === 'held-out')) holdOut(train);
  const hash = createHash('sha256');
  for (const file of files)
    if (file.split !== 'test') hash.update(`${file.split} ${file.sha256} ${file.heldOutLines}\n`);
  const sum = (key: 'lines' | 'words' | 'bytes') => train.reduce((total, f) => total + f[key], 0);
  return {
    name: embedded ? embeddedName : basename(path),
    source: path,
    files,
    lines: sum('lines'),
    words: sum('words'),
    bytes: sum('bytes'),
    contentHash: hash.digest('hex'),
  };
}

function gone({ name }: CorpusSummary, file: CorpusFile): AppError {
  const why = file.path === '' ? 'a packed project leaves texts out' : `${file.name} is no longer there`; // prettier-ignore
  return new AppError('not-found', `The text of “${name}” is not at hand: ${why}. Add the corpus again from where it lies now (Project → Add a corpus…, or train --resume RUN --corpus FOLDER); the same text is known by its content.`, file.path); // prettier-ignore
}

/**
 * The lines of one split of an inspected corpus, in batches (about 1 MB of a file), blank lines left out.
 * `held-out` is the *.dev files, else the last lines of the training files. A file that has changed since it
 * was inspected is an AppError('bad-file'), one that is not there any more 'not-found'.
 */
export async function* readLines(corpus: CorpusSummary, split: Split): AsyncGenerator<string[]> {
  const fromTail = split === 'held-out' && !corpus.files.some((file) => file.split === 'held-out');
  for (const file of corpus.files) {
    if (file.split !== (fromTail ? 'train' : split)) continue;
    const kept = file.lines - file.heldOutLines;
    const [from, to] = fromTail ? [kept, file.lines] : [0, kept];
    if (from === to) continue;
    const hash = createHash('sha256');
    if (corpus.source !== 'embedded' && !existsSync(file.path)) throw gone(corpus, file);
    let line = 0;
    for await (const batch of lineBatches(corpus.source, file, hash)) {
      const wanted = batch.slice(Math.max(0, from - line), Math.max(0, to - line));
      line += batch.length;
      if (wanted.length > 0) yield wanted;
    }
    if (hash.digest('hex') !== file.sha256)
      throw new AppError('bad-file', `${file.name} has changed since the corpus was added. Add the corpus again.`, file.path); // prettier-ignore
  }
}
