// Scoring plans and their use, in the trainer thread: sentences are encoded and planned once, then
// scored at each checkpoint.
import type { Profile } from '../../../../shared/domain.ts';
import { OptModel } from '../../model/index.ts';
import { aggregate, encodeSentence, planScoring, Scorer, type EncodedSentence, type ScoringPlan } from '../../scoring/index.ts'; // prettier-ignore
import type { ClassScores } from '../../store/scores.ts';
import { openTokenizer } from '../../tokenizer/index.ts';
import { threadGone, type CommandArgs, type PlannedTokens } from './messages.ts';
import type { Told } from './trainer.ts';

/** Scored pairs are handed over about so often: what a stop or a dead process can lose. */
const handOverMs = 20_000;
/** How often it is told how far it is. */
const toldMs = 500;

interface Planned {
  profile: Profile;
  plan: ScoringPlan;
  /** Pair p has the sentences 2 p, the good one, and 2 p + 1. */
  pairs: { classId: number; pairRowId: number }[];
}

export class ScoringSession {
  private readonly plans = new Map<string, Planned>();
  /** That of the plan used last: at checkpoint after checkpoint it is the same. */
  private scorer: { key: string; scorer: Scorer } | null = null;

  /** One plan for all classes: the more sentences, the more they share. */
  plan({ key, tokenizerJson, profile, maxPositions, classes }: CommandArgs<'plan'>): PlannedTokens {
    const tokenizer = openTokenizer({ json: tokenizerJson });
    const encoded = classes.flatMap(({ good, bad }) =>
      good.flatMap((sentence, i) => [
        encodeSentence(tokenizer, profile, sentence),
        encodeSentence(tokenizer, profile, bad[i] as string),
      ]),
    );
    const pairs = classes.flatMap(({ classId, pairRowIds }) =>
      pairRowIds.map((pairRowId) => ({ classId, pairRowId })),
    );
    this.plans.set(key, { profile, plan: planScoring(encoded, { maxPositions }), pairs });
    return flatTokens(pairs.map(({ pairRowId }) => pairRowId), encoded); // prettier-ignore
  }

  /**
   * Posts the scores of pairs, class by class; leaves the rest out when it is told to stop. Batches are the plan's,
   * whatever is stored: which pairs are computed together moves their last bits.
   * @param stored row ids of the pairs that are not wanted again
   */
  score(key: string, source: OptModel | string, stored: ReadonlySet<number>, told: Told): void {
    const planned = this.plans.get(key);
    if (!planned) throw threadGone('what is to be scored was not planned in it');
    const model = typeof source === 'string' ? OptModel.load(source) : source;
    try {
      const scored = new Array<Float32Array | undefined>(2 * planned.pairs.length);
      let ready: number[] = [];
      let [handedOver, lastTold] = [Date.now(), 0];
      const handOver = (): void => {
        post(planned, ready, scored, told);
        ready = [];
        handedOver = Date.now();
      };
      const wanted = (sentence: number): boolean =>
        !stored.has((planned.pairs[sentence >> 1] as Planned['pairs'][number]).pairRowId);
      const batches = this.scorerOf(key, planned, model).score(model, wanted);
      for (const { sentences, logProbs, done } of batches) {
        sentences.forEach((sentence, n) => {
          if (!wanted(sentence)) return;
          scored[sentence] = logProbs[n];
          if (scored[sentence ^ 1]) ready.push(sentence >> 1); // the other of its pair is there
        });
        if (told.stopped()) break;
        if (Date.now() - handedOver > handOverMs) handOver();
        if (Date.now() - lastTold > toldMs) {
          told.tell({ kind: 'scored', share: done });
          lastTold = Date.now();
        }
      }
      handOver();
    } finally {
      if (typeof source === 'string') model.dispose();
    }
  }

  dispose(): void {
    this.scorer?.scorer.dispose();
    this.scorer = null;
    this.plans.clear();
  }

  private scorerOf(key: string, { plan }: Planned, { config }: OptModel): Scorer {
    if (this.scorer?.key === key) return this.scorer.scorer;
    this.scorer?.scorer.dispose();
    this.scorer = { key, scorer: new Scorer(config, plan) };
    return this.scorer.scorer;
  }
}

/** Hands over some pairs' scores, and forgets them. */
function post(
  { profile, pairs }: Planned,
  ready: readonly number[],
  scored: (Float32Array | undefined)[],
  told: Told,
): void {
  const byClass = new Map<number, number[]>();
  for (const p of ready.toSorted((a, b) => a - b)) {
    const { classId } = pairs[p] as Planned['pairs'][number];
    const same = byClass.get(classId);
    if (same) same.push(p);
    else byClass.set(classId, [p]);
  }
  for (const [classId, members] of byClass) {
    const scores = classScores(
      profile,
      members.map((p) => pairs[p]?.pairRowId as number),
      members.flatMap((p) => [scored[2 * p], scored[2 * p + 1]] as Float32Array[]),
    );
    told.tell({ kind: 'scores', classId, scores }, buffers(scores));
  }
  for (const p of ready) scored[2 * p] = scored[2 * p + 1] = undefined;
}

function classScores(
  profile: Profile,
  pairRowIds: readonly number[],
  sentences: readonly Float32Array[],
): ClassScores {
  const tokens = sentences.reduce((sum, s) => sum + s.length, 0);
  const scores: ClassScores = {
    pairRowIds: Int32Array.from(pairRowIds),
    goodNats: new Float64Array(pairRowIds.length),
    badNats: new Float64Array(pairRowIds.length),
    tokenNats: new Float32Array(tokens),
    tokenCounts: new Int32Array(pairRowIds.length),
  };
  let at = 0;
  pairRowIds.forEach((_, i) => {
    const good = sentences[2 * i] as Float32Array;
    const bad = sentences[2 * i + 1] as Float32Array;
    scores.goodNats[i] = aggregate(profile, good);
    scores.badNats[i] = aggregate(profile, bad);
    scores.tokenNats.set(good, at);
    scores.tokenNats.set(bad, at + good.length);
    scores.tokenCounts[i] = good.length + bad.length;
    at += good.length + bad.length;
  });
  return scores;
}

function flatTokens(pairRowIds: number[], encoded: EncodedSentence[]): PlannedTokens {
  const good = (i: number): EncodedSentence => encoded[2 * i] as EncodedSentence;
  const bad = (i: number): EncodedSentence => encoded[2 * i + 1] as EncodedSentence;
  const ids = new Uint32Array(encoded.reduce((sum, { ids }) => sum + ids.length, 0));
  let at = 0;
  for (const sentence of encoded) {
    ids.set(sentence.ids, at);
    at += sentence.ids.length;
  }
  return {
    pairRowIds: Int32Array.from(pairRowIds),
    scoredFrom: Int32Array.from(pairRowIds, (_, i) => good(i).scoredFrom),
    goodCounts: Int32Array.from(pairRowIds, (_, i) => good(i).ids.length),
    badCounts: Int32Array.from(pairRowIds, (_, i) => bad(i).ids.length),
    ids,
  };
}

const buffers = (scores: ClassScores): ArrayBuffer[] =>
  Object.values(scores).map((array: Int32Array | Float64Array | Float32Array) => array.buffer as ArrayBuffer); // prettier-ignore
