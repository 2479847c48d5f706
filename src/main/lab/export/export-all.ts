// Everything a project knows, in one zip of plain files.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportReport } from '../../../shared/workbench.ts';
import { listClasses } from '../store/classes.ts';
import { getRunDetail, listRuns } from '../store/runs.ts';
import type { Db } from '../store/sql.ts';
import { writeParquet, type TokenTexts } from './parquet.ts';
import { readme } from './readme.ts';
import {
  checkpointsTable,
  classesTable,
  historyTable,
  judgementsTable,
  metricsTable,
  pairsTable,
  scoredSets,
  scoresHeader,
  scoresOfClass,
} from './tables.ts';
import { ZipWriter } from './zip.ts';

/**
 * Writes the zip, whole or not at all; between tables and classes others get their turn.
 * @throws AppError 'bad-file' where it cannot be written
 */
export async function exportAll(
  db: Db,
  { projectName, tokenTexts, path }: { projectName: string; tokenTexts: TokenTexts; path: string },
): Promise<ExportReport> {
  const zip = new ZipWriter(path);
  try {
    const runs = listRuns(db).map(({ id }) => getRunDetail(db, id));
    zip.add('README.txt', [readme(projectName, new Date())]);
    zip.add('runs.json', [`${JSON.stringify(runs, null, 2)}\n`]);
    const tables = {
      'checkpoints.csv': checkpointsTable,
      'metrics.csv': metricsTable,
      'pairs.csv': pairsTable,
      'classes.csv': classesTable,
      'judgements.csv': judgementsTable,
      'history.csv': historyTable,
    };
    for (const [name, table] of Object.entries(tables)) {
      zip.add(name, table(db));
      await othersTurn();
    }
    for (const { run, scored, scorings } of scoredSets(db)) {
      const append = zip.open(`scores/run-${run.id}_suite-${scored.suiteId}_${fileName(scored.profile)}.csv`); // prettier-ignore
      append(scoresHeader(scorings));
      for (const one of listClasses(db, scored.suiteId)) {
        for (const line of scoresOfClass(db, one, scorings)) append(line);
        await othersTurn();
      }
      append(null);
    }
    const folder = mkdtempSync(join(tmpdir(), 'gardenpath-parquet-'));
    try {
      await writeParquet(db, tokenTexts, folder);
      for (const name of readdirSync(folder)) zip.addFile(`parquet/${name}`, join(folder, name));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    zip.close();
    return { files: zip.files, bytes: zip.bytes };
  } catch (error) {
    zip.abandon();
    throw error;
  }
}

const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A profile's name as part of a file's name on any system. */
const fileName = (name: string): string => name.replace(/[^\w.-]+/g, '-');
