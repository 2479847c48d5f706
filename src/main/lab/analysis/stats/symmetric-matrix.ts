// Small symmetric positive definite systems, row-major [p × p].

/** A matrix's lower Cholesky factor L (A = L Lᵀ). null where A is not positive definite. */
export function cholesky(a: Float64Array, p: number): Float64Array | null {
  const lower = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * p + j] as number;
      for (let k = 0; k < j; k++)
        sum -= (lower[i * p + k] as number) * (lower[j * p + k] as number);
      if (i === j) {
        if (!(sum > 0)) return null;
        lower[i * p + i] = Math.sqrt(sum);
      } else lower[i * p + j] = sum / (lower[j * p + j] as number);
    }
  }
  return lower;
}

/** x of A x = b, given A's Cholesky factor. */
export function choleskySolve(lower: Float64Array, b: ArrayLike<number>): Float64Array {
  const p = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < p; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] as number) - (lower[i * p + k] as number) * (x[k] as number); // prettier-ignore
    x[i] = (x[i] as number) / (lower[i * p + i] as number);
  }
  for (let i = p - 1; i >= 0; i--) {
    for (let k = i + 1; k < p; k++) x[i] = (x[i] as number) - (lower[k * p + i] as number) * (x[k] as number); // prettier-ignore
    x[i] = (x[i] as number) / (lower[i * p + i] as number);
  }
  return x;
}

/** A⁻¹, given A's Cholesky factor. */
export function choleskyInverse(lower: Float64Array, p: number): Float64Array {
  const inverse = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    const unit = new Float64Array(p);
    unit[j] = 1;
    choleskySolve(lower, unit).forEach((v, i) => (inverse[i * p + j] = v));
  }
  return inverse;
}

/** log det A, given A's Cholesky factor. */
export function logDeterminant(lower: Float64Array, p: number): number {
  let sum = 0;
  for (let i = 0; i < p; i++) sum += 2 * Math.log(lower[i * p + i] as number);
  return sum;
}
