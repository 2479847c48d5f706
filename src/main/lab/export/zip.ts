// A zip written file by file, so that it may be larger than memory. It appears under its name only
// when it is whole.
import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { AppError } from '../../../shared/errors.ts';

export class ZipWriter {
  files = 0;
  bytes = 0;
  private readonly path: string;
  private readonly part: string;
  private readonly fd: number;
  private readonly zip: Zip;

  /** @throws AppError 'bad-file' where no file can be written there */
  constructor(path: string) {
    this.path = path;
    this.part = `${path}.part`;
    this.fd = openToWrite(this.part);
    this.zip = new Zip((error, data) => {
      if (error) throw error;
      writeSync(this.fd, data);
      this.bytes += data.length;
    });
  }

  /** Adds a file of these texts, one after another. */
  add(name: string, texts: Iterable<string>): void {
    const write = this.open(name);
    for (const text of texts) write(text);
    write(null);
  }

  /** Begins a file; what is returned appends to it, and ends it with null. One file at a time. */
  open(name: string): (text: string | null) => void {
    const file = new ZipDeflate(name, { level: 4 });
    this.zip.add(file);
    this.files++;
    let waiting = '';
    return (text) => {
      waiting += text ?? '';
      if (text !== null && waiting.length < 1 << 16) return;
      file.push(strToU8(waiting), text === null);
      waiting = '';
    };
  }

  /** Adds a file of the disk, as large as it may be; `rest` is awaited after each piece of so many bytes. */
  async addFile(name: string, from: string, rest: (bytes: number) => Promise<void>): Promise<void> {
    const file = /\.(safetensors|parquet)$/.test(name) ? new ZipPassThrough(name) : new ZipDeflate(name, { level: 4 }); // prettier-ignore
    this.zip.add(file);
    this.files++;
    const fd = openSync(from, 'r');
    try {
      for (let read = -1; read !== 0;) {
        const chunk = new Uint8Array(1 << 20); // the zip keeps what it is given
        read = readSync(fd, chunk);
        file.push(chunk.subarray(0, read), read === 0);
        await rest(read);
      }
    } finally {
      closeSync(fd);
    }
  }

  close(): void {
    this.zip.end();
    closeSync(this.fd);
    renameSync(this.part, this.path);
  }

  /** Leaves nothing behind. */
  abandon(): void {
    closeSync(this.fd);
    rmSync(this.part, { force: true });
  }
}

function openToWrite(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (error) {
    throw new AppError('bad-file', `${path} cannot be written. Choose another folder.`, String(error)); // prettier-ignore
  }
}
