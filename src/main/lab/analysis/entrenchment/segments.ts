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
  const rssOf = leastSquares(x, y);
  // best[b][to]: least RSS of points 0 … to with b breaks; begins[b][to]: where its last piece begins.
  const best: Float64Array[] = [];
  const begins: Uint32Array[] = [];
  let chosen: SegmentedFit = { segments: [], bic: Infinity };
  for (let breaks = 0; breaks <= maxBreaks; breaks++) {
    const least = new Float64Array(n).fill(Infinity);
    const begin = new Uint32Array(n);
    const before = best[breaks - 1];
    for (let to = 0; to < n; to++) {
      const rss = rssOf[to] as Float64Array;
      if (!before) least[to] = rss[0] as number;
      else
        for (let from = shortestPiece; from <= to - shortestPiece + 1; from++) {
          const sum = (before[from - 1] as number) + (rss[from] as number);
          if (sum >= (least[to] as number)) continue;
          least[to] = sum;
          begin[to] = from;
        }
    }
    best.push(least);
    begins.push(begin);
    const rss = least[n - 1] ?? Infinity;
    const parameters = 2 * (breaks + 1) + breaks;
    // Not below what rounding leaves of a perfect fit, so that pieces are not added to fit that.
    const bic = n * Math.log(Math.max(rss / n, 1e-12)) + parameters * Math.log(n);
    if (n > 0 && rss < Infinity && bic < chosen.bic) {
      const segments: Segment[] = [];
      for (let b = breaks, to = n - 1; b >= 0; b--) {
        const from = begins[b]?.[to] ?? 0;
        segments.unshift({ first: at[from] as number, last: at[to] as number, ...line(x, y, from, to) }); // prettier-ignore
        to = from - 1;
      }
      chosen = { segments, bic };
    }
  }
  return chosen;
}

/**
 * RSS of the least squares line through points from … to, at [to][from]. A point more is taken into account at a time
 * (Welford's updates of means and sums of squares), so that a thousand checkpoints cost a million steps.
 */
function leastSquares(x: number[], y: number[]): Float64Array[] {
  return x.map((_, to) => {
    const rss = new Float64Array(to + 1);
    let [n, mx, my, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
    for (let from = to; from >= 0; from--) {
      n++;
      const [dx, dy] = [(x[from] as number) - mx, (y[from] as number) - my];
      mx += dx / n;
      my += dy / n;
      xx += dx * ((x[from] as number) - mx);
      xy += dx * ((y[from] as number) - my);
      yy += dy * ((y[from] as number) - my);
      rss[from] = yy - (xx === 0 ? 0 : (xy * xy) / xx);
    }
    return rss;
  });
}

/** The least squares line through points from … to. */
function line(
  x: number[],
  y: number[],
  from: number,
  to: number,
): Pick<Segment, 'intercept' | 'slope'> {
  const n = to - from + 1;
  let [sx, sy] = [0, 0];
  for (let i = from; i <= to; i++) {
    sx += x[i] as number;
    sy += y[i] as number;
  }
  const [mx, my] = [sx / n, sy / n];
  let [xx, xy] = [0, 0];
  for (let i = from; i <= to; i++) {
    const dx = (x[i] as number) - mx;
    xx += dx * dx;
    xy += dx * ((y[i] as number) - my);
  }
  const slope = xx === 0 ? 0 : xy / xx;
  return { slope, intercept: my - slope * mx };
}
