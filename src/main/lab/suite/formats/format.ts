// What a reader of a family of suites is, and what it finds.
import type { PairParts, ScoringMethod } from '../../../../shared/scoring-method.ts';
import type { SuiteFile } from '../files.ts';

/** A pair as a file has it; what is left out: the class is the file, the id the place in the class. */
export interface FoundPair {
  where: string;
  uid?: string | undefined;
  field?: string | undefined;
  phenomenon?: string | undefined;
  pairId?: string | undefined;
  good: string;
  bad: string;
  parts?: PairParts[] | undefined;
}

export interface Format {
  name: string;
  /** Where such suites come from; empty: from anywhere. */
  source: string;
  licence: string;
  /** How the suite's makers score it, where that is not by whole sentences. */
  method?: ScoringMethod;
  /** Looks at a file. */
  recognises(file: SuiteFile): boolean;
  /** Adds to `notes` what a person has to know of the reading. Throws AppError('bad-file') with file and line. */
  pairs(file: SuiteFile, notes: Set<string>): Iterable<FoundPair>;
}
