// Full-text search over sentences, and the bag of words behind "lexically identical".
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSuite } from '../../src/main/lab/store/library.ts';
import { createProject, type Project } from '../../src/main/lab/store/project.ts';
import { searchSentences } from '../../src/main/lab/store/search.ts';
import { sameWords } from '../../src/main/lab/suite/index.ts';

let folder: string;
let project: Project;
const pairs = [
  { pairId: '0', good: 'Who has Bill visited?', bad: 'Who Bill has visited?' },
  { pairId: '1', good: 'The visitor isn’t here.', bad: 'The visitor aren’t here.' },
  { pairId: '2', good: 'A café was closed.', bad: 'A café were closed.' },
];
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-search-'));
  project = createProject(path.join(folder, 'project'));
  const add = (name: string, uid: string, own: typeof pairs) =>
    addSuite(project.db, { name, source: '', licence: '', contentHash: name, classes: [{ uid, field: 'f', phenomenon: 'p', human: null, pairs: own }] }); // prettier-ignore
  add('one', 'questions', pairs);
  add('two', 'more', [{ pairId: '0', good: 'Bill was closed.', bad: 'Bill were closed.' }]);
});
afterAll(() => {
  project.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const found = (text: string, limit = 50): string[] =>
  searchSentences(project.db, text, limit).map(({ uid, pairId }) => `${uid} ${pairId}`);

describe('a search', () => {
  it('finds words in any suite, in either sentence, letter case and accents aside', () => {
    expect(found('bill')).toEqual(['questions 0', 'more 0']);
    expect(found('were closed')).toEqual(['questions 2', 'more 0']);
    expect(found('CAFE')).toEqual(['questions 2']);
    expect(found('clos* café')).toEqual(['questions 2']);
    expect(searchSentences(project.db, 'aren’t', 5)).toMatchObject([{ suiteId: 1, classId: 1, pairRowId: 2, good: pairs[1]?.good }]); // prettier-ignore
  });

  it('takes the last word as a beginning, the others whole', () => {
    expect(found('visit')).toEqual(['questions 0', 'questions 1']);
    expect(found('visit here')).toEqual([]);
  });

  it('keeps quoted words together', () => {
    expect(found('"has Bill"')).toEqual(['questions 0']);
    expect(found('"Bill visited has"')).toEqual([]);
    expect(found('"visit"')).toEqual([]);
  });

  it('gives no more than the limit, and nothing for no word', () => {
    expect(found('bill', 1)).toEqual(['questions 0']);
    for (const text of ['', '  ', '?', '""', '*']) expect(found(text)).toEqual([]);
  });

  it('takes whatever a person types as words', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('AND', 'NEAR(', 'good:', '-a', '^b', '"c', 'a" OR "b')), (text) => void found(text)), // prettier-ignore
    );
  });

  it('forgets pairs that are gone', () => {
    const { db } = project;
    db.exec('DELETE FROM suites WHERE id = 2');
    expect(found('bill')).toEqual(['questions 0']);
    db.exec("INSERT INTO pairs_text (pairs_text) VALUES ('integrity-check')");
  });
});

describe('same words', () => {
  it.each([
    ['Who has Bill visited?', 'Who Bill has visited?', true],
    ['The cat sees a dog.', 'A dog sees the cat.', true],
    ['The cat sees the dog.', 'A dog sees the cat.', false],
    ['It is here.', 'It it is here.', false],
    ['He isn’t here.', 'He is here.', false],
  ])('%s / %s: %s', (good, bad, same) => expect(sameWords(good, bad)).toBe(same));
});
