// How single pairs fare over a run's checkpoints: when first wrong, how often they change sides.

export interface Course {
  /** Changes between right and wrong; ties are passed over. */
  flips: number;
  /** Index of the first checkpoint at which the pair is wrong; −1: none. */
  firstWrong: number;
}

/**
 * @param deltas score(good) − score(bad), one array a checkpoint in the order of steps, one number a
 * pair; NaN where a pair was not scored, which is passed over
 * @param tiesAreRight whether a Δ of 0 counts as right
 */
export function courses(
  deltas: readonly Float64Array[],
  pairs: number,
  tiesAreRight: boolean,
): Course[] {
  const found = Array.from({ length: pairs }, (): Course => ({ flips: 0, firstWrong: -1 }));
  const sides = new Int8Array(pairs);
  deltas.forEach((column, c) => {
    for (let i = 0; i < pairs; i++) {
      const delta = column[i] as number;
      const side = delta > 0 || (delta === 0 && tiesAreRight) ? 1 : delta < 0 ? -1 : 0;
      if (side === 0) continue;
      const course = found[i] as Course;
      if (side !== sides[i] && sides[i] !== 0) course.flips++;
      if (side < 0 && course.firstWrong < 0) course.firstWrong = c;
      sides[i] = side;
    }
  });
  return found;
}
