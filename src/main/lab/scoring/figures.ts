// Figures that other programs computed of the pairs of a suite, whatever they keep of them.

export interface Sentences {
  good: string;
  bad: string;
}

export interface TokenScores {
  tokens: string[];
  /** Natural log, one a token but the first `scoredFrom`. */
  nats: number[];
}

export interface PairFigures {
  /** log P of the good and the bad sentence in nats; of a choice 0 for the chosen one and −1 for the other. */
  good: number;
  bad: number;
  /** Where each token has its score. */
  tokens?: { scoredFrom: number; good: TokenScores; bad: TokenScores };
}

/** The figures of one checkpoint. */
export interface CheckpointFigures {
  step: number;
  /** As the file's folder says; null where it does not. */
  wordsSeen: number | null;
  /** What there is of each pair of a class, in their order; null: not both sentences, or no choice between them. */
  ofClass(uid: string, pairs: readonly Sentences[]): (PairFigures | null)[];
  /** How many sentences, or choices, no pair asked for. */
  unused(): number;
}

export interface Figures {
  /** Log-probabilities, or only which sentence was chosen. */
  kept: 'scores' | 'choices';
  /** In the order of steps. */
  checkpoints: CheckpointFigures[];
}

/** What is known of sentences one by one. */
export function bySentence<T>(
  step: number,
  known: ReadonlyMap<string, T>,
  keyOf: (sentence: string) => string,
  figures: (good: T, bad: T) => PairFigures | null,
): CheckpointFigures {
  const unused = new Set(known.keys());
  return {
    step,
    wordsSeen: null,
    ofClass: (_uid, pairs) =>
      pairs.map((pair) => {
        const [goodKey, badKey] = [keyOf(pair.good), keyOf(pair.bad)];
        unused.delete(goodKey);
        unused.delete(badKey);
        const [good, bad] = [known.get(goodKey), known.get(badKey)];
        return good === undefined || bad === undefined ? null : figures(good, bad);
      }),
    unused: () => unused.size,
  };
}
