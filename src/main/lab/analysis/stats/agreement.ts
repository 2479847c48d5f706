// Agreement between annotators on unordered categories, each annotator free to leave units out.

/** Ratings by unit: the categories that annotators gave it, in no order; absent ones left out. */
export type Ratings = readonly (readonly string[])[];

export interface Agreement {
  /** Krippendorff's α, nominal (Krippendorff, "Content analysis", 2004, §11.3). */
  alpha: number;
  /** Gwet's AC1 (Gwet, "Computing inter-rater reliability … in the presence of high agreement", 2008). */
  ac1: number;
  /** Share of agreeing pairs of ratings within units, averaged over units with two or more. */
  observed: number;
  /** Units with at least two ratings: those that say anything about agreement. */
  units: number;
}

/**
 * α is NaN where every rating is the same (nothing to be right about by chance); AC1 is 1 there. Both
 * are NaN where no unit has two ratings. As usual, α's chance agreement is of the units with two or more
 * ratings, AC1's of all units with any.
 * @param categories how many there were to choose from, for AC1; those seen where left out
 */
export function agreement(ratings: Ratings, categories?: number): Agreement {
  const paired = ratings.filter((unit) => unit.length >= 2);
  const rated = ratings.filter((unit) => unit.length >= 1);
  const observed =
    paired.reduce((sum, unit) => sum + agreeingPairs(unit) / (unit.length * (unit.length - 1)), 0) /
    paired.length;
  return {
    alpha: alphaNominal(paired),
    ac1: ac1(rated, observed, categories),
    observed,
    units: paired.length,
  };
}

const counted = (unit: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const category of unit) counts.set(category, (counts.get(category) ?? 0) + 1);
  return counts;
};

/** Ordered pairs of ratings of one unit that are the same. */
const agreeingPairs = (unit: readonly string[]): number =>
  [...counted(unit).values()].reduce((sum, c) => sum + c * (c - 1), 0);

/** α = 1 − D_o / D_e from the coincidence matrix: values of a unit with m ratings weigh 1 / (m − 1). */
function alphaNominal(paired: Ratings): number {
  const totals = counted(paired.flat());
  const n = [...totals.values()].reduce((sum, c) => sum + c, 0);
  const agreeing = paired.reduce((sum, unit) => sum + agreeingPairs(unit) / (unit.length - 1), 0);
  const byChance = [...totals.values()].reduce((sum, c) => sum + c * (c - 1), 0) / (n - 1);
  return 1 - (n - agreeing) / (n - byChance);
}

/** Chance agreement is Σ π (1 − π) / (q − 1), π the mean share of each of q categories. */
function ac1(rated: Ratings, observed: number, categories?: number): number {
  const shares = new Map<string, number>();
  for (const unit of rated)
    for (const [category, c] of counted(unit))
      shares.set(category, (shares.get(category) ?? 0) + c / unit.length / rated.length);
  const q = Math.max(categories ?? 0, shares.size);
  if (q < 2) return observed;
  const chance = [...shares.values()].reduce((sum, p) => sum + p * (1 - p), 0) / (q - 1);
  return (observed - chance) / (1 - chance);
}
