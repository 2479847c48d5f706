// A chart's series as a table.
import { expect, test } from 'vitest';
import { sampled, tableColumns, tableRows } from '../../../src/renderer/charts/chart-table.ts';
import { termNamed } from '../../../src/renderer/views/glossary/terms.ts';

const at = (...steps: number[]) => steps.map((step) => ({ step, tokensSeen: 10 * step, wordsSeen: 7 * step })); // prettier-ignore

test('every moment of any series has a row, with nothing where a series has none', () => {
  const series = [
    { label: '', moments: at(0, 10), values: [0.5, null] },
    { label: 'run 2', moments: at(5, 10), values: [0.7, 0.8] },
  ];
  const rows = tableRows(series);
  expect(rows.map(({ moment, values }) => [moment.step, ...values])).toEqual([
    [0, 0.5, undefined],
    [5, undefined, 0.7],
    [10, null, 0.8],
  ]);
  expect(Object.keys(tableColumns(series, 'Accuracy'))).toEqual(['step', 'tokens_seen', 'words_seen', 'Accuracy', 'run 2']); // prettier-ignore
});

test('a long table is sampled with its ends', () => {
  const rows = sampled(Array.from({ length: 1_000 }, (_, i) => i), 40); // prettier-ignore
  expect(rows).toHaveLength(40);
  expect([rows[0], rows.at(-1)]).toEqual([0, 999]);
  expect(new Set(rows).size).toBe(40);
  expect(sampled([1, 2], 40)).toEqual([1, 2]);
});

test('labels on screen name terms of the glossary', () => {
  for (const [label, id] of [
    ['Accuracy', 'accuracy'],
    ['Mean Δ', 'mean-delta'],
    ['log P', 'score'],
    ['Loss', 'loss'],
  ] as const)
    // prettier-ignore
    expect(termNamed(label)?.id, label).toBe(id);
  expect(termNamed('no such thing')).toBeUndefined();
});
