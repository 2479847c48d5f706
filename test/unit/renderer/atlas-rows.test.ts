// The atlas as a list: grouped, sorted, filtered.
import { expect, test } from 'vitest';
import type { ClassRow, Judgement } from '../../../src/shared/domain.ts';
import { atlasRows, type AtlasOrder } from '../../../src/renderer/views/atlas/rows.ts';

const row = (
  uid: string,
  phenomenon: string,
  accuracy: number,
  more: Partial<ClassRow> = {},
): ClassRow => ({
  classId: uid.length,
  uid,
  field: 'syntax',
  phenomenon,
  pairs: 100,
  right: 100 * accuracy,
  ties: 0,
  accuracy,
  low: 0,
  high: 1,
  meanDelta: accuracy - 0.5,
  human: null,
  judgement: null,
  flagged: false,
  published: { fiveGram: null, lstm: null, transformerXl: null, gpt2: null },
  worstAccuracy: accuracy,
  timeWrong: 0,
  finalAccuracy: accuracy,
  tags: [],
  votes: [],
  adjudicated: null,
  lexicallyIdentical: 0,
  shape: null,
  entrenched: null,
  ...more,
});
const judgement: Judgement = {
  verdict: 'not-meaningful',
  reason: 'lexical artefact',
  tags: [],
  annotator: 'me',
  atMs: 0,
};
const classes = [
  row('wh_island', 'island_effects', 0.66, { human: 0.73 }),
  row('adjunct_island', 'island_effects', 0.31, {
    human: 0.94,
    judgement,
    votes: [judgement],
    flagged: true,
  }),
  row('anaphor_gender', 'anaphor_agreement', 0.8),
];
const order: AtlasOrder = { group: 'phenomenon', sort: 'name', descending: false, filter: '' };
const names = (change: Partial<AtlasOrder>): string[] =>
  atlasRows(classes, { ...order, ...change }).map((each) => (each.kind === 'heading' ? `# ${each.name}` : each.row.uid)); // prettier-ignore

test('groups and classes are alphabetical by name, worst first by a number', () => {
  expect(names({})).toEqual(['# anaphor agreement', 'anaphor_gender', '# island effects', 'adjunct_island', 'wh_island']); // prettier-ignore
  expect(names({ sort: 'accuracy', descending: true })[0]).toBe('# anaphor agreement');
  expect(names({ sort: 'accuracy' })[0]).toBe('# island effects');
  expect(names({ group: 'none', sort: 'accuracy' })).toEqual(['adjunct_island', 'wh_island', 'anaphor_gender']); // prettier-ignore
});

test('what lacks the value sorted by comes last either way', () => {
  for (const descending of [false, true])
    expect(names({ group: 'none', sort: 'human', descending }).at(-1)).toBe('anaphor_gender');
  expect(names({ group: 'none', sort: 'human', descending: true })[0]).toBe('adjunct_island');
});

test('a filter leaves out classes, and groups without any', () => {
  expect(names({ filter: 'island wh' })).toEqual(['# island effects', 'wh_island']);
  expect(names({ filter: 'lexical', group: 'none' })).toEqual(['adjunct_island']);
  expect(names({ filter: 'flag:yes', group: 'none' })).toEqual(['adjunct_island']);
  expect(names({ filter: 'judged:no', group: 'none' })).toEqual(['anaphor_gender', 'wh_island']);
  expect(names({ filter: 'nothing like it' })).toEqual([]);
});

test('the list given is left as it was', () => {
  names({ sort: 'accuracy', group: 'none' });
  expect(classes.map((each) => each.uid)).toEqual(['wh_island', 'adjunct_island', 'anaphor_gender']); // prettier-ignore
});
