// Suites of minimal pairs: BLiMP, the built-in starter suite, a user's own.
import { createHash } from 'node:crypto';
import { basename, extname, resolve } from 'node:path';
import type { ColumnMapping } from '../../../shared/suite-columns.ts';
import { suiteFiles } from './files.ts';
import { chosenColumns } from './formats/index.ts';
import { classesOf, type FoundClasses, type SuiteClass } from './pairs.ts';
import { isBlimp, publishedFigures } from './published.ts';
import { resourcePath } from './resources.ts';

export type { SuiteClass, SuitePair } from './pairs.ts';
export { delimitedRows } from './delimited.ts';
export { suiteFiles, textFile, type SuiteFile } from './files.ts';
export { previewSuite } from './preview.ts';
export { needed, parseJson, rowsOf, textAt, type Row } from './rows.ts';
export { isBlimp, publishedFigures, publishedSource, type PublishedFigures } from './published.ts';
export { resourcePath } from './resources.ts';
export { sameWords } from './same-words.ts';
export { likeCorpus, measureTextForm, tokenisedForm, type TextForm } from './text-form.ts';

export interface Suite {
  name: string;
  /** Where it comes from, for people. */
  source: string;
  licence: string;
  /** sha256 over classes and pairs, whatever files they came in. */
  contentHash: string;
  /** By UID. */
  classes: SuiteClass[];
}

/** The contentHash of BLiMP as released: alexwarstadt/blimp at commit 3e56b06. */
const blimpHash = 'e918975d955cd569f148145a712d447f330e451962eaa03f51f19cb514aafea0';

function hashOf(classes: readonly SuiteClass[]): string {
  const hash = createHash('sha256');
  for (const { uid, field, phenomenon, pairs } of classes) {
    hash.update(`${JSON.stringify([uid, field, phenomenon])}\n`);
    for (const { pairId, good, bad } of pairs)
      hash.update(`${JSON.stringify([pairId, good, bad])}\n`);
  }
  return hash.digest('hex');
}

/** The classes of BabyLM's supplement, whose lines say no more than two sentences. */
const supplement = ['hypernym', 'qa_congruence_easy', 'qa_congruence_tricky', 'subject_aux_inversion', 'turn_taking']; // prettier-ignore

function origin(
  path: string,
  { classes, formats, notes }: FoundClasses,
  contentHash: string,
): Pick<Suite, 'name' | 'source' | 'licence'> {
  const file = basename(path);
  const name = file.slice(0, file.length - extname(file).length);
  const from = (origin: string) => [file, ...(origin ? [`from ${origin}`] : []), ...notes].join(', '); // prettier-ignore
  if (contentHash === blimpHash)
    return { name: 'BLiMP', source: 'github.com/alexwarstadt/blimp at commit 3e56b06', licence: 'CC BY 4.0' }; // prettier-ignore
  if (isBlimp(classes))
    return { name, source: `${from('BLiMP (github.com/alexwarstadt/blimp)')}, not as released`, licence: 'CC BY 4.0' }; // prettier-ignore
  if (classes.every(({ uid }) => supplement.includes(uid)))
    return { name, source: from('the BLiMP supplement of the BabyLM pipelines'), licence: 'not stated' }; // prettier-ignore
  const [format, ...others] = formats;
  const known = format && others.length === 0 && format.source !== '';
  return { name, source: from(known ? `${format.name} (${format.source})` : ''), licence: known ? format.licence : 'not stated' }; // prettier-ignore
}

/**
 * Reads a suite in one of the formats that are known, or in any table whose columns are named; or `starter`.
 * Throws AppError('bad-file') with file, line and what to do.
 */
export async function readSuite(source: string, columns?: ColumnMapping): Promise<Suite> {
  const isStarter = source === 'starter';
  const path = isStarter ? resourcePath('starter') : resolve(source);
  const found = classesOf(await suiteFiles(path), columns && chosenColumns(columns));
  const { classes } = found;
  const contentHash = hashOf(classes);
  return isStarter
    ? { name: 'starter', source: 'Gardenpath, resources/starter', licence: 'MIT', contentHash, classes } // prettier-ignore
    : { ...origin(path, found, contentHash), contentHash, classes };
}

/** Published human agreement with a class's labels, 0 to 1; null for what is not BLiMP's. */
export function humanAgreement(suite: Pick<Suite, 'classes'>, uid: string): number | null {
  return isBlimp(suite.classes) ? (publishedFigures(uid)?.human ?? null) : null;
}
