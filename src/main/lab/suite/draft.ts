// Suites that a person writes: the classes of a draft, and what to look out for in them.
import type { SuiteDraft } from '../../../shared/drafts.ts';
import { countChoices, makePairs, type Grammar, type MadePair } from './grammar.ts';
import { parsePairs } from './hand-pairs.ts';
import { hashOf, type Suite } from './origin.ts';
import { parseTemplates } from './template-text.ts';

export interface DraftedClass {
  uid: string;
  field: string;
  phenomenon: string;
  about: string;
  /** Where it begins in the text. */
  line: number;
  /** Choices of words that its templates have; null: typed by hand. */
  choices: number | null;
  /** Pairs that it should have; null: as many as are typed. */
  wanted: number | null;
  pairs: MadePair[];
}

/**
 * The classes of a draft with their pairs, always the same for the same text and seed.
 * @throws AppError 'bad-file' with the line and what to do
 */
export function draftClasses(draft: SuiteDraft, starterWords: Grammar['words']): DraftedClass[] {
  if (draft.kind === 'pairs')
    return parsePairs(draft.text).map((one) => ({ ...one, choices: null, wanted: null }));
  return parseTemplates(draft.text, starterWords, draft.pairs).map(({ grammar, line }) => {
    const { uid, field, phenomenon, about, pairs: wanted } = grammar;
    const pairs = makePairs(grammar, { seed: draft.seed, atMost: true });
    return { uid, field, phenomenon, about, line, choices: countChoices(grammar), wanted, pairs };
  });
}

/** The suite that a draft is. */
export function draftSuite(
  name: string,
  draft: SuiteDraft,
  drafted: readonly DraftedClass[],
): Suite {
  const classes = drafted
    .map(({ uid, field, phenomenon, pairs }) => ({
      uid,
      field,
      phenomenon,
      pairs: pairs.map((pair, i) => ({ pairId: String(i), ...pair })),
    })) // prettier-ignore
    .sort((a, b) => (a.uid < b.uid ? -1 : 1));
  const source = draft.kind === 'template' ? `templates of this project, seed ${draft.seed}` : 'pairs written in this project'; // prettier-ignore
  return { name, source, licence: 'your own', contentHash: hashOf(classes), method: 'sentence', classes }; // prettier-ignore
}

/** Sentences that come more than once, in a class or in two. */
export function duplicatesIn(classes: readonly DraftedClass[]): Map<string, string[]> {
  const places = new Map<string, Set<string>>();
  const twice = new Map<string, string[]>();
  for (const { uid, pairs } of classes)
    for (const sentence of pairs.flatMap(({ good, bad }) => [good, bad])) {
      const before = places.get(sentence);
      if (before) twice.set(sentence, [...before.add(uid)]);
      else places.set(sentence, new Set([uid]));
    }
  return twice;
}

const words = (sentence: string): number => sentence.split(/\s+/).length;

/** The pairs whose sentences have not as many words as each other. */
export const unequalWords = ({ pairs }: DraftedClass): MadePair[] =>
  pairs.filter(({ good, bad }) => words(good) !== words(bad));
