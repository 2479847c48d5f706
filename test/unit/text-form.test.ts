import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inspectCorpus, readLines } from '../../src/main/lab/corpus/index.ts';
import { likeCorpus, measureTextForm, tokenisedForm } from '../../src/main/lab/suite/index.ts';

const plain = { lowerCase: false, spacedPunctuation: false, spacedHyphens: false, spacedClitics: false }; // prettier-ignore

describe('likeCorpus', () => {
  it.each([
    ["Raymond isn't Mary's friend, is he?", "raymond isn't mary's friend , is he ?"],
    ['It cost $3.50 (or 1,000) in the U.S.', 'it cost $3.50 ( or 1,000 ) in the u.s .'],
    ['“Go!” he said; "No…"  So:', '“ go ! ” he said ; " no … " so :'],
    ['a man-made lake', 'a man-made lake'],
    ['there he is .', 'there he is .'],
  ])('%s', (sentence, expected) => {
    expect(likeCorpus(sentence)).toBe(expected);
    expect(likeCorpus(expected)).toBe(expected);
    expect(likeCorpus(sentence, plain)).toBe(sentence.replace('  ', ' '));
  });

  it('takes clitics and hyphens apart where the corpus does', () => {
    const form = { ...tokenisedForm, spacedHyphens: true, spacedClitics: true };
    expect(likeCorpus("They don't say it's carbon-rich.", form)).toBe("they do n't say it 's carbon - rich ."); // prettier-ignore
  });
});

describe('measureTextForm', () => {
  it('knows the form of what likeCorpus writes', () => {
    const lines = ["It's new, isn't it?", 'A man-made lake.', 'We go.'];
    expect(measureTextForm(lines)).toEqual(plain);
    for (const form of [
      tokenisedForm,
      { ...tokenisedForm, spacedHyphens: true, spacedClitics: true },
    ])
      expect(measureTextForm(lines.map((line) => likeCorpus(line, form)))).toEqual(form);
  });

  const mini = new URL('../../../shared/data/babylm_mini/', import.meta.url);
  if (!existsSync(mini)) console.warn('SKIPPED: babylm_mini is not at ../shared/data, so its text form is not measured.'); // prettier-ignore
  it.skipIf(!existsSync(mini)).each([
    ['aochildes.train', tokenisedForm],
    ['wikipedia.train', { ...tokenisedForm, spacedHyphens: true }],
  ])('%s', async (name, form) => {
    const lines: string[] = [];
    for await (const batch of readLines(await inspectCorpus(new URL(name, mini).pathname), 'train')) lines.push(...batch); // prettier-ignore
    expect(measureTextForm(lines)).toEqual(form);
  });
});
