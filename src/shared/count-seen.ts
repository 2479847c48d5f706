// How much a model had seen: known of runs that were trained here, and not always of others.

/** Tokens or words seen by a step; null: nobody counted them (a model trained elsewhere), since past step 0 there are some. */
export const countSeen = (count: number, step: number): number | null =>
  count === 0 && step > 0 ? null : count;
