// Which columns are proposed for which part of a table.
import { expect, it } from 'vitest';
import { guessScoreColumns, guessSuiteColumns } from '../../../src/renderer/views/in-out/guess-columns.ts'; // prettier-ignore

it.each([
  [['sentence_good', 'sentence_bad', 'UID', 'pairID'], { good: 'sentence_good', bad: 'sentence_bad', class: 'UID', pairId: 'pairID' }], // prettier-ignore
  [['item', 'Grammatical', 'Ungrammatical', 'type'], { good: 'Grammatical', bad: 'Ungrammatical', class: 'type', pairId: 'item' }], // prettier-ignore
  [['correct', 'incorrect'], { good: 'correct', bad: 'incorrect', class: '' }],
  [['Context', 'good', 'bad', 'critical_region'], { context: 'Context', badContext: '', region: 'critical_region', badRegion: '' }], // prettier-ignore
  [['context_good', 'context_bad', 'good', 'bad', 'region_good', 'region_bad'], { context: 'context_good', badContext: 'context_bad', region: 'region_good', badRegion: 'region_bad' }], // prettier-ignore
  // Nothing is proposed that does not look like it.
  [['a', 'b', 'c'], { good: '', bad: '', class: '', phenomenon: '', field: '', pairId: '' }],
])('of a suite: %j', (columns, found) => expect(guessSuiteColumns(columns)).toMatchObject(found));

it.each([
  [['text', 'logprob'], { sentence: 'text', score: 'logprob', step: '' }],
  [['checkpoint', 'sentence', 'sum_log_prob'], { sentence: 'sentence', score: 'sum_log_prob', step: 'checkpoint' }], // prettier-ignore
])('of scores: %j', (columns, found) => expect(guessScoreColumns(columns)).toEqual(found));
