// Figures of other programs, put beside the pairs of a suite, as they are stored.
import { createHash } from 'node:crypto';
import { isSpecialToken, type Figures, type PairFigures } from '../../scoring/index.ts';
import { listClasses } from '../../store/classes.ts';
import { addShownTokenizer } from '../../store/library.ts';
import { listPairs } from '../../store/pairs.ts';
import type { ClassScores, PairTokens } from '../../store/scores.ts';
import type { Db } from '../../store/sql.ts';
import { byteLevelBpeJson, toSymbols } from '../../tokenizer/index.ts';

type PairTokenScores = NonNullable<PairFigures['tokens']>;

interface MatchedClass {
  scores: ClassScores;
  /** One a pair, where all of them have their tokens; else none. */
  tokens: Map<number, PairTokenScores>;
}

export interface MatchedFigures {
  /** In the order of steps; classes without any figure are left out. */
  checkpoints: { step: number; wordsSeen: number | null; classes: Map<number, MatchedClass> }[];
  /** Of the suite, that have figures at some step. */
  pairs: number;
  /** Sentences, or choices, that the suite does not have. */
  unused: number;
}

export function matchFigures(db: Db, suiteId: number, figures: Figures): MatchedFigures {
  const classes = listClasses(db, suiteId).map((one) => ({ ...one, rows: listPairs(db, one.classId) })); // prettier-ignore
  const known = new Set<number>();
  let unused = 0;
  const checkpoints = figures.checkpoints.map((checkpoint) => {
    const found = new Map<number, MatchedClass>();
    for (const { classId, uid, rows } of classes) {
      const figures = checkpoint.ofClass(uid, rows).flatMap((one, i) => {
        const pairRowId = rows[i]?.pairRowId;
        return one === null || pairRowId === undefined ? [] : [{ pairRowId, ...one }];
      });
      if (figures.length > 0) found.set(classId, asStored(figures));
      figures.forEach(({ pairRowId }) => known.add(pairRowId));
    }
    unused = Math.max(unused, checkpoint.unused());
    return { step: checkpoint.step, wordsSeen: checkpoint.wordsSeen, classes: found };
  });
  return { checkpoints: checkpoints.filter((one) => one.classes.size > 0), pairs: known.size, unused }; // prettier-ignore
}

/** Where a pair has no tokens, each of its sentences is one. */
function asStored(figures: readonly (PairFigures & { pairRowId: number })[]): MatchedClass {
  const allTokens = figures.every(({ tokens }) => tokens !== undefined);
  const nats = figures.map(({ good, bad, tokens }) =>
    allTokens && tokens ? [...tokens.good.nats, ...tokens.bad.nats] : [good, bad],
  );
  return {
    scores: {
      pairRowIds: Int32Array.from(figures, ({ pairRowId }) => pairRowId),
      goodNats: Float64Array.from(figures, ({ good }) => good),
      badNats: Float64Array.from(figures, ({ bad }) => bad),
      tokenNats: Float32Array.from(nats.flat()),
      tokenCounts: Int32Array.from(nats, (ofPair) => ofPair.length),
    },
    tokens: new Map(allTokens ? figures.flatMap(({ pairRowId, tokens }) => (tokens ? [[pairRowId, tokens]] : [])) : []), // prettier-ignore
  };
}

/**
 * The tokens of every pair, and what stands for the tokenizer that they come from: it shows them and encodes nothing.
 * null: not all pairs have their tokens.
 */
export function tokensShown(
  db: Db,
  { checkpoints }: MatchedFigures,
): { tokenizerId: number; pairs: PairTokens[] } | null {
  const found = checkpoints.flatMap(({ classes }) => [...classes.values()]);
  if (found.length === 0 || found.some(({ tokens }) => tokens.size === 0)) return null;
  const specialTokens = new Set(['</s>']); // without which there is no tokenizer
  const ids = new Map([['</s>', 0]]);
  const idOf = (token: string): number => {
    const isSpecial = token === '' || isSpecialToken(token);
    const name = isSpecial ? token || '␣' : toSymbols(token); // a token has a name
    if (isSpecial) specialTokens.add(name);
    const id = ids.get(name) ?? ids.size;
    ids.set(name, id);
    return id;
  };
  const pairs = found.flatMap(({ tokens }) =>
    [...tokens].map(([pairRowId, { scoredFrom, good, bad }]) => ({
      pairRowId,
      scoredFrom,
      goodIds: good.tokens.map(idOf),
      badIds: bad.tokens.map(idOf),
    })),
  );
  const json = byteLevelBpeJson({ vocab: Object.fromEntries(ids), merges: [], specialTokens: [...specialTokens], unkToken: null, prefixToken: null }); // prettier-ignore
  const sha256 = createHash('sha256').update(json).digest('hex');
  return { tokenizerId: addShownTokenizer(db, { vocabSize: ids.size, sha256, json }), pairs };
}
