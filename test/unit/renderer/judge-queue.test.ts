import { describe, expect, test } from 'vitest';
import { disagreement, queueOf } from '../../../src/renderer/views/judge/queue.ts';
import type { ClassRow, Judgement, Verdict } from '../../../src/shared/domain.ts';

const vote = (annotator: string, verdict: Verdict): Judgement => ({
  annotator,
  verdict,
  reason: '',
  tags: [],
  atMs: 0,
});
const row = (classId: number, accuracy: number, ...votes: Judgement[]): ClassRow => ({
  classId,
  uid: `class_${classId}`,
  field: 'syntax',
  phenomenon: 'islands',
  pairs: 100,
  right: 100 * accuracy,
  ties: 0,
  accuracy,
  low: accuracy - 0.1,
  high: accuracy + 0.1,
  meanDelta: 0,
  human: null,
  judgement: votes.at(-1) ?? null,
  flagged: false,
  published: { fiveGram: null, lstm: null, transformerXl: null, gpt2: null },
  worstAccuracy: accuracy,
  timeWrong: 0,
  finalAccuracy: accuracy,
  tags: [],
  votes,
  adjudicated: null,
  lexicallyIdentical: 0,
  shape: null,
  entrenched: null,
});

test('disagreement is the share of pairs of votes that differ', () => {
  const [a, b, c] = [vote('a', 'meaningful'), vote('b', 'meaningful'), vote('c', 'unsure')];
  expect(disagreement([a])).toBeNull();
  expect(disagreement([a, b])).toBe(0);
  expect(disagreement([a, b, c])).toBeCloseTo(2 / 3);
});

describe('the queue', () => {
  const classes = [
    row(1, 0.9, vote('Anna', 'meaningful')),
    row(2, 0.52, vote('Ben', 'meaningful'), vote('Anna', 'not-meaningful')),
    row(3, 0.2, vote('Ben', 'unsure')),
    row(4, 0.7),
  ];
  const of = (order: 'unjudged' | 'disagreement' | 'uncertain', annotator = 'Anna', blind = false) => queueOf(classes, { order, annotator, blind }); // prettier-ignore

  test('puts first what the one who judges has not judged', () => {
    expect(of('unjudged')).toEqual([3, 4, 1, 2]);
    expect(of('unjudged', 'Ben')).toEqual([1, 4, 2, 3]);
  });

  test('puts first where votes differ', () => {
    expect(of('disagreement')[0]).toBe(2);
  });

  test('puts first what is unsure, then what is nearest to chance', () => {
    expect(of('uncertain')).toEqual([3, 2, 4, 1]);
  });

  test('tells nothing of models and other annotators to one who is blind', () => {
    expect(of('disagreement', 'Anna', true)).toEqual([1, 2, 3, 4]);
    expect(of('uncertain', 'Anna', true)).toEqual([1, 2, 3, 4]);
    expect(of('uncertain', 'Ben', true)).toEqual([3, 1, 2, 4]);
  });
});
