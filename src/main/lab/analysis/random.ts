// A small seeded generator, the same numbers on every machine: xoshiro128** (Blackman and Vigna,
// "Scrambled linear pseudorandom number generators", 2021), its state filled by SplitMix32.

/** Returns a function that gives the next uniform 32-bit unsigned integer. */
export function seededUint32(seed: number): () => number {
  let mix = seed >>> 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split();
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

/**
 * The first `count` of 0 … n − 1 in a seeded random order, so that a smaller sample is the
 * beginning of a larger one.
 */
export function seededSample(n: number, count: number, seed: number): number[] {
  const next = seededUint32(seed);
  const order = Array.from({ length: n }, (_, i) => i);
  const wanted = Math.min(count, n);
  for (let i = 0; i < wanted; i++) {
    const j = i + Math.floor((next() / 2 ** 32) * (n - i));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order.slice(0, wanted);
}

/** FNV-1a of a text: a seed that depends on a name. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
