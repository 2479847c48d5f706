// What a suite is called, where it comes from, what may be done with it, and the hash that tells it from others.
import { createHash } from 'node:crypto';
import { basename, extname } from 'node:path';
import type { ScoringMethod } from '../../../shared/scoring-method.ts';
import type { FoundClasses, SuiteClass } from './pairs.ts';
import { isBlimp } from './published.ts';

export interface Suite {
  name: string;
  /** Where it comes from, for people. */
  source: string;
  licence: string;
  /** sha256 over classes and pairs, whatever files they came in. */
  contentHash: string;
  /** How its makers score it. */
  method: ScoringMethod;
  /** By UID. */
  classes: SuiteClass[];
}

/** The contentHash of BLiMP as released: alexwarstadt/blimp at commit 3e56b06. */
const blimpHash = 'e918975d955cd569f148145a712d447f330e451962eaa03f51f19cb514aafea0';

/** sha256 of classes and pairs. */
export function hashOf(classes: readonly SuiteClass[]): string {
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

/** The suite that some classes are, from the file or folder at `path`. */
export function suiteOf(path: string, found: FoundClasses): Suite {
  const contentHash = hashOf(found.classes);
  const { classes, formats: [format, ...others] } = found; // prettier-ignore
  const method = others.length === 0 ? (format?.method ?? 'sentence') : 'sentence';
  return { ...origin(path, found, contentHash), contentHash, method, classes };
}
