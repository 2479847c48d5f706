// Order by seed: the same seed and epoch give the same order on every machine.

/** Numbers in [0, 2³²) from a 32-bit seed (splitmix32: Steele et al. 2014, in Vigna's 32-bit form). */
export function randomIntegers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** 0 … size − 1 in the order of one epoch (Fisher and Yates). */
export function permutation(size: number, seed: number, epoch: number): Int32Array {
  const next = randomIntegers(Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1) + Math.imul(epoch + 1, 0x85ebca6b)); // prettier-ignore
  const order = Int32Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor((next() / 2 ** 32) * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
