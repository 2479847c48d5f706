// Two sequences side by side: what they share stands in one column.

/** A column of an alignment: the index in each sequence, null where it has nothing there. */
export interface Column {
  left: number | null;
  right: number | null;
  same: boolean;
}

/**
 * Aligns by a longest common subsequence; between shared elements, what differs is paired in order, so
 * that a replaced word stands under the word that replaces it.
 */
export function align<T>(left: readonly T[], right: readonly T[]): Column[] {
  const rows = left.length;
  const columns = right.length;
  // common[i][j]: length of the longest common subsequence of left[i…] and right[j…].
  const common = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      common[i]![j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1)); // prettier-ignore

  const aligned: Column[] = [];
  let onlyLeft: number[] = [];
  let onlyRight: number[] = [];
  const flush = (): void => {
    for (let k = 0; k < Math.max(onlyLeft.length, onlyRight.length); k++)
      aligned.push({ left: onlyLeft[k] ?? null, right: onlyRight[k] ?? null, same: false });
    onlyLeft = [];
    onlyRight = [];
  };
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && left[i] === right[j]) {
      flush();
      aligned.push({ left: i++, right: j++, same: true });
    } else if (j >= columns || (i < rows && at(i + 1, j) >= at(i, j + 1))) onlyLeft.push(i++);
    else onlyRight.push(j++);
  }
  flush();
  return aligned;
}

export interface Piece {
  text: string;
  differs: boolean;
}

/** A pair's two sentences in pieces, the words and signs that differ marked. */
export function differences(good: string, bad: string): { good: Piece[]; bad: Piece[] } {
  const parts = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}'’-]+|\s+|[^\s]/gu) ?? [];
  const isWord = (part: string): boolean => /\S/.test(part);
  const goodParts = parts(good);
  const badParts = parts(bad);
  // Spaces are left out of the alignment, else they pair words at random.
  const words = (all: string[]): number[] => all.flatMap((part, i) => (isWord(part) ? [i] : []));
  const goodWords = words(goodParts);
  const badWords = words(badParts);
  const columns = align(
    goodWords.map((i) => goodParts[i]),
    badWords.map((i) => badParts[i]),
  ).filter((column) => !column.same);
  const differing = (side: 'left' | 'right', indexes: number[]): Set<number> =>
    new Set(
      columns.flatMap((column) => (column[side] === null ? [] : [indexes[column[side]] ?? -1])),
    );
  return {
    good: pieces(goodParts, differing('left', goodWords)),
    bad: pieces(badParts, differing('right', badWords)),
  };
}

/** Joins neighbours of a kind; a space between two differing words differs too. */
function pieces(parts: string[], differing: Set<number>): Piece[] {
  const joined: Piece[] = [];
  parts.forEach((text, i) => {
    const between = /^\s+$/.test(text) && differing.has(i - 1) && differing.has(i + 1);
    const differs = differing.has(i) || between;
    const last = joined.at(-1);
    if (last?.differs === differs) last.text += text;
    else joined.push({ text, differs });
  });
  return joined;
}
