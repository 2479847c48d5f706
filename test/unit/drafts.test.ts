// Suites that a person writes: templates of several classes, pairs by hand, and what becomes of them in a project.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inspectCorpus } from '../../src/main/lab/corpus/index.ts';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { draftClasses, starterWords } from '../../src/main/lab/suite/index.ts';
import type { labApi, Params, Result } from '../../src/shared/api.ts';
import type { SuiteDraft } from '../../src/shared/drafts.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { writeTinyCorpus } from '../fixtures/tiny.ts';

const template = (text: string, over: Partial<SuiteDraft> = {}): SuiteDraft => ({ kind: 'template', text, seed: 1, pairs: 100, ...over }); // prettier-ignore
const hand = (text: string): SuiteDraft => template(text, { kind: 'pairs' });
const starter = await starterWords();
const made = (draft: SuiteDraft) => draftClasses(draft, starter);

const words = `words animal: sg pl
owl owls bird
crow crows bird
fox foxes

words cry: s base
sings sing
hides hide
`;

describe('a text of templates', () => {
  const two = `${words}
class: agreement
phenomenon: subject_verb_agreement
good: The {animal1 sg} [{cry1 s}].
bad:  The {animal1 sg} [{cry1 base}].

class: number
pairs: 2
words here: one
today
here
good: The {animal1 pl} and the {animal2 bird pl} [sing] {here1}.
bad:  The {animal1 pl} and the {animal2 pl} [sings] {here1}.
`;

  it('has several classes, with words for all before them and words of their own', () => {
    const classes = made(template(two));
    expect(classes.map(({ uid, phenomenon, line, choices, pairs }) => [uid, phenomenon, line, choices, pairs.length])).toEqual([
      ['agreement', 'subject_verb_agreement', 10, 6, 6],
      ['number', '', 15, 8, 2],
    ]); // prettier-ignore
    expect(new Set(classes[0]?.pairs.map(({ good }) => good))).toEqual(new Set(['owl', 'crow', 'fox'].flatMap((one) => ['sings', 'hides'].map((cry) => `The ${one} ${cry}.`)))); // prettier-ignore
  });

  it('makes the same pairs for the same seed, and others for another', () => {
    const pairs = (seed: number) => made(template(two, { seed, pairs: 3 }))[0]?.pairs;
    expect(pairs(7)).toEqual(pairs(7));
    expect([2, 3, 4, 5].map(pairs)).not.toContainEqual(pairs(1));
  });

  it('marks regions, and what prefix methods compare', () => {
    const [agreement] = made(template(two));
    const pair = agreement?.pairs.find(({ good }) => good === 'The owl sings.');
    expect(pair).toMatchObject({ bad: 'The owl sing.', parts: [{ method: 'region', good: [[8, 13]], bad: [[8, 12]] }, { method: 'one-prefix' }] }); // prettier-ignore
    const other = made(template('class: c\ngood: These [books] fell.\nbad: This [books] fell.'));
    expect(other[0]?.pairs[0]?.parts?.map(({ method }) => method)).toEqual(['region', 'two-prefix']); // prettier-ignore
    const article = made(template(`${words}\nclass: c\ngood: a(n) [{animal1 sg}] sings.\nbad: a(n) [{animal1 pl}] sings.`)); // prettier-ignore
    expect(article[0]?.pairs.map(({ good }) => good).sort()).toEqual(['A crow sings.', 'A fox sings.', 'An owl sings.']); // prettier-ignore
  });

  it('counts the ways to choose words, all of a category different', () => {
    const choices = (good: string) => made(template(`${words}\nclass: c\ngood: ${good} a.\nbad: ${good} b.`, { pairs: 1 }))[0]?.choices; // prettier-ignore
    expect(choices('{animal1 sg}')).toBe(3);
    expect(choices('{animal1 sg} {animal2 sg} {animal3 sg}')).toBe(6);
    expect(choices('{animal1 sg} {animal2 bird sg} {cry1 s}')).toBe(8);
    expect(choices('{animal1 bird sg} {animal2 bird sg} {animal3 sg}')).toBe(2);
    expect(choices('Only')).toBe(1);
  });

  it('may use the starter suite’s words', () => {
    const [one] = made(template('use: starter words\nclass: c\npairs: 5\ngood: The {noun1 person sg} waits.\nbad: The {noun1 person sg} wait.')); // prettier-ignore
    expect(one?.pairs).toHaveLength(5);
  });

  it.each([
    ['good: x.', /line 1: this belongs to a class.*Write “class:/],
    ['class:\ngood: a\nbad: b', /line 1: a class has a name/],
    ['class: c\ngood: a\nbad: b\nclass: c\ngood: c\nbad: d', /line 4: there is a class c already, at line 1/],
    ['\n\nclass: c', /line 3: there is no pair of templates/],
    ['class: c\ngood: a', /line 2: a good template without its bad one/],
    ['class: c\ngood: a [b\nbad: c', /line 2: a region is marked by/],
    ['class: c\ngood: a [b]\nbad: c', /line 3: .*Mark it in both/],
    ['class: c\ngood: {noun1 pl\nbad: c', /line 2: a brace is not closed/],
    ['class: c\ngood: {noun1 pl}\nbad: c', /line 2: \{noun1 pl\}: expected a category.*Categories: none yet/],
    ['class: c\npairs: many\ngood: a\nbad: c', /line 1: “pairs: …” is no number/],
    ['class: c\ngood: same\nbad: same', /“Same” is both good and bad \(line 3\)/],
    [Array.from({ length: 11 }, (_, i) => `class: c${i}\npairs: 10000\ngood: a ${i}\nbad: b ${i}`).join('\n'), /line 41: with this class there are more than 100,000 pairs/],
    ['use: my words\nclass: c', /line 1: “use” is none of/],
    ['class: c\ngood:\nbad: b', /line 2: the template is empty/],
  ])('%j is refused with its line and what to do', (text, message) => {
    expect(() => made(template(text))).toThrow(message);
  }); // prettier-ignore
});

