// A pair copied as a numbered example: the notations, their special characters, surprisals under words.
import { expect, test } from 'vitest';
import { writeExample, type Example } from '../../../src/renderer/views/pair/examples.ts';
import { surprisalBits, tokenUnits, wordUnits } from '../../../src/renderer/views/pair/words.ts';

const example: Example = {
  number: 12,
  good: 'Who should Derek hug after shocking Richard?',
  bad: 'Who should Derek hug Richard after shocking?',
  words: null,
};
const withBits: Example = {
  ...example,
  words: {
    good: [{ text: 'Cats', bits: 10.04 }, { text: 'sleep.', bits: 3 }],
    bad: [{ text: 'Cats', bits: 10.04 }, { text: 'sleeps.', bits: 12.35 }],
  },
}; // prettier-ignore
const awkward = '100% of A&B_c {costs} $5 #1 ~ ^ \\ "so" <x> [y]';

test('plain text stands under one another', () => {
  expect(writeExample(example, 'plain')).toBe(
    '(12) a. Who should Derek hug after shocking Richard?\n     b. *Who should Derek hug Richard after shocking?',
  );
  expect(writeExample(withBits, 'plain')).toBe(
    '(12) a. Cats sleep.\n        10.0 3.0\n     b. *Cats sleeps.\n        10.0  12.3',
  );
});

test('gb4e counts on from the number before, judges in brackets, glosses with surprisals', () => {
  expect(writeExample(example, 'gb4e')).toBe(
    `\\setcounter{exx}{11}
\\begin{exe}
  \\ex \\begin{xlist}
    \\ex[]{Who should Derek hug after shocking Richard?}
    \\ex[*]{Who should Derek hug Richard after shocking?}
  \\end{xlist}
\\end{exe}`,
  );
  expect(writeExample(withBits, 'gb4e')).toContain(
    '\\ex[*]{\\gll Cats sleeps.\\\\\n        10.0 12.3\\\\}',
  );
});

test('ExPex takes the number as a parameter', () => {
  expect(writeExample(example, 'expex')).toBe(
    `\\pex[exno=12]
  \\a Who should Derek hug after shocking Richard?
  \\a \\ljudge{*}Who should Derek hug Richard after shocking?
\\xe`,
  );
  expect(writeExample(withBits, 'expex')).toContain('\\gla \\ljudge{*}Cats sleeps.//\n      \\glb 10.0 12.3//'); // prettier-ignore
});

test('Markdown escapes the star, and has a table where there are surprisals', () => {
  expect(writeExample(example, 'markdown')).toContain('b. \\*Who should');
  expect(writeExample(withBits, 'markdown').split('\n')).toEqual([
    '| (12) a. | Cats | sleep. |',
    '| --- | --: | --: |',
    '| bits | 10.0 | 3.0 |',
    '',
    '| (12) b. | \\*Cats | sleeps. |',
    '| --- | --: | --: |',
    '| bits | 10.0 | 12.3 |',
  ]);
});

test('special characters lose their meaning', () => {
  const odd = { ...example, good: awkward };
  for (const format of ['gb4e', 'expex'] as const)
    expect(writeExample(odd, format)).toContain(
      '100\\% of A\\&B\\_c \\{costs\\} \\$5 \\#1 \\textasciitilde{} \\textasciicircum{} \\textbackslash{} \\textquotedbl{}so\\textquotedbl{} \\textless{}x\\textgreater{} {[}y{]}',
    );
  expect(writeExample(odd, 'markdown')).toContain('100% of A\\&B\\_c \\{costs\\} \\$5 \\#1 \\~ ^ \\\\ "so" \\<x\\> \\[y\\]'); // prettier-ignore
  expect(writeExample(odd, 'plain')).toContain(awkward);
});

test('a word has the surprisal of all its tokens; context has none and stays apart', () => {
  const tokens = ['</s>', 'An', 'na', '␣sleep', 's', '.'];
  const nats = [-1, -2, -3, -4, -0.5];
  const words = wordUnits(tokens, nats, 1);
  expect(words).toEqual([
    { text: '</s>', position: 0, logProbNats: null },
    { text: 'Anna', position: 1, logProbNats: -3 },
    { text: '␣sleeps.', position: 3, logProbNats: -7.5 },
  ]);
  expect(surprisalBits(words[1]!)).toBeCloseTo(3 / Math.LN2, 12);
  expect(tokenUnits(tokens, nats, 1)[3]).toEqual({ text: '␣sleep', position: 3, logProbNats: -3 });
});
