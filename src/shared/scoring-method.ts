// What of a pair's sentences is compared: all of them, or the parts that a suite marks.
import { z } from 'zod';

/** Methods that compare parts of sentences; their scores are sums of token scores that are there already. */
export const PartMethod = z.enum(['one-prefix', 'two-prefix', 'region', 'conditional']);
export type PartMethod = z.infer<typeof PartMethod>;
export type ScoringMethod = PartMethod | 'sentence';

/** What each compares, for people. */
export const methodWords: Record<ScoringMethod, string> = {
  sentence: 'whole sentences',
  'one-prefix':
    'the words in which the sentences first differ, given the beginning that both share',
  'two-prefix': 'the same words, given the good beginning and given the bad one',
  region: 'the marked regions of both sentences, given what is before them',
  conditional: 'the continuation of both sentences, given its context',
};

/** What a class has to have marked for a method. */
export const methodNeeds: Record<PartMethod, string> = {
  'one-prefix': 'a shared beginning and the words after it',
  'two-prefix': 'two beginnings and the words after both',
  region: 'regions',
  conditional: 'a context and its continuation',
};

/** A stretch of a sentence: [from, to), in UTF-16 units. */
export type Part = [from: number, to: number];

/** The parts of both sentences that one method compares. */
export interface PairParts {
  method: PartMethod;
  good: Part[];
  bad: Part[];
}

/** The name of the profile that scores a profile's sentences in part. */
export const partProfileName = (whole: string, method: PartMethod): string => `${whole}/${method}`;

/** The name of the profile whose token scores a method's scores are made from; its own for whole sentences. */
export const wholeProfileName = (profile: string, method: ScoringMethod): string =>
  method === 'sentence' ? profile : profile.slice(0, -method.length - 1);

/** A class that has no scores under a method. */
export interface UnscoredClass {
  classId: number;
  uid: string;
  phenomenon: string;
  reason: string;
}
