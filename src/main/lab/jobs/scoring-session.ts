// Scoring plans and their use, in the trainer thread: sentences are encoded and planned once, then
// scored at each checkpoint.
import type { Profile } from '../../../shared/domain.ts';
import { OptModel } from '../model/index.ts';
import { aggregate, encodeSentence, planScoring, scorePlan, type EncodedSentence, type ScoringPlan } from '../scoring/index.ts'; // prettier-ignore
import type { ClassScores } from '../store/scores.ts';
import { openTokenizer } from '../tokenizer/index.ts';
import type { ClassToScore, CommandArgs, PlannedTokens } from './messages.ts';
import type { Told } from './trainer.ts';

/** Classes are planned together up to about so many pairs: enough for full rows, few enough to see it go on. */
const pairsPerPlan = 1_000;

interface Planned {
  profile: Profile;
  /** Sentences lie class by class, each pair's good one before its bad one. */
  parts: { classes: Pick<ClassToScore, 'classId' | 'pairRowIds'>[]; plan: ScoringPlan }[];
}

export class ScoringSession {
  private readonly plans = new Map<string, Planned>();

  plan({ key, tokenizerJson, profile, maxPositions, classes }: CommandArgs<'plan'>): PlannedTokens {
    const tokenizer = openTokenizer({ json: tokenizerJson });
    const encoded = classes.map(({ good, bad }) =>
      good.flatMap((sentence, i) => [
        encodeSentence(tokenizer, profile, sentence),
        encodeSentence(tokenizer, profile, bad[i] as string),
      ]),
    );
    const parts: Planned['parts'] = [];
    for (let from = 0; from < classes.length;) {
      let to = from;
      for (let pairs = 0; to < classes.length && pairs < pairsPerPlan; to++)
        pairs += (classes[to] as ClassToScore).pairRowIds.length;
      parts.push({
        classes: classes
          .slice(from, to)
          .map(({ classId, pairRowIds }) => ({ classId, pairRowIds })),
        plan: planScoring(encoded.slice(from, to).flat(), { maxPositions }),
      });
      from = to;
    }
    this.plans.set(key, { profile, parts });
    return flatTokens(classes.flatMap((c) => c.pairRowIds), encoded.flat()); // prettier-ignore
  }

  /** Posts the scores of each class; leaves the rest out when it is told to stop. */
  score(key: string, source: OptModel | string, told: Told): void {
    const planned = this.plans.get(key);
    if (!planned) throw new Error('What is to be scored was not planned.');
    const model = typeof source === 'string' ? OptModel.load(source) : source;
    const signal = {
      get aborted() {
        return told.stopped();
      },
    };
    try {
      for (const { classes, plan } of planned.parts) {
        const logProbs = scorePlan(model, plan, { signal });
        let at = 0;
        for (const { classId, pairRowIds } of classes) {
          const sentences = logProbs.slice(at, (at += 2 * pairRowIds.length));
          const scores = classScores(planned.profile, pairRowIds, sentences);
          told.tell({ kind: 'scores', classId, scores }, buffers(scores));
        }
      }
    } catch (error) {
      if (!told.stopped()) throw error;
    } finally {
      if (typeof source === 'string') model.dispose();
    }
  }

  dispose(): void {
    this.plans.clear();
  }
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
