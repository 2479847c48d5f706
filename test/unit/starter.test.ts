import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { inspectCorpus, readLines } from '../../src/main/lab/corpus/index.ts';
import { publishedFigures, readSuite, resourcePath, type Suite } from '../../src/main/lab/suite/index.ts'; // prettier-ignore
import { starterFile, starterGrammars } from '../../src/main/lab/suite/starter.ts';

let suite: Suite;
beforeAll(async () => {
  suite = await readSuite('starter');
});

it('is made from its grammars, byte for byte', async () => {
  const files = (await starterGrammars()).map(starterFile);
  expect(files.map(({ name }) => name.replace('.jsonl', ''))).toEqual(suite.classes.map(({ uid }) => uid)); // prettier-ignore
  for (const { name, text } of files)
    expect(readFileSync(resourcePath(`starter/${name}`), 'utf8') === text, `${name} is not what its grammar makes; run generate-starter.ts`).toBe(true); // prettier-ignore
});

it('has a class for each phenomenon of BLiMP, 100 different pairs each', () => {
  expect(new Set(suite.classes.map(({ phenomenon }) => phenomenon))).toEqual(
    new Set(['anaphor_agreement', 'argument_structure', 'binding', 'control_raising', 'determiner_noun_agreement', 'ellipsis', 'filler_gap_dependency', 'irregular_forms', 'island_effects', 'npi_licensing', 'quantifiers', 's-selection', 'subject_verb_agreement']), // prettier-ignore
  );
  for (const { uid, pairs } of suite.classes) {
    expect(pairs, uid).toHaveLength(100);
    expect(new Set(pairs.flatMap(({ good, bad }) => [good, bad])).size, uid).toBe(200);
  }
});

it("gives no class the name of one of BLiMP's, whose published figures are not its own", () => {
  expect(suite.classes.filter(({ uid }) => publishedFigures(uid))).toEqual([]);
});

it('has sentences of the same length in a pair, capitals first and one mark at the end', () => {
  for (const { good, bad } of suite.classes.flatMap(({ pairs }) => pairs)) {
    expect(good.split(' ').length, good).toBe(bad.split(' ').length);
    for (const sentence of [good, bad]) expect(sentence).toMatch(/^[A-Z][a-z]*( [a-z]+)+[.?]$/);
  }
});

it('uses words that the embedded corpus has', async () => {
  const frequency = new Map<string, number>();
  for await (const batch of readLines(await inspectCorpus('embedded'), 'train'))
    for (const line of batch)
      for (const word of line.toLowerCase().match(/\p{L}+/gu) ?? [])
        frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const words = new Set(suite.classes.flatMap(({ pairs }) => pairs.flatMap(({ good, bad }) => `${good} ${bad}`.toLowerCase().match(/\p{L}+/gu) ?? []))); // prettier-ignore
  expect([...words].filter((word) => (frequency.get(word) ?? 0) < 3)).toEqual([]);
});
