// The filter text of classes: what it keeps, what it does not understand, what it suggests.
import { describe, expect, it } from 'vitest';
import type { ClassRow, Judgement, Verdict } from '../../../src/shared/domain.ts';
import { classFilter } from '../../../src/renderer/filter/class-filter.ts';
import { suggest } from '../../../src/renderer/filter/suggest.ts';

const vote = (verdict: Verdict, annotator = 'Ada', reason = ''): Judgement => ({ verdict, reason, tags: [], annotator, atMs: 0 }); // prettier-ignore

function row(uid: string, more: Partial<ClassRow> = {}): ClassRow {
  return {
    classId: 1,
    uid,
    field: 'syntax',
    phenomenon: 'island_effects',
    pairs: 100,
    right: 50,
    ties: 0,
    accuracy: 0.5,
    low: 0.4,
    high: 0.6,
    meanDelta: 0,
    human: null,
    judgement: null,
    flagged: false,
    published: { fiveGram: null, lstm: null, transformerXl: null, gpt2: null },
    worstAccuracy: 0.5,
    timeWrong: 0,
    finalAccuracy: 0.5,
    tags: [],
    votes: [],
    adjudicated: null,
    lexicallyIdentical: 0,
    shape: null,
    entrenched: null,
    ...more,
  };
}

const classes = [
  row('wh_island', {
    accuracy: 0.31,
    meanDelta: -2.1,
    human: 0.94,
    flagged: true,
    shape: 'entrenched wrong',
    entrenched: true,
  }),
  row('adjunct_island', { accuracy: 0.66, meanDelta: 0.9, votes: [vote('not-meaningful', 'Ada', 'odd lexical items')], tags: ['lexical artefact'] }), // prettier-ignore
  row('principle_A', { field: 'syntax_semantics', phenomenon: 'binding', accuracy: 0.5, votes: [vote('meaningful'), vote('unsure', 'Bo')] }), // prettier-ignore
  row('irregular_plural', { field: 'morphology', phenomenon: 'subject_verb_agreement', accuracy: 0.92, human: 0.8, adjudicated: vote('unsure') }), // prettier-ignore
];
const kept = (text: string): string[] => {
  const { keeps, problems } = classFilter(text, classes);
  expect(problems).toEqual([]);
  return classes.filter(keeps).map(({ uid }) => uid);
};

describe('a filter text', () => {
  it.each([
    ['', ['wh_island', 'adjunct_island', 'principle_A', 'irregular_plural']],
    ['island', ['wh_island', 'adjunct_island']],
    ['"verb agreement"', ['irregular_plural']],
    ['-island', ['principle_A', 'irregular_plural']],
    ['field:syntax', ['wh_island', 'adjunct_island']], // a value of theirs: exactly that one
    ['field:synt', ['wh_island', 'adjunct_island', 'principle_A']],
    ['phenomenon:binding,subject_verb', ['principle_A', 'irregular_plural']],
    ['accuracy:<0.5', ['wh_island']],
    ['accuracy<.5', ['wh_island']],
    ['accuracy:>=50%', ['adjunct_island', 'principle_A', 'irregular_plural']],
    ['accuracy:0.6..0.7', ['adjunct_island']],
    ['accuracy:.31', ['wh_island']],
    ['delta:<−1', ['wh_island']],
    ['human:<0.9', ['irregular_plural']], // unknown is neither less nor more
    ['-human:<0.9', ['wh_island', 'adjunct_island', 'principle_A']],
    ['judged:no', ['wh_island', 'irregular_plural']],
    ['judged:unsure', ['principle_A', 'irregular_plural']],
    ['judged:adjudicated', ['irregular_plural']],
    ['flag:yes', ['wh_island']],
    ['tag:"lexical artefact"', ['adjunct_island']],
    ['by:bo', ['principle_A']],
    ['shape:"entrenched wrong"', ['wh_island']],
    ['entrenched:yes', ['wh_island']],
    ['lexical items', ['adjunct_island']],
    ['field:syntax accuracy:>0.5 judged:yes', ['adjunct_island']],
  ])('%s', (text, uids) => expect(kept(text)).toEqual(uids));

  it('says what it does not understand, and filters by the rest', () => {
    const { keeps, problems } = classFilter('colour:red accuracy:low field: island', classes);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('colour');
    expect(problems[1]).toContain('“low”');
    expect(classes.filter(keeps)).toHaveLength(2);
  });
  it('takes no name from what every object has', () => {
    expect(classFilter('constructor:x', classes).problems).toHaveLength(1);
  });
});

describe('suggestions', () => {
  const texts = (text: string, caret = text.length): string[] =>
    suggest(text, caret, classes).options.map((option) => option.text);

  it('are filter names first', () => {
    expect(texts('')).toContain('accuracy:');
    expect(texts('island ph')).toEqual(['phenomenon:']);
    expect(texts('-fl')).toEqual(['-flag:']);
    expect(suggest('sh', 2, classes.slice(1)).options).toEqual([]); // no class has one
  });
  it('are then the values of the classes, with how many have them', () => {
    expect(texts('field:')).toEqual(['field:morphology', 'field:syntax', 'field:syntax_semantics']);
    expect(suggest('field:m', 7, classes).options).toEqual([{ text: 'field:morphology', note: '1' }]); // prettier-ignore
    expect(texts('field:syntax,mo')).toEqual(['field:syntax,morphology']);
    expect(texts('tag:l')).toEqual(['tag:"lexical artefact"']);
    expect(texts('nothing:')).toEqual([]);
  });
  it('take the place of the term at the caret alone', () => {
    expect(suggest('fie accuracy:<0.5', 3, classes)).toMatchObject({ from: 0, to: 3 });
    expect(suggest('island ', 7, classes)).toMatchObject({ from: 7, to: 7 });
  });
});
