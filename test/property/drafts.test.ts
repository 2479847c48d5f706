// Whatever a person types, a draft gives pairs or says what is wrong with it.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { draftClasses, starterWords } from '../../src/main/lab/suite/index.ts';
import { AppError } from '../../src/shared/errors.ts';

const words = await starterWords();
const piece = fc.oneof(
  fc.constantFrom('class: c', 'class:', 'words noun: sg pl', 'owl owls bird', 'use: starter words', 'good: The {noun1 sg} [sings].', 'bad: The {noun1 pl} [sings].', 'good: {noun1 !bird sg} {noun2 person pl}', 'pairs: 3', 'pairs: x', '# remark', '', 'about: a(n) [', '*It are.', 'It is.\tIt are.', '{', ']', '{noun1', '[x] [y]'), // prettier-ignore
  fc.string({ maxLength: 20, unit: 'binary' }),
);
const text = fc.array(piece, { maxLength: 14 }).map((lines) => lines.join('\n'));

it.each(['template', 'pairs'] as const)('a text of %s is read, or refused with its line', (kind) => {
  fc.assert(
    fc.property(text, fc.nat(5), (text, seed) => {
      try {
        const draft = { kind, text, seed, pairs: 4 };
        const classes = draftClasses(draft, words);
        expect(draftClasses(draft, words)).toEqual(classes);
        for (const { pairs, choices, uid } of classes) {
          expect(uid).not.toBe('');
          if (choices !== null) expect(pairs.length).toBeLessThanOrEqual(choices);
          for (const { good, bad, parts = [] } of pairs) {
            expect(good).not.toBe(bad);
            for (const part of parts)
              for (const [from, to] of [...part.good, ...part.bad])
                expect(from >= 0 && from < to && to <= Math.max(good.length, bad.length)).toBe(true); // prettier-ignore
          }
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(error.message).toMatch(/line \d+/);
      }
    }),
    { numRuns: 1_000 },
  );
}); // prettier-ignore
