// Classes of minimal pairs from what the formats find in files.
import { AppError } from '../../../shared/errors.ts';
import type { PairParts } from '../../../shared/scoring-method.ts';
import type { SuiteFile } from './files.ts';
import { formatOf, type Format, type FoundPair } from './formats/index.ts';
import { stemOf } from './rows.ts';

export interface SuitePair {
  /** Within its class; a text, as in BLiMP. */
  pairId: string;
  good: string;
  bad: string;
  /** Parts of the sentences that methods compare, where the suite marks them. */
  parts?: PairParts[];
}

export interface SuiteClass {
  uid: string;
  /** `morphology`, `syntax`, `semantics`, `syntax_semantics`, …; empty where the suite has none. */
  field: string;
  phenomenon: string;
  pairs: SuitePair[];
}

/** No sentence or dialogue of a suite comes near it; a whole book in one cell would stop the machine. */
const maxSentenceChars = 10_000;

function checkSentence(text: string, what: string, where: string): void {
  const wrong = text.trim() === '' ? 'is empty' : text.includes('\0') ? 'has a NUL character in it; the file may be damaged or of another encoding' : text.length > maxSentenceChars ? `is ${text.length.toLocaleString('en')} characters long (at most ${maxSentenceChars.toLocaleString('en')})` : null; // prettier-ignore
  if (wrong !== null)
    throw new AppError('bad-file', `${where}: “${what}”: ${wrong}. A pair has a good and a bad sentence.`); // prettier-ignore
}

/** A class in the making: where each pairId stands, so that a second one can be told. */
interface Making extends SuiteClass {
  places: Map<string, string>;
}

export interface FoundClasses {
  /** By UID. */
  classes: SuiteClass[];
  /** Those that the files are of. */
  formats: Format[];
  notes: string[];
}

/**
 * The classes of some files. A pair without a UID belongs to a class named as its file; one without a pairID
 * has its number in the class. Pairs of two identical sentences are kept.
 * `chosen` reads all files; where it is left out each file is looked at. Throws AppError('bad-file') with file and line.
 */
export function classesOf(files: readonly SuiteFile[], chosen?: Format): FoundClasses {
  const classes = new Map<string, Making>();
  const formats = new Set<Format>();
  const notes = new Set<string>();
  for (const file of files) {
    const format = chosen ?? formatOf(file);
    formats.add(format);
    let pairs = 0;
    for (const found of format.pairs(file, notes)) {
      addPair(classes, found, stemOf(file));
      pairs++;
    }
    if (pairs === 0)
      throw new AppError('bad-file', `${file.name} holds no pair. Take it out of the suite.`);
  }
  return {
    classes: [...classes.values()]
      .map(({ uid, field, phenomenon, pairs }) => ({ uid, field, phenomenon, pairs }))
      .sort((a, b) => (a.uid < b.uid ? -1 : 1)),
    formats: [...formats],
    notes: [...notes],
  };
}

function addPair(classes: Map<string, Making>, found: FoundPair, stem: string): void {
  const { where, good, bad, parts = [], uid = stem } = found;
  checkSentence(good, 'sentence_good', where);
  checkSentence(bad, 'sentence_bad', where);
  let into = classes.get(uid);
  if (!into) {
    into = { uid, field: found.field ?? '', phenomenon: found.phenomenon ?? '', pairs: [], places: new Map() }; // prettier-ignore
    classes.set(uid, into);
  }
  const pairId = found.pairId ?? String(into.pairs.length);
  const before = into.places.get(pairId);
  if (before !== undefined)
    throw new AppError('bad-file', `${where}: pairID ${pairId} of ${uid} again; it is first in ${before}. Give each pair of a class an id of its own.`); // prettier-ignore
  into.places.set(pairId, where);
  into.pairs.push(parts.length > 0 ? { pairId, good, bad, parts } : { pairId, good, bad });
}
