// Attention over the trees of a plan, by the operation of our own or, where an engine lacks it, by TensorFlow's.
import { productsFor } from '../engine/products.ts';
import { add, FLOAT, INT32, reshape, splitFirst, tensor, transpose, type DType, type Value } from '../engine/ops.ts'; // prettier-ignore
import { hasTreeAttention, treeAttention } from '../engine/own-operations.ts';
import { MASKED } from '../model/index.ts';

/** Shapes: N = rows · T cells, H hidden, A heads of D = H / A. */
export interface Rows {
  rows: number;
  rowTokens: number;
}

export interface Attention {
  /** How long rows had best be. */
  rowTokens: number;
  /** What it is told of who sees whom. */
  sight: (rows: Rows) => { dtype: DType; shape: number[] };
  /** That, made of the `ends` of a batch's cells (N): cell j is seen by cells j ≤ i < ends[j] of its row. */
  look: (ends: Int32Array, rows: Rows) => Value;
  /** (N, 3H), queries scaled, → (N, H) */
  attend: (qkv: Value, sight: Value, rows: Rows, heads: number, hiddenSize: number) => Value;
}

/** Each cell with the few before it on its path, however long the row: longer ones share more. */
export const alongPaths: Attention = {
  rowTokens: 2048,
  sight: ({ rows, rowTokens }) => ({ dtype: INT32, shape: [rows * rowTokens] }),
  look: (ends, { rowTokens: T }) =>
    tensor(
      ends.map((end, cell) => cell - (cell % T) + end),
      [ends.length],
    ),
  attend: (qkv, ends, { rows, rowTokens: T }, A, H) =>
    treeAttention(reshape(qkv, rows * T, 3, A, H / A), ends),
};

/** Each cell with all of its row, those that it does not see masked: twice the row, half of the sharing lost again. */
export const masked: Attention = {
  rowTokens: 128,
  sight: ({ rows, rowTokens: T }) => ({ dtype: FLOAT, shape: [rows, 1, T, T] }),
  look: (ends, { rows, rowTokens: T }) => tensor(ancestorMask(ends, rows, T), [rows, 1, T, T]),
  attend(qkv, mask, { rows, rowTokens: T }, A, H) {
    const { batchMatMul, softmax } = productsFor('fp32', H);
    const byHead = transpose(reshape(qkv, rows, T, 3, A, H / A), [2, 0, 3, 1, 4]); // (3, rows, A, T, D)
    const [q, k, v] = splitFirst(byHead, 3).map((part) => reshape(part, rows, A, T, H / A)) as [Value, Value, Value]; // prettier-ignore
    const scores = batchMatMul(q, k, 'b'); // (rows, A, T, T)
    const shares = softmax(add(scores, mask)); // (rows, A, T, T)
    const summed = batchMatMul(shares, v); // (rows, A, T, D)
    return reshape(transpose(summed, [0, 2, 1, 3]), rows * T, H);
  },
};

/** (rows, T, T): 0 where cell i (second axis) sees cell j (third), MASKED elsewhere. */
function ancestorMask(ends: Int32Array, rows: number, T: number): Float32Array {
  const mask = new Float32Array(rows * T * T).fill(MASKED);
  for (let r = 0; r < rows; r++)
    for (let j = 0; j < T; j++)
      for (let i = j; i < ends[r * T + j]!; i++) mask[(r * T + i) * T + j] = 0;
  return mask;
}

/** The one that this engine has. */
export const attentionHere = (): Attention => (hasTreeAttention() ? alongPaths : masked);