describe('pairs by hand', () => {
  const pairsOf = (text: string) => made(hand(text)).map(({ uid, pairs }) => [uid, ...pairs.map(({ good, bad }) => `${good} / ${bad}`)]); // prettier-ignore

  it('are two columns, as spreadsheets copy them, or lines in turn', () => {
    expect(pairsOf('It is here.\tIt are here.\r\nHe left.\t*He leaved.\n')).toEqual([['my_pairs', 'It is here. / It are here.', 'He left. / He leaved.']]); // prettier-ignore
    expect(pairsOf('It is here.\nIt are here.\n\nHe left.\n* He leaved.')).toEqual([['my_pairs', 'It is here. / It are here.', 'He left. / He leaved.']]); // prettier-ignore
  });

  it('have their bad sentence where the star is', () => {
    expect(pairsOf('*It are here.\nIt is here.\nA.\nB.')).toEqual([['my_pairs', 'It is here. / It are here.', 'A. / B.']]); // prettier-ignore
  });

  it('may be of several classes, with regions', () => {
    const classes = made(hand('class: one\nphenomenon: p\nThe owl [sings].\nThe owl [sing].\n# a remark\nclass: two\nA.\tB.')); // prettier-ignore
    expect(classes.map(({ uid, phenomenon, pairs }) => [uid, phenomenon, pairs.length])).toEqual([['one', 'p', 1], ['two', '', 1]]); // prettier-ignore
    expect(classes[0]?.pairs[0]).toMatchObject({ good: 'The owl sings.', parts: [{ method: 'region' }, { method: 'one-prefix', good: [[8, 13]], bad: [[8, 12]] }] }); // prettier-ignore
  });

  it.each([
    ['A.\nB.\nC.', /line 3: “C\.” has no bad sentence/],
    ['A.\nclass: c\nB.\nC.', /line 1: “A\.” has no bad sentence/],
    ['A.\tB.\tC.', /line 1: 3 columns/],
    ['*A.\n*B.', /line 2: both sentences have a star/],
    ['A.\nA.', /line 2: “A\.” is both good and bad/],
    ['A [b.\nC.', /line 1: a region is marked by/],
    ['class: c\nclass: d\nA.\nB.', /line 1: the class c has no pair/],
    ['field: f', /line 1: “field: …” belongs to a class/],
  ])('%j is refused with its line', (text, message) => {
    expect(() => made(hand(text))).toThrow(message);
  });
});

