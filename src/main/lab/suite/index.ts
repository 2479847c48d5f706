// Suites of minimal pairs: BLiMP, the built-in starter suite, a user's own.
import { resolve } from 'node:path';
import type { ColumnMapping } from '../../../shared/suite-columns.ts';
import { suiteFiles } from './files.ts';
import { chosenColumns } from './formats/index.ts';
import { suiteOf, type Suite } from './origin.ts';
import { classesOf } from './pairs.ts';
import { isBlimp, publishedFigures } from './published.ts';
import { resourcePath } from './resources.ts';

export type { Suite } from './origin.ts';
export type { SuiteClass, SuitePair } from './pairs.ts';
export { delimitedRows } from './delimited.ts';
export { suiteFiles, textFile, type SuiteFile } from './files.ts';
export {
  draftClasses,
  draftSuite,
  duplicatesIn,
  unequalWords,
  type DraftedClass,
} from './draft.ts';
export { starterExample, starterWords } from './starter.ts';
export { firstRows, previewSuite } from './preview.ts';
export { columnsOf, needed, parseJson, rowsOf, textAt, type Row } from './rows.ts';
export { isBlimp, publishedFigures, publishedSource, type PublishedFigures } from './published.ts';
export { resourcePath } from './resources.ts';
export { sameWords } from './same-words.ts';
export { likeCorpus, measureTextForm, tokenisedForm, type TextForm } from './text-form.ts';

/**
 * Reads a suite in one of the formats that are known, or in any table whose columns are named; or `starter`.
 * Throws AppError('bad-file') with file, line and what to do.
 */
export async function readSuite(source: string, columns?: ColumnMapping): Promise<Suite> {
  const isStarter = source === 'starter';
  const path = isStarter ? resourcePath('starter') : resolve(source);
  const found = classesOf(await suiteFiles(path), columns && chosenColumns(columns));
  const suite = suiteOf(path, found);
  return isStarter ? { ...suite, name: 'starter', source: 'Gardenpath, resources/starter', licence: 'MIT' } : suite; // prettier-ignore
}

/** Published human agreement with a class's labels, 0 to 1; null for what is not BLiMP's. */
export function humanAgreement(suite: Pick<Suite, 'classes'>, uid: string): number | null {
  return isBlimp(suite.classes) ? (publishedFigures(uid)?.human ?? null) : null;
}
