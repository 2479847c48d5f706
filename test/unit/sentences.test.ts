import { describe, expect, it } from 'vitest';
import { splitSentences } from '../../src/main/lab/corpus/sentences.ts';

describe('splitSentences', () => {
  it.each([
    ['Call me Ishmael. Some years ago. "Go!" he said. Why?', ['Call me Ishmael.', 'Some years ago.', '"Go!" he said.', 'Why?']], // prettier-ignore
    [
      'Mr. Starbuck met Capt. Ahab and Dr. St. John.',
      ['Mr. Starbuck met Capt. Ahab and Dr. St. John.'],
    ],
    ['W. H. Taft spoke. He sat.', ['W. H. Taft spoke.', 'He sat.']],
    ['It is so in the U.S. The law says it. The U.S. Navy knows.', ['It is so in the U.S.', 'The law says it.', 'The U.S. Navy knows.']], // prettier-ignore
    ['See No. 5 of it. I say no. We go.', ['See No. 5 of it.', 'I say no.', 'We go.']],
    ['On the 21st. Then it came, at 3.5 knots.', ['On the 21st.', 'Then it came, at 3.5 knots.']],
    ['"There she blows!" "Where?" It paid $5. $6 is more.', ['"There she blows!"', '"Where?"', 'It paid $5.', '$6 is more.']], // prettier-ignore
    ['But look! here come more. So am I. You too.', ['But look! here come more.', 'So am I.', 'You too.']], // prettier-ignore
    ['No full stop\n\nA new\nparagraph\u0002 here', ['No full stop', 'A new paragraph here']],
    ['', []],
  ])('%j', (text, sentences) => {
    expect(splitSentences(text)).toEqual(sentences);
  });

  it('keeps every word, in order', () => {
    const text = 'A b. C d? "E f!" G. H. Wells (1. 2. Three.) I.e. so. — and.  \n\n x.Y.  Z';
    expect(splitSentences(text).join(' ').split(/\s+/)).toEqual(text.trim().split(/\s+/));
  });
});