describe('in a project', () => {
  let folder: string;
  let lab: RunningLab;
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-drafts-'));
    const corpus = await inspectCorpus(writeTinyCorpus(folder, 400));
    makeProject(path.join(folder, 'project'), { classes: 1, pairs: 4, checkpoints: 2, runs: 1, corpus }).close(); // prettier-ignore
    lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
  });
  beforeEach(() => lab.call('project.open', { path: path.join(folder, 'project') }));
  afterAll(async () => {
    await lab.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });
  const call = async <N extends keyof typeof labApi>(name: N, params: Params<typeof labApi, N>) => {
    const reply = await lab.call(name, params);
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.value as Result<typeof labApi, N>;
  };
  const text = `${words}\nclass: c\nabout: agreement\ngood: The {animal1 sg} {cry1 s}.\nbad: The {animal1 sg} now {cry1 base}.`; // prettier-ignore

  it('a draft is shown with examples, counts and warnings, and stores nothing', async () => {
    const preview = await call('drafts.preview', { draft: template(text) });
    expect(preview).toMatchObject({ pairs: 6, problem: null, beside: { name: 'run 1 (nano 1)', hasBigrams: false }, classes: [{ uid: 'c', about: 'agreement', line: 10, choices: 6, pairs: 6 }] }); // prettier-ignore
    const warnings = preview.classes[0]?.warnings.join('\n');
    expect(warnings).toMatch(/make no more than 6 pairs, not 100/);
    expect(warnings).toMatch(/6 pairs of unequal length in words/);
    expect(warnings).toMatch(/100 % of pairs are of unequal length in tokens of run 1/);
    expect(await call('suites.list', {})).toHaveLength(1);
    const twice = await call('drafts.preview', {
      draft: hand('class: a\nA.\tB.\nclass: b\nA.\tC.'),
    });
    expect(twice.classes.map((one) => one.warnings[0])).toEqual([expect.stringMatching(/1 sentence more than once, also in b: “A\.”/), expect.stringMatching(/also in a/)]); // prettier-ignore
  });

  it('what is wrong is said with its line; an empty text has nothing wrong', async () => {
    expect((await call('drafts.preview', { draft: template('\nclass: c\ngood: {x1}\nbad: y') })).problem).toMatchObject({ line: 3 }); // prettier-ignore
    expect(await call('drafts.preview', { draft: template(' \n') })).toMatchObject({ classes: [], problem: null }); // prettier-ignore
  });

  it('becomes a suite that opens again, is changed while nothing hangs on it, and kept when something does', async () => {
    const suite = await call('drafts.save', { draft: template(text, { seed: 3 }), name: 'owls' });
    expect(suite).toMatchObject({ name: 'owls', classes: 1, pairs: 6, source: 'templates of this project, seed 3' }); // prettier-ignore
    const stored = await call('drafts.get', { suiteId: suite.id });
    expect(stored).toEqual({ suiteId: suite.id, name: 'owls', kind: 'template', text, seed: 3, pairs: 100, editable: true }); // prettier-ignore

    const longer = `${text}\ngood: {animal1 pl} {cry1 base}.\nbad: {animal1 pl} {cry1 s}.`;
    const edited = await call('drafts.save', { draft: template(longer), name: 'owls', suiteId: suite.id }); // prettier-ignore
    expect(edited).toMatchObject({ name: 'owls', pairs: 12 });
    expect((await call('drafts.list', {})).map(({ name }) => name)).toEqual(['owls']);

    const [one] = await call('suites.classes', { suiteId: edited.id });
    await call('judgements.set', { classId: one?.classId ?? 0, verdict: 'meaningful', annotator: 'a' }); // prettier-ignore
    expect((await call('drafts.get', { suiteId: edited.id })).editable).toBe(false);
    const other = await call('drafts.save', { draft: hand('A.\tB.'), name: 'owls', suiteId: edited.id }); // prettier-ignore
    expect(other).toMatchObject({ name: 'owls (2)', pairs: 1 });
    expect((await call('suites.list', {})).map(({ name, pairs }) => [name, pairs])).toEqual([['made-up suite', 4], ['owls', 12], ['owls (2)', 1]]); // prettier-ignore
    expect(await call('drafts.get', { suiteId: other.id })).toMatchObject({ kind: 'pairs', text: 'A.\tB.' }); // prettier-ignore
  });

  it('is a suite like any other: searched, and opened again after a restart', async () => {
    await lab.call('project.close', {});
    await lab.call('project.open', { path: path.join(folder, 'project') });
    expect((await call('search.sentences', { text: 'owls sing' })).length).toBeGreaterThan(0);
    expect((await call('drafts.list', {})).length).toBe(2);
    await expect(call('drafts.get', { suiteId: 1 })).rejects.toThrow(
      /was not written in this project/,
    );
    await expect(call('drafts.save', { draft: template(''), name: 'x' })).rejects.toThrow(/no pair yet/); // prettier-ignore
  });

  it('says where bigrams of the run’s text decide by themselves, once they are counted', async () => {
    const draft = hand('the dog sings near the cat .\tthe dog cat sings the near .\nthe boy hides near the lamp .\tboy the hides lamp near the .'); // prettier-ignore
    const warnings = async () => (await call('drafts.preview', { draft })).classes[0]?.warnings.join('\n'); // prettier-ignore
    expect(await warnings()).not.toMatch(/Bigrams/);
    await call('ngrams.start', { unit: 'tokens', order: 2 });
    await expect.poll(async () => (await call('ngrams.list', {})).map(({ state }) => state), { timeout: 120_000 }).toEqual(['ready']); // prettier-ignore
    expect(await warnings()).toMatch(/Bigrams of the text of run 1 \(nano 1\) alone favour the good sentence in 100 % of pairs/); // prettier-ignore
    const turned = draft.text.split('\n').map((line) => line.split('\t').reverse().join('\t')).join('\n'); // prettier-ignore
    const other = await call('drafts.preview', { draft: hand(turned) });
    expect(other.beside).toMatchObject({ hasBigrams: true });
    expect(other.classes[0]?.warnings.join('\n')).toMatch(/favour the bad sentence in 100 % of pairs: a model may be wrong for that reason alone/); // prettier-ignore
  });

  it('has an example to begin with', async () => {
    const example = await call('drafts.example', {});
    expect((await call('drafts.preview', { draft: template(example) })).problem).toBeNull();
  });
});
