// Lines of a text file as a stream: strict UTF-8, never more than a block and a line in memory.
import { isUtf8 } from 'node:buffer';
import type { Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../../shared/errors.ts';
import { isBlank } from './text.ts';

const blockBytes = 1 << 20;
/** A corpus has one sentence or utterance a line; 1 MiB is some 180,000 words. */
export const maxLineBytes = 1 << 20;

const newline = 0x0a;

function refuse(name: string, line: number, what: string, path: string): AppError {
  return new AppError('bad-file', `${name}, line ${line}: ${what}`, path);
}

/** Why a block that is not plain UTF-8 text is not; `firstLine` is the number of its first line. */
function explain(block: Buffer, name: string, path: string, firstLine: number): AppError {
  const bom = block.subarray(0, 2).toString('latin1');
  if (firstLine === 1 && (bom === '\xff\xfe' || bom === '\xfe\xff'))
    return refuse(name, 1, 'this is UTF-16 text. Save it as UTF-8 (iconv -f UTF-16 -t UTF-8).', path); // prettier-ignore
  let line = firstLine;
  for (let start = 0; start < block.length; line++) {
    const found = block.indexOf(newline, start);
    const end = found < 0 ? block.length : found;
    const bytes = block.subarray(start, end);
    if (bytes.includes(0))
      return refuse(name, line, 'a NUL byte, so this is a binary file and no text. Take it out of the folder.', path); // prettier-ignore
    if (!isUtf8(bytes))
      return refuse(name, line, 'not valid UTF-8. Save the file as UTF-8 (if it is in Windows encoding: iconv -f WINDOWS-1252 -t UTF-8).', path); // prettier-ignore
    start = end + 1;
  }
  throw new Error('explain() was given a block of valid text');
}

function tooLong(name: string, line: number, path: string): AppError {
  return refuse(name, line, `longer than ${maxLineBytes >> 20} MiB. A corpus has one sentence or utterance a line; split the text into lines.`, path); // prettier-ignore
}

/** The non-blank lines of a block of whole lines, without their ends (LF or CRLF); and its line count. */
function split(
  block: Buffer,
  name: string,
  path: string,
  firstLine: number,
): { lines: string[]; count: number } {
  if (!isUtf8(block) || block.includes(0)) throw explain(block, name, path, firstLine);
  const text = block.toString('utf8');
  const lines: string[] = [];
  let number = firstLine;
  for (let start = 0; start < text.length; number++) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end);
    // Up to 3 bytes a UTF-16 unit: only a line of more than a third of the limit needs measuring.
    if (line.length > maxLineBytes / 3 && Buffer.byteLength(line) > maxLineBytes)
      throw tooLong(name, number, path);
    if (!isBlank(line)) lines.push(line);
    start = end + 1;
  }
  return { lines, count: number - firstLine };
}

async function openForReading(path: string, name: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw cannotRead(name, path, error);
  }
}

export function cannotRead(name: string, path: string, error: unknown): AppError {
  const why = error instanceof Error ? error.message : String(error);
  return new AppError('bad-file', `${name} cannot be read: ${why}`, path);
}

/**
 * The non-blank lines of a file, in batches of about 1 MB, without line ends and byte-order mark.
 * `hash`, where given, is updated with the file's bytes. Throws AppError('bad-file') with file and line for
 * anything but strict UTF-8 text with lines of at most 1 MiB.
 */
export async function* fileLines(
  path: string,
  name: string,
  hash?: Hash,
): AsyncGenerator<string[]> {
  const file = await openForReading(path, name);
  try {
    let rest = Buffer.alloc(0); // the beginning of a line that goes on in the next block
    let lineNumber = 1;
    for (let atStart = true; ; atStart = false) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(blockBytes), 0, blockBytes);
      let block: Buffer = buffer.subarray(0, bytesRead);
      hash?.update(block);
      if (atStart && block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf)
        block = block.subarray(3);
      const whole = bytesRead === 0 ? 0 : block.lastIndexOf(newline) + 1;
      if (whole > 0 || bytesRead === 0) {
        const wholeLines = Buffer.concat([rest, block.subarray(0, whole)]);
        const { lines, count } = split(wholeLines, name, path, lineNumber);
        lineNumber += count;
        rest = Buffer.from(block.subarray(whole));
        if (lines.length > 0) yield lines;
      } else rest = Buffer.concat([rest, block]);
      if (bytesRead === 0) return;
      if (rest.length > maxLineBytes) {
        if (!rest.includes(0)) throw tooLong(name, lineNumber, path);
        throw explain(rest, name, path, lineNumber);
      }
    }
  } catch (error) {
    throw error instanceof AppError ? error : cannotRead(name, path, error);
  } finally {
    await file.close();
  }
}
