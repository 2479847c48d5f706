// Suites that a person writes: as templates with a lexicon, or pair by pair.
import { z } from 'zod';
import type { SuiteInfo } from './domain.ts';
import { nothing, returns } from './method.ts';

/** `template`: in the template language (docs/templates.md); `pairs`: pairs typed or pasted. */
export const DraftKind = z.enum(['template', 'pairs']);
export type DraftKind = z.infer<typeof DraftKind>;

export const SuiteDraft = z.strictObject({
  kind: DraftKind,
  text: z.string().max(500_000),
  /** Of the words that are drawn: the same seed draws the same pairs. */
  seed: z.int().min(0).max(0xffffffff).default(1),
  /** Pairs of each class that does not say how many. */
  pairs: z.int().min(1).max(10_000).default(100),
});
export type SuiteDraft = z.infer<typeof SuiteDraft>;

export interface DraftPair {
  good: string;
  bad: string;
}

export interface DraftClass {
  uid: string;
  phenomenon: string;
  about: string;
  /** Where it begins in the text. */
  line: number;
  pairs: number;
  /** Choices of words that its templates have: so many pairs, or fewer; null: typed by hand. */
  choices: number | null;
  /** The first pairs. */
  examples: DraftPair[];
  warnings: string[];
}

export interface DraftPreview {
  classes: DraftClass[];
  pairs: number;
  /** Why no suite can be made of it, and at which line; null: one can, or there is nothing yet. */
  problem: { message: string; line: number | null } | null;
  /**
   * The run that the warnings on tokens are of, and those on bigrams where its text's are counted; null: no run is
   * looked at, or it has no tokenizer.
   */
  beside: { name: string; hasBigrams: boolean } | null;
}

export interface StoredDraft extends SuiteDraft {
  suiteId: number;
  name: string;
  /** Whether saving changes the suite itself: it has not been scored or judged yet. */
  editable: boolean;
}

const suiteId = z.int().positive();
const runId = z.int().positive().optional();

export const draftMethods = {
  /** What a draft would give; lengths and bigrams as the run reads them, or the latest one. */
  'drafts.preview': returns<DraftPreview>()(z.strictObject({ draft: SuiteDraft, runId })),
  /** Makes the suite, in the place of the one that it was opened from where that is editable. */
  'drafts.save': returns<SuiteInfo>()(
    z.strictObject({ draft: SuiteDraft, name: z.string().trim().min(1).max(200), suiteId: suiteId.optional() }), // prettier-ignore
  ),
  'drafts.list': returns<{ suiteId: number; name: string; kind: DraftKind }[]>()(nothing),
  'drafts.get': returns<StoredDraft>()(z.strictObject({ suiteId })),
  /** A class of the starter suite as a template, to begin with. */
  'drafts.example': returns<string>()(nothing),
};
