// Within classes: are the pairs whose bigrams favour the bad sentence the ones that go wrong?
import { mean } from '../stats/centre.ts';
import { logistic, type LogisticFit } from '../stats/logistic.ts';

/** Pairs of all classes, one entry a pair in every array. */
export interface PairEvidence {
  /** Number of the class. */
  classOf: ArrayLike<number>;
  /** Number of the unit over which errors are robust: the class, its phenomenon, or the pair's template. */
  clusterOf: ArrayLike<number>;
  /** The n-gram's log P of the good sentence less that of the bad one, nats. */
  ngramDelta: ArrayLike<number>;
  /** The model's Δ (nats) at the last checkpoint of the early window, and at the last of all. */
  earlyDelta: ArrayLike<number>;
  lateDelta: ArrayLike<number>;
}

export interface PairLevelResult {
  pairs: number;
  classes: number;
  /** Standard deviation of the n-gram's Δ within classes, nats: the unit of both estimates. */
  spreadNats: number;
  /**
   * Log odds of an error (a Δ below 0; ties are no error) for an n-gram Δ one SD further towards the bad
   * sentence, every class with an intercept of its own.
   */
  early: LogisticFit;
  late: LogisticFit;
}

/** Logistic regression with class intercepts and errors robust over clusters. */
export function pairLevel(evidence: PairEvidence): PairLevelResult {
  const { classOf, clusterOf, ngramDelta, earlyDelta, lateDelta } = evidence;
  const spreadNats = spreadWithin(classOf, ngramDelta);
  const towardsBad = Float64Array.from(ngramDelta, (delta) => -delta / spreadNats);
  const fit = (deltas: ArrayLike<number>): LogisticFit =>
    logistic({
      outcome: Array.from(deltas, (d) => (Number.isNaN(d) ? NaN : Number(d < 0))),
      predictors: { towardsBad },
      groups: classOf,
      clusters: clusterOf,
    });
  return {
    pairs: ngramDelta.length,
    classes: new Set(Array.from(classOf)).size,
    spreadNats,
    early: fit(earlyDelta),
    late: fit(lateDelta),
  };
}

/** Pooled standard deviation around the classes' means; NaN where no class has two pairs. */
function spreadWithin(classOf: ArrayLike<number>, values: ArrayLike<number>): number {
  const members = new Map<number, number[]>();
  for (let i = 0; i < values.length; i++) {
    const of = classOf[i] as number;
    const list = members.get(of);
    if (!Number.isFinite(values[i])) continue;
    if (list) list.push(values[i] as number);
    else members.set(of, [values[i] as number]);
  }
  let squares = 0;
  let degrees = 0;
  for (const list of members.values()) {
    const middle = mean(list);
    for (const value of list) squares += (value - middle) ** 2;
    degrees += list.length - 1;
  }
  return Math.sqrt(squares / degrees);
}
