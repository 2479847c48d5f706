// Figures that other programs computed of the pairs of a suite, whatever they keep of them.
import { AppError } from '../../../shared/errors.ts';
import type { SuiteFile } from '../suite/index.ts';
import { countInName, inOrder, placeOf } from './series.ts';

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

/** Where a checkpoint stands in its series. */
export type Place = Pick<CheckpointFigures, 'step' | 'wordsSeen'>;

/**
 * Reads the files of each checkpoint. They are told apart by the name of a folder or of the file (step-100, chck_10M);
 * lm-evaluation-harness names a folder after the model's path, with __ between its parts.
 * @param read null: nothing in them
 * @throws AppError 'bad-file': their names give no order
 */
export function ofEachCheckpoint<T>(
  files: readonly SuiteFile[],
  read: (files: SuiteFile[]) => T | null,
): [at: Place, T][] {
  const groups = [...Map.groupBy(files, checkpointOf)].flatMap(([name, ofIt]) => {
    const found = read(ofIt);
    return found === null ? [] : [{ folder: name || (ofIt[0]?.name ?? ''), count: countInName(name), found }]; // prettier-ignore
  });
  return inOrder(groups).map(({ count, found }, n) => [placeOf(count, n), found]);
}

const checkpointOf = ({ name }: SuiteFile): string =>
  name.replace(/\.[a-z]+$/i, '').split(/\/|__/).findLast((part) => countInName(part) !== null) ?? ''; // prettier-ignore

/** Of one model a sentence has one score; what lies closer is rounding, or a narrow type's noise between batches. */
const sameNats = (nats: number): number => 0.01 + 0.01 * Math.abs(nats);

/** @throws AppError 'bad-file': the sentence has another score already */
export function keepScore<T>(
  scores: Map<string, T>,
  sentence: string,
  score: T,
  natsOf: (score: T) => number,
  where: string,
): void {
  const [before, nats] = [scores.get(sentence), natsOf(score)];
  if (before !== undefined && Math.abs(natsOf(before) - nats) > sameNats(nats))
    throw new AppError('bad-file', `${where}: “${sentence}” has two scores, ${natsOf(before)} and ${nats}. Scores are of one model; its checkpoints are told apart by folders named step-100 or chck_10M, or by a table’s column “step”.`); // prettier-ignore
  scores.set(sentence, score);
}

/** What is known of sentences one by one. */
export function bySentence<T>(
  at: Place,
  known: ReadonlyMap<string, T>,
  keyOf: (sentence: string) => string,
  figures: (good: T, bad: T) => PairFigures | null,
): CheckpointFigures {
  const unused = new Set(known.keys());
  return {
    ...at,
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
