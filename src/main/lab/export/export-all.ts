// Everything a project knows, in one zip of plain files.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportReport } from '../../../shared/workbench.ts';
import { listClasses } from '../store/classes.ts';
import { getRunDetail, listRuns } from '../store/runs.ts';
import type { Db } from '../store/sql.ts';
import { rowsOfParquet, writeTables, type TokenTexts } from './parquet.ts';
import { readme } from './readme.ts';
import {
  checkpointsTable,
  classesTable,
  historyTable,
  judgementsTable,
  metricsTable,
  pairsTable,
  rowsOfScores,
  scoreRowsOf,
  scoredSets,
  scoresHeader,
  scoresOfClass,
} from './tables.ts';
import type { Writing } from './writing.ts';
import { ZipWriter } from './zip.ts';

/**
 * Writes the zip, whole or not at all; between tables and classes others get their turn.
 * @throws AppError 'bad-file' where it cannot be written; 'cancelled'
 */
export async function exportAll(
  db: Db,
  { projectName, tokenTexts, path }: { projectName: string; tokenTexts: TokenTexts; path: string },
  writing: Writing,
): Promise<ExportReport> {
  writing.expect(rowsOfScores(db) + rowsOfParquet(db));
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
      await writing.rest();
    }
    for (const { run, scored, scorings } of scoredSets(db)) {
      const append = zip.open(`scores/run-${run.id}_suite-${scored.suiteId}_${fileName(scored.profile)}.csv`); // prettier-ignore
      append(scoresHeader(scorings));
      for (const one of listClasses(db, scored.suiteId)) {
        for (const line of scoresOfClass(db, one, scorings)) append(line);
        writing.did(scoreRowsOf(one, scorings));
        await writing.rest();
      }
      append(null);
    }
    const folder = mkdtempSync(join(tmpdir(), 'gardenpath-parquet-'));
    try {
      await writeTables(db, tokenTexts, folder, writing);
      for (const name of readdirSync(folder))
        await zip.addFile(`parquet/${name}`, join(folder, name), () => writing.rest());
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

/** A profile's name as part of a file's name on any system. */
const fileName = (name: string): string => name.replace(/[^\w.-]+/g, '-');
