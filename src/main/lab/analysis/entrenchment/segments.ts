// Trajectories as a few straight pieces over log(step): the number of pieces that BIC prefers.

export interface Segment {
  /** Checkpoints first … last, both in it. */
  first: number;
  last: number;
  intercept: number;
  slope: number;
}

export interface SegmentedFit {
  segments: Segment[];
  /** n ln(RSS / n) + k ln n, with two parameters a piece and one a break; lower is better. */
  bic: number;
}

/** A piece has at least so many checkpoints: two would be fitted without error. */
const shortestPiece = 3;

/**
 * The best of fits with 0 … maxBreaks breaks, each break between two checkpoints and each piece its own least
 * squares line (Bai and Perron, "Computation and analysis of multiple structural change models", 2003: the
 * best breaks of every number by dynamic programming). Checkpoints whose value is NaN are left out.
 * @param steps of the checkpoints; the fit is over ln(1 + step)
 */
export function segmentedFit(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  maxBreaks = 3,
): SegmentedFit {
  const at = Array.from(steps, (_, c) => c).filter((c) => Number.isFinite(values[c]));
  const x = at.map((c) => Math.log1p(steps[c] as number));
  const y = at.map((c) => values[c] as number);
  const n = at.length;
  const fits = new Map<number, Segment & { rss: number }>();
  const fit = (from: number, to: number): Segment & { rss: number } => {
    const key = from * n + to;
    const known = fits.get(key) ?? line(x, y, from, to);
    fits.set(key, known);
    return known;
  };
  // best[b][to]: least RSS of points 0 … to with b breaks, and where its last piece begins.
  const best: { rss: number; from: number }[][] = [];
  let chosen: SegmentedFit = { segments: [], bic: Infinity };
  for (let breaks = 0; breaks <= maxBreaks; breaks++) {
    best[breaks] = Array.from({ length: n }, (_, to) => {
      let least = { rss: Infinity, from: 0 };
      const lowest = breaks === 0 ? 0 : shortestPiece;
      for (let from = lowest; from <= (breaks === 0 ? 0 : to - shortestPiece + 1); from++) {
        const rss = (breaks === 0 ? 0 : (best[breaks - 1]?.[from - 1]?.rss ?? Infinity)) + fit(from, to).rss; // prettier-ignore
        if (rss < least.rss) least = { rss, from };
      }
      return least;
    });
    const rss = best[breaks]?.[n - 1]?.rss ?? Infinity;
    const parameters = 2 * (breaks + 1) + breaks;
    // Not below what rounding leaves of a perfect fit, so that pieces are not added to fit that.
    const bic = n * Math.log(Math.max(rss / n, 1e-12)) + parameters * Math.log(n);
    if (n > 0 && rss < Infinity && bic < chosen.bic) {
      const segments: Segment[] = [];
      for (let b = breaks, to = n - 1; b >= 0; b--) {
        const from = best[b]?.[to]?.from ?? 0;
        const { intercept, slope } = fit(from, to);
        segments.unshift({ first: at[from] as number, last: at[to] as number, intercept, slope });
        to = from - 1;
      }
      chosen = { segments, bic };
    }
  }
  return chosen;
}

function line(x: number[], y: number[], from: number, to: number): Segment & { rss: number } {
  const n = to - from + 1;
  let [sx, sy] = [0, 0];
  for (let i = from; i <= to; i++) {
    sx += x[i] as number;
    sy += y[i] as number;
  }
  const [mx, my] = [sx / n, sy / n];
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = from; i <= to; i++) {
    const [dx, dy] = [(x[i] as number) - mx, (y[i] as number) - my];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  const slope = xx === 0 ? 0 : xy / xx;
  return { first: from, last: to, slope, intercept: my - slope * mx, rss: yy - slope * xy };
}
