// What two sentences share and where they differ.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { align, differences } from '../../../src/renderer/charts/align.ts';

const marked = (pieces: { text: string; differs: boolean }[]): string =>
  pieces.map(({ text, differs }) => (differs ? `[${text}]` : text)).join('');

test('a replaced word stands under the one that replaces it', () => {
  expect(align(['The', 'cats', 'sleep', '.'], ['The', 'cats', 'sleeps', '.'])).toEqual([
    { left: 0, right: 0, same: true },
    { left: 1, right: 1, same: true },
    { left: 2, right: 2, same: false },
    { left: 3, right: 3, same: true },
  ]);
});

test('a moved word is marked in both places', () => {
  const { good, bad } = differences(
    'Who should Derek hug after shocking Richard?',
    'Who should Derek hug Richard after shocking?',
  );
  expect(marked(good)).toBe('Who should Derek hug after shocking [Richard]?');
  expect(marked(bad)).toBe('Who should Derek hug [Richard] after shocking?');
});

test('words that differ side by side are one mark; the same sentence twice has none', () => {
  const { good, bad } = differences('Many girls insulted themselves.', 'Many girls insulted her own self.'); // prettier-ignore
  expect(marked(good)).toBe('Many girls insulted [themselves].');
  expect(marked(bad)).toBe('Many girls insulted [her own self].');
  expect(marked(differences('It rains.', 'It rains.').good)).toBe('It rains.');
});

test('an alignment keeps both sequences whole, in order, and as much in common as there is', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(words, words, (left, right) => {
      const columns = align(left, right);
      const side = (key: 'left' | 'right'): number[] =>
        columns.flatMap((column) => (column[key] === null ? [] : [column[key]]));
      expect(side('left')).toEqual([...left.keys()]);
      expect(side('right')).toEqual([...right.keys()]);
      for (const { left: i, right: j, same } of columns)
        if (same) expect(left[i ?? -1]).toBe(right[j ?? -2]);
      expect(columns.filter((column) => column.same)).toHaveLength(longestCommon(left, right));
    }),
  );
});

/** Length of the longest common subsequence, by its definition. */
function longestCommon(a: string[], b: string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a[0] === b[0]) return 1 + longestCommon(a.slice(1), b.slice(1));
  return Math.max(longestCommon(a.slice(1), b), longestCommon(a, b.slice(1)));
}
