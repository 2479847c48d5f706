// Attention over the trees of a scoring plan, in the operation of our own and in TensorFlow's, against float64.
import { describe, expect, it } from 'vitest';
import { loadEngine } from '../../src/main/lab/engine/index.ts';
import { read, scope, tensor } from '../../src/main/lab/engine/ops.ts';
import { treeAttention } from '../../src/main/lab/engine/own-operations.ts';
import { alongPaths, attentionHere, masked, type Attention, type Rows } from '../../src/main/lab/scoring/attention.ts'; // prettier-ignore

/** Only an addon that our set-up compiled brings operations of our own. */
const isOurs = loadEngine().info.origin === 'set-up';
if (!isOurs) console.warn('SKIPPED: TensorFlow is here by its package’s installer, so attention in one operation is not tried.'); // prettier-ignore

/** As in LCG of Numerical Recipes: the same numbers whenever the test runs. */
function randomly(seed: number): () => number {
  let state = seed;
  return () => (state = (1_664_525 * state + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

interface Case extends Rows {
  heads: number;
  width: number;
  /** Twice as large as any number of qkv. */
  scale: number;
  qkv: Float32Array;
  ends: Int32Array;
}

/** Rows of trees: from cell to cell the path goes on, after having gone back by some cells or to nothing. */
function caseOf(rows: number, rowTokens: number, heads: number, width: number, scale = 1): Case {
  const random = randomly(rows * rowTokens + width);
  const ends = new Int32Array(rows * rowTokens);
  for (let row = 0; row < rows; row++) {
    const path: number[] = [];
    const leave = (cell: number) => (ends[row * rowTokens + path.pop()!] = cell);
    for (let cell = 0; cell < rowTokens; cell++) {
      const kept = random() < 0.2 ? 0 : path.length - Math.floor(random() * 3);
      while (path.length > Math.max(kept, 0)) leave(cell);
      path.push(cell);
    }
    while (path.length > 0) leave(rowTokens);
  }
  const qkv = Float32Array.from({ length: rows * rowTokens * 3 * heads * width }, () => scale * (random() - 0.5)); // prettier-ignore
  return { rows, rowTokens, heads, width, scale, qkv, ends };
}

/** softmax(q · kᵀ) · v of each head, over the cells of the row that a cell sees (Vaswani et al. 2017). */
function wanted({ rows, rowTokens: T, heads, width, qkv, ends }: Case): Float64Array {
  const hidden = heads * width;
  const at = (cell: number, which: number, head: number, c: number): number =>
    qkv[(3 * cell + which) * hidden + head * width + c]!;
  const summed = new Float64Array(rows * T * hidden);
  for (let cell = 0; cell < rows * T; cell++) {
    const first = cell - (cell % T);
    const seen: number[] = [];
    for (let j = first; j <= cell; j++) if (cell - first < ends[j]!) seen.push(j);
    for (let head = 0; head < heads; head++) {
      const scores = seen.map((j) => {
        let dot = 0;
        for (let c = 0; c < width; c++) dot += at(cell, 0, head, c) * at(j, 1, head, c);
        return dot;
      });
      const largest = Math.max(...scores);
      const parts = scores.map((score) => Math.exp(score - largest));
      const total = parts.reduce((a, b) => a + b, 0);
      seen.forEach((j, n) => {
        for (let c = 0; c < width; c++)
          summed[cell * hidden + head * width + c]! += (parts[n]! / total) * at(j, 2, head, c);
      });
    }
  }
  return summed;
}

function attended({ attend, look }: Attention, one: Case): Float32Array {
  const { rows, rowTokens, heads, width, qkv, ends } = one;
  const [cells, hidden] = [rows * rowTokens, heads * width];
  const made = new Float32Array(cells * hidden);
  scope(() => {
    const given = tensor(qkv, [cells, 3 * hidden]);
    made.set(read(attend(given, look(ends, one), one, heads, hidden)));
  });
  return made;
}

const cases: [string, Case][] = [
  ['one row, longer than a thread’s piece', caseOf(1, 2_048, 4, 64)],
  ['rows of 128', caseOf(3, 128, 12, 64)],
  ['a width that no vector fits', caseOf(2, 16, 2, 5)],
  ['a width beyond a whole number of vectors', caseOf(2, 32, 3, 40)],
  ['scores of hundreds of nats', caseOf(1, 64, 2, 64, 20)],
  ['a path longer than a vector', { ...caseOf(1, 96, 1, 32), ends: new Int32Array(96).fill(96) }],
  ['cells that see themselves only', { ...caseOf(1, 16, 1, 8), ends: Int32Array.from({ length: 16 }, (_, cell) => cell + 1) }], // prettier-ignore
];
const kinds: [string, Attention][] = [['masked', masked], ...(isOurs ? [['along paths', alongPaths] as [string, Attention]] : [])]; // prettier-ignore

describe.each(kinds)('attention %s equals float64', (_, kind) => {
  it.each(cases)('%s', (_, one) => {
    const [made, exact] = [attended(kind, one), wanted(one)];
    expect(made).toHaveLength(exact.length);
    const off = made.reduce((most, x, n) => Math.max(most, Math.abs(x - exact[n]!)), 0);
    // A score's last place counts the more, the larger it is: they grow by the square of their factors.
    expect(off / one.scale).toBeLessThan(5e-7 * one.scale ** 2);
  });
});

it('is the one of our own where set-up compiled it', () => {
  expect(attentionHere()).toBe(isOurs ? alongPaths : masked);
});

it.runIf(isOurs)('NaN spreads along its path and no further', () => {
  const one = caseOf(1, 16, 1, 8);
  one.ends.set([16, 3, 3, 16]); // cell 1 is seen by 2, not by 3
  for (let cell = 4; cell < 16; cell++) one.ends[cell] = 16;
  one.qkv.fill(NaN, 24 + 8, 24 + 16); // the key of cell 1
  const made = attended(alongPaths, one);
  const isNaNs = Array.from({ length: 16 }, (_, cell) => made.subarray(8 * cell, 8 * cell + 8).every(Number.isNaN)); // prettier-ignore
  expect(isNaNs.flatMap((isNaN, cell) => (isNaN ? cell : []))).toEqual([1, 2]);
});

it.runIf(isOurs)('refuses what does not fit', () => {
  scope(() => {
    const qkv = tensor(new Float32Array(4 * 3 * 2), [4, 3, 1, 2]);
    expect(() => treeAttention(qkv, tensor(new Int32Array(3), [3]))).toThrow(/do not fit/);
    expect(() => treeAttention(tensor(new Float32Array(16), [4, 2, 1, 2]), tensor(new Int32Array(4), [4]))).toThrow(/do not fit/); // prettier-ignore
  });
});
