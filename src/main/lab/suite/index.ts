// Suites of minimal pairs: BLiMP, the built-in starter suite, a user's own.
import { createHash } from 'node:crypto';
import { basename, extname, resolve } from 'node:path';
import { suiteFiles } from './files.ts';
import { classesOf, type SuiteClass } from './pairs.ts';
import { isBlimp, publishedFigures } from './published.ts';
import { resourcePath } from './resources.ts';

export type { SuiteClass, SuitePair } from './pairs.ts';
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

function origin(
  path: string,
  classes: readonly SuiteClass[],
  contentHash: string,
): Pick<Suite, 'name' | 'source' | 'licence'> {
  const file = basename(path);
  const name = file.slice(0, file.length - extname(file).length);
  if (contentHash === blimpHash)
    return { name: 'BLiMP', source: 'github.com/alexwarstadt/blimp at commit 3e56b06', licence: 'CC BY 4.0' }; // prettier-ignore
  if (isBlimp(classes))
    return { name, source: `${file}, from BLiMP (github.com/alexwarstadt/blimp), not as released`, licence: 'CC BY 4.0' }; // prettier-ignore
  return { name, source: file, licence: 'not stated' };
}

/**
 * Reads a suite: BLiMP's zip, a folder of JSONL files or one of them, or `starter`.
 * Throws AppError('bad-file') with file, line and what to do.
 */
export async function readSuite(source: string): Promise<Suite> {
  const isStarter = source === 'starter';
  const path = isStarter ? resourcePath('starter') : resolve(source);
  const classes = classesOf(await suiteFiles(path));
  const contentHash = hashOf(classes);
  return isStarter
    ? { name: 'starter', source: 'Gardenpath, resources/starter', licence: 'MIT', contentHash, classes } // prettier-ignore
    : { ...origin(path, classes, contentHash), contentHash, classes };
}

/** Published human agreement with a class's labels, 0 to 1; null for what is not BLiMP's. */
export function humanAgreement(suite: Pick<Suite, 'classes'>, uid: string): number | null {
  return isBlimp(suite.classes) ? (publishedFigures(uid)?.human ?? null) : null;
}
