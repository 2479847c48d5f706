// A project as one zip that opens on another machine: the project file and, on request, the weights. The text that was
// trained on stays here, and so do its n-gram counts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '../../../shared/errors.ts';
import type { ExportReport } from '../../../shared/workbench.ts';
import type { Project } from '../store/project.ts';
import type { Writing } from './writing.ts';
import { ZipWriter } from './zip.ts';

/** What a zip can hold without extensions that not every program reads. */
const maxZipBytes = 2 ** 32 - 2 ** 26;
/** Of a project file, copied at once. */
const pagesATurn = 1_000;

/** @throws AppError 'bad-file' where it cannot be written, 'cancelled'; then nothing is left behind */
export async function packProject(
  project: Project,
  args: { path: string; weights: boolean },
  writing: Writing,
): Promise<ExportReport> {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-pack-'));
  try {
    const copy = path.join(temporary, 'project.sqlite');
    const weights = path.join(project.folder, 'checkpoints');
    const names = args.weights ? filesUnder(weights) : [];
    const weightBytes = names.reduce((sum, name) => sum + fs.statSync(path.join(weights, name)).size, 0); // prettier-ignore
    const projectBytes = fs.statSync(path.join(project.folder, 'project.sqlite')).size;
    writing.expect(2 * projectBytes + weightBytes); // it is copied, then zipped
    let copied = 0;
    // Whole, while others write.
    await project.db.backup(copy, {
      progress: ({ totalPages, remainingPages }) => {
        const now = projectBytes * (1 - remainingPages / totalPages);
        writing.did(now - copied);
        copied = now;
        writing.look();
        return pagesATurn;
      },
    });
    forSending(copy, args.weights);
    const bytes = weightBytes + fs.statSync(copy).size;
    if (bytes > maxZipBytes)
      throw new AppError('bad-file', `The project has ${(bytes / 1e9).toFixed(1)} GB, more than a zip holds (4 GB). ${args.weights ? 'Pack it without its weights, or copy' : 'Copy'} its folder as it is.`); // prettier-ignore
    const zip = new ZipWriter(args.path);
    try {
      const rest = (bytes: number): Promise<void> => {
        writing.did(bytes);
        return writing.rest();
      };
      await zip.addFile('project.sqlite', copy, rest);
      for (const name of names)
        await zip.addFile(`checkpoints/${name}`, path.join(weights, name), rest);
      zip.close();
    } catch (error) {
      zip.abandon();
      throw error;
    }
    return { files: zip.files, bytes: zip.bytes };
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** Takes out where this machine keeps its texts and, where they are not sent, that there are weights. */
function forSending(file: string, weights: boolean): void {
  const db = new Database(file);
  try {
    const corpora = db.prepare<[], { id: number; summary: string }>("SELECT id, summary_json AS summary FROM corpora WHERE source <> 'embedded'").all(); // prettier-ignore
    for (const { id, summary } of corpora) {
      const known = JSON.parse(summary) as { files: object[] };
      const moved = { ...known, source: '', files: known.files.map((one) => ({ ...one, path: '' })) }; // prettier-ignore
      db.prepare("UPDATE corpora SET source = '', summary_json = ? WHERE id = ?").run(JSON.stringify(moved), id); // prettier-ignore
    }
    if (!weights) db.exec('UPDATE checkpoints SET has_weights = 0, has_optimizer = 0');
    db.pragma('journal_mode = DELETE');
    db.exec('VACUUM'); // or the paths would still be in free pages
  } finally {
    db.close();
  }
}

/** Relative, with `/`; imported checkpoints are links and are followed. */
function filesUnder(folder: string, at = ''): string[] {
  if (!fs.existsSync(path.join(folder, at))) return [];
  return fs.readdirSync(path.join(folder, at)).flatMap((name) => {
    const file = at === '' ? name : `${at}/${name}`;
    return fs.statSync(path.join(folder, file)).isDirectory() ? filesUnder(folder, file) : [file];
  });
}
