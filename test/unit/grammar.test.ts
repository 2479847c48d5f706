import { describe, expect, it } from 'vitest';
import { makePairs, parseGrammar, parseWords } from '../../src/main/lab/suite/grammar.ts';

const words = parseWords(
  `# Words
words noun: sg pl
owl       owls      bird
ice_floe  ice_floes  # a comment ends no table
crow      crows     bird loud

words verb: s base
sings  sing
`,
  'shared.words',
);
const heading = 'class: c\nfield: syntax\nphenomenon: agreement\nabout: a test\n';
const make = (body: string, pairs = 1) => makePairs(parseGrammar(`${heading}pairs: ${pairs}\n${body}`, 'c.grammar', words)); // prettier-ignore

describe('a grammar', () => {
  it('fills both templates with the same words', () => {
    expect(make('good: a(n) {noun1 bird !loud sg} {verb1 s}.\nbad: a(n) {noun1 sg} {verb1 base}.')).toEqual([{ good: 'An owl sings.', bad: 'An owl sing.' }]); // prettier-ignore
    expect(make('good: a(n) {noun1 sg !bird}.\nbad: a(n) {noun1 pl}.')).toEqual([{ good: 'An ice floe.', bad: 'An ice floes.' }]); // prettier-ignore
    expect(make('good: the a(n) {noun1 loud sg}.\nbad: the {noun1 pl}.')).toEqual([{ good: 'The a crow.', bad: 'The crows.' }]); // prettier-ignore
  });

  it('asks of a word what any of its places asks for', () => {
    expect(make('good: {noun1 bird sg}.\nbad: {noun1 !loud pl}.')).toEqual([{ good: 'Owl.', bad: 'Owls.' }]); // prettier-ignore
  });

  it('makes all the pairs there are, no word twice in one, and always the same', () => {
    const body = 'good: {noun1 bird sg} and {noun2 sg}.\nbad: {noun2 pl} and {noun1 pl}.';
    const pairs = make(body, 4);
    expect(new Set(pairs.map(({ good }) => good))).toEqual(new Set(['Owl and ice floe.', 'Owl and crow.', 'Crow and ice floe.', 'Crow and owl.'])); // prettier-ignore
    expect(make(body, 4)).toEqual(pairs);
    expect(() => make(body, 5)).toThrow(/make no more than 4 pairs, not 5/);
  });

  it('takes its pairs of templates in turn, and words of its own', () => {
    const body = `words some: good bad
few  all

good: {some1 good} {noun1 pl}.
bad:  {some1 bad} {noun1 pl}.

good: no {noun1 pl}.
bad:  every {noun1 pl}.`;
    expect(make(body, 4).map(({ bad }) => bad.split(' ')[0])).toEqual(['All', 'Every', 'All', 'Every']); // prettier-ignore
  });

  it.each([
    ['good: x.\n', /line 6: a good template without/],
    ['bad: x.\n', /line 6: a bad template without/],
    ['good: {nuon1 sg}.\nbad: x.', /line 6: \{nuon1 sg\}: expected a category/],
    ['good: {noun sg}.\nbad: x.', /line 6: \{noun sg\}: expected a category of words and a number/],
    ['good: {noun1 bird}.\nbad: x.', /line 6: \{noun1 bird\}: name one of the forms sg, pl/],
    ['good: {noun1 fish sg}.\nbad: x.', /line 6: \{noun1 fish sg\}: no noun has the tag “fish”/],
    ['goods: x', /line 6: “goods” is none of/],
    ['whatever', /line 6: “whatever” stands in no table/],
    ['words x: a b\nc\n', /line 7: expected 2 forms/],
    ['', /there is no pair of templates/],
    ['good: {noun1 bird sg} {noun2 bird sg} {noun3 bird sg}.\nbad: x.', /no word fits \{noun3\}/],
    ['good: x.\nbad: x.', /“X\.” is both good and bad \(line 7\)/],
  ])('%j is refused', (body, message) => {
    expect(() => make(body)).toThrow(expect.objectContaining({ code: 'bad-file' }) as Error);
    expect(() => make(body)).toThrow(message);
  });

  it('lacks no heading', () => {
    expect(() => parseGrammar('class: c\ngood: x\nbad: y', 'c.grammar', words)).toThrow(
      /lacks “field/,
    );
  });
});
