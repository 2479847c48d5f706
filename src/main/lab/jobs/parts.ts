// Scores of parts of sentences, from the token scores that are stored of whole ones: nothing is scored anew.
import type { Profile } from '../../../shared/domain.ts';
import {
  partProfileName,
  type PairParts,
  type PartMethod,
} from '../../../shared/scoring-method.ts';
import { summarise } from '../analysis/summary.ts';
import { scoreOfTokens, tokensInParts } from '../scoring/index.ts';
import { getClass, type StoredClass } from '../store/classes.ts';
import { getProfile, profileId } from '../store/library.ts';
import { packNats, putClassNats } from '../store/nats.ts';
import { listPairs } from '../store/pairs.ts';
import {
  classMethods,
  classParts,
  classTokenIds,
  classTokenNats,
  countTokenIds,
  setWholeScoring,
  wholeScoring,
} from '../store/parts.ts';
import { aligned, beginScoring, floats, putClassSummary } from '../store/scores.ts';
import type { Db } from '../store/sql.ts';
import { tokenizerOf } from '../store/tokenizers.ts';

/** The tokens of a pair that a method scores: indexes into its sentences' tokens. */
export interface PairPartTokens {
  pairRowId: number;
  scoredFrom: number;
  /** Tokens of the good sentence, unscored ones among them. */
  goodTokens: number;
  good: number[];
  bad: number[];
}

interface PartsAsked {
  tokenizerId: number;
  encodingId: number;
  form: Profile['text'];
  one: StoredClass;
  method: PartMethod;
}

/** They are the same at every checkpoint. */
const found = new WeakMap<Db, Map<string, PairPartTokens[]>>();

/** The pairs of a class whose parts are all scored under an encoding. */
export function partTokens(db: Db, asked: PartsAsked): PairPartTokens[] {
  const { encodingId, one, method } = asked;
  const known = found.get(db) ?? new Map<string, PairPartTokens[]>();
  found.set(db, known);
  // More pairs of a sample may get their tokens, and a suite may learn of its parts.
  const parts = classParts(db, one, method);
  const key = [encodingId, one.classId, method, parts.size, countTokenIds(db, encodingId, one)].join(' '); // prettier-ignore
  const tokens = known.get(key) ?? findPartTokens(db, asked, parts);
  known.set(key, tokens);
  return tokens;
}

function findPartTokens(
  db: Db,
  args: PartsAsked,
  parts: ReadonlyMap<number, PairParts>,
): PairPartTokens[] {
  const { encodingId, form, one } = args;
  if (parts.size === 0) return [];
  const tokenizer = tokenizerOf(db, args.tokenizerId);
  const sentences = new Map(listPairs(db, one.classId).map((pair) => [pair.pairRowId, pair]));
  return classTokenIds(db, encodingId, one).flatMap(({ pairRowId, scoredFrom, goodTokens, ...row }) => {
    const pair = sentences.get(pairRowId);
    const part = parts.get(pairRowId);
    if (!pair || !part) return [];
    const ids = new Uint32Array(aligned(row.ids));
    const within = (side: 'good' | 'bad', own: Uint32Array) => tokensInParts(tokenizer, form, pair[side], { ids: own, scoredFrom }, part[side]); // prettier-ignore
    const good = within('good', ids.subarray(0, goodTokens));
    const bad = within('bad', ids.subarray(goodTokens));
    return good && bad ? [{ pairRowId, scoredFrom, goodTokens, good, bad }] : [];
  }); // prettier-ignore
}

/** Makes a class's scores under every method it has parts for, from its token scores in a scoring; call it in a transaction. */
export function recordParts(db: Db, wholeId: number, classId: number): void {
  const whole = wholeScoring(db, wholeId);
  if (!whole || whole.tokenizerId === null) return;
  const { tokenizerId, encodingId } = whole;
  const one = getClass(db, classId);
  for (const method of classMethods(db, one)) {
    const profile = partProfile(getProfile(db, whole.profileId), method);
    const tokens = partTokens(db, { tokenizerId, encodingId, form: profile.text, one, method });
    const nats = new Map(classTokenNats(db, wholeId, one).map((row) => [row.pairRowId, floats(row.nats)])); // prettier-ignore
    const rows = tokens.flatMap(({ pairRowId, scoredFrom, goodTokens, good, bad }) => {
      const scores = nats.get(pairRowId);
      if (!scores) return [];
      const middle = goodTokens - scoredFrom;
      return {
        place: pairRowId - one.firstPairRowId,
        good: scoreOfTokens(profile, scores.subarray(0, middle), good, scoredFrom),
        bad: scoreOfTokens(profile, scores.subarray(middle), bad, scoredFrom),
      };
    });
    if (rows.length === 0) continue;
    const scoringId = beginScoring(db, { ...whole, profileId: profileId(db, profile) });
    setWholeScoring(db, scoringId, wholeId);
    putClassNats(db, scoringId, classId, packNats(one.pairs, rows));
    const deltas = Float64Array.from(rows, ({ good, bad }) => good - bad);
    putClassSummary(db, scoringId, classId, summarise(deltas, profile.ties));
  }
}

const partProfile = (whole: Profile, method: PartMethod): Profile => ({
  ...whole,
  name: partProfileName(whole.name, method),
  method,
});
