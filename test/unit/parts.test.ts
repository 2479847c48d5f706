// Scores of parts of sentences: what suites mark, which tokens lie in it, and what becomes of it in a project.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import { recordMissingParts } from '../../src/main/lab/handlers/views/parts.ts';
import { scoreOfTokens, tokensInParts } from '../../src/main/lab/scoring/index.ts';
import { listClasses } from '../../src/main/lab/store/classes.ts';
import { listPairs } from '../../src/main/lab/store/pairs.ts';
import { putPairParts } from '../../src/main/lab/store/parts.ts';
import { deleteScoring, listScored, scoringIdsOfRun } from '../../src/main/lab/store/scores.ts';
import { run } from '../../src/main/lab/store/sql.ts';
import { readSuite } from '../../src/main/lab/suite/index.ts';
import { openTokenizer } from '../../src/main/lab/tokenizer/index.ts';
import type { labApi, Params, Result } from '../../src/shared/api.ts';
import { profiles, type Profile } from '../../src/shared/domain.ts';
import type { Part } from '../../src/shared/scoring-method.ts';
import { makeProject } from '../fixtures/make-project.ts';

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-parts-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
const fixtures = path.join(import.meta.dirname, '..', 'fixtures');
const write = (name: string, content: string): string => {
  fs.writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
};

describe('what suites mark', () => {
  const cut = (text: string, parts: Part[] | undefined) => parts?.map(([from, to]) => text.slice(from, to)); // prettier-ignore
  const marked = async (file: string) => {
    const { classes, method } = await readSuite(file);
    return { method, pairs: classes.flatMap(({ pairs }) => pairs.map(({ good, bad, parts = [] }) => parts.map((one) => [one.method, cut(good, one.good), cut(bad, one.bad)]))) }; // prettier-ignore
  };
  const row = (more: object) => JSON.stringify({ sentence_good: 'Tina revealed Margaret.', sentence_bad: 'The horse revealed Margaret.', UID: 'u', ...more }); // prettier-ignore

  it('is BLiMP’s two beginnings, with a space before the words or without', async () => {
    const file = write('u.jsonl', row({ two_prefix_prefix_good: 'Tina', two_prefix_prefix_bad: 'The horse', two_prefix_word: ' revealed' })); // prettier-ignore
    expect(await marked(file)).toEqual({ method: 'sentence', pairs: [[['two-prefix', ['revealed'], ['revealed']]]] }); // prettier-ignore
  });

  it('is BLiMP’s shared beginning with several words after it', async () => {
    const file = write('v.jsonl', JSON.stringify({ sentence_good: 'He was seen there.', sentence_bad: 'He was saw there.', one_prefix_prefix: 'He', one_prefix_word_good: 'was seen', one_prefix_word_bad: 'was saw' })); // prettier-ignore
    expect((await marked(file)).pairs).toEqual([[['one-prefix', ['was seen'], ['was saw']]]]);
  });

  it('is nothing where beginning and words do not fit the sentences', async () => {
    const file = write('w.jsonl', row({ two_prefix_prefix_good: 'Tina', two_prefix_prefix_bad: 'A horse', two_prefix_word: 'revealed' })); // prettier-ignore
    expect((await marked(file)).pairs).toEqual([[]]);
  });

  it('is the last turn of the supplement’s dialogues', async () => {
    const { pairs } = await marked(path.join(fixtures, 'suites', 'qa_congruence_easy.jsonl'));
    expect(pairs[0]).toEqual([['conditional', ['B: The pilot.'], ['B: Tomorrow.']]]);
  });

  it('is EWoK’s target, and its makers score it so', async () => {
    expect(await marked(path.join(fixtures, 'suites', 'ewok'))).toEqual({
      method: 'conditional',
      pairs: [
        [['conditional', ['Sand gets in.'], ['Sand gets in.']]],
        [['conditional', ['Sand stays out.'], ['Sand stays out.']]],
      ],
    });
  });

  it('is the regions that a SyntaxGym prediction adds up; none where one is empty', async () => {
    const { method, pairs } = await marked(path.join(fixtures, 'suites', 'syntaxgym.json'));
    expect(method).toBe('region');
    expect(pairs).toEqual([[['region', ['glow'], ['glow']]], [], []]);
    const sum = { region_meta: {}, predictions: [{ formula: '((1;%a%)+(3;%a%)) > (*;%b%)' }], items: [{ item_number: 1, conditions: ['a', 'b'].map((name) => ({ condition_name: name, regions: [{ region_number: 1, content: 'One' }, { region_number: 2, content: `two ${name}` }, { region_number: 3, content: '3' }] })) }] }; // prettier-ignore
    expect((await marked(write('sum.json', JSON.stringify(sum)))).pairs).toEqual([[['region', ['One', 'two b', '3'], ['One', '3']]]]); // prettier-ignore
  });

  it('is 20,000 pairs for either prefix method in BLiMP', async (context) => {
    const zip = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'blimp', 'BLiMP.zip'); // prettier-ignore
    if (!fs.existsSync(zip)) return context.skip('../shared/data/blimp is not here');
    const { classes } = await readSuite(zip);
    for (const method of ['one-prefix', 'two-prefix']) {
      const counts = classes.map(({ pairs }) => pairs.filter(({ parts }) => parts?.some((part) => part.method === method)).length); // prettier-ignore
      expect(counts.filter((count) => count > 0)).toEqual(Array.from({ length: 20 }, () => 1_000));
    }
  });
});

describe('the tokens of a part', () => {
  const tokenizer = openTokenizer(path.join(fixtures, 'scoring', 'plain'));
  const texts = (sentence: string, part: string, over: { prefix?: boolean; form?: Profile['text']; read?: string } = {}) => {
    const { prefix = true, form = 'as-is', read = sentence } = over;
    const ids = [...(prefix ? [tokenizer.eosId] : []), ...tokenizer.encode(read)];
    const from = sentence.indexOf(part);
    const found = tokensInParts(tokenizer, form, sentence, { ids, scoredFrom: 1 }, [[from, from + part.length]]); // prettier-ignore
    return found?.map((t) => tokenizer.tokenText(ids[t] ?? 0)).join('');
  }; // prettier-ignore

  it('are those that begin in it, their space with them', () => {
    expect(texts('The cat near the dogs sleeps.', 'near the')).toBe('␣near␣the');
    expect(texts('The cats sleep.', '.')).toBe('.');
  });

  it('are found through another text form, and characters of several bytes', () => {
    const sentence = 'The Café’s GUESTS (all) don’t pay.';
    expect(texts(sentence, 'GUESTS (all)', { form: 'like-corpus', read: 'the café’s guests ( all ) don’t pay .' })).toBe('␣guests␣(␣all␣)'); // prettier-ignore
    expect(texts('Ça coûte €3 ici.', '€3')).toBe('␣‹E2›‹82›‹AC›3'); // a token a byte
  });

  it('include a line end before it', () => {
    expect(texts('A: Go!\nB: No.', 'B: No.')).toBe('↵B:␣No.');
  });

  it('are none where the first of them has no score, or the tokens are not of this text', () => {
    expect(texts('The cats sleep.', 'The', { prefix: false })).toBeUndefined();
    expect(texts('The cats sleep.', 'cats', { prefix: false })).toBe('␣cats');
    expect(texts('The cats sleep.', 'cats', { read: 'The cat sleeps well.' })).toBeUndefined();
    expect(texts('The </s> sleep.', 'sleep')).toBeUndefined();
  });

  it('score together what they score one by one', () => {
    const nats = Float32Array.of(-1, -2, -4, -8);
    expect(scoreOfTokens(profiles['gardenpath'] as Profile, nats, [2, 4], 1)).toBe(-10);
    expect(scoreOfTokens(profiles['minicons'] as Profile, nats, [2, 3, 4], 1)).toBeCloseTo(-14 / 3);
  });
});

describe('a project', () => {
  let lab: RunningLab;
  const size = { classes: 3, pairs: 12, checkpoints: 3, runs: 1 };
  beforeAll(async () => {
    makeProject(path.join(folder, 'project'), { ...size, marked: 2 }).close();
    lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
    await lab.call('project.open', { path: path.join(folder, 'project') });
  });
  afterAll(() => lab.close());
  const call = async <N extends keyof typeof labApi>(name: N, params: Params<typeof labApi, N>) => {
    const reply = await lab.call(name, params);
    if (!reply.ok) throw new Error(reply.error.message);
    return reply.value as Result<typeof labApi, N>;
  };
  const profile = 'gardenpath/one-prefix';

  it('has the method beside whole sentences, which come first', async () => {
    const { scored } = await call('runs.get', { runId: 1 });
    expect(scored).toMatchObject([
      { profile: 'gardenpath', method: 'sentence', checkpoints: 3, classes: 3 },
      { profile, method: 'one-prefix', checkpoints: 3, classes: 2 },
    ]);
    expect((await call('classes.list', {})).selected.profile).toBe('gardenpath');
  });

  it('scores a pair by the verb alone, as its tokens say', async () => {
    const { classes } = await call('classes.list', { profile });
    const { rows } = await call('pairs.page', { profile, classId: classes[0]?.classId ?? 0 });
    expect(rows).toHaveLength(12);
    for (const { pairRowId, goodLogProbNats, delta } of rows) {
      const pair = await call('pairs.get', { profile, pairRowId });
      const [verb = 0, ...more] = pair.part?.good ?? [];
      expect(more).toEqual([]);
      expect(pair.good.split(' ')[verb - 1]).not.toBe(pair.bad.split(' ')[verb - 1]);
      const last = pair.checkpoints.at(-1);
      expect(last?.goodTokenLogProbsNats).toHaveLength(pair.goodTokens.length - 1);
      expect(goodLogProbNats).toBeCloseTo(last?.goodTokenLogProbsNats[verb - 1] ?? NaN, 6);
      expect(last).toMatchObject({ goodLogProbNats, delta });
      // In this project all of Δ arises at the verb.
      const whole = await call('pairs.get', { profile: 'gardenpath', pairRowId });
      expect(delta).toBeCloseTo(whole.checkpoints.at(-1)?.delta ?? NaN, 4);
      expect(whole.part).toBeNull();
    }
  });

  it('summarises, compares and follows the method as any other scores', async () => {
    const { classes, selected } = await call('classes.list', { profile });
    expect(selected.profile).toBe(profile);
    for (const one of classes) {
      const { rows } = await call('pairs.page', { profile, classId: one.classId });
      expect(one.right).toBe(rows.filter(({ delta }) => delta > 0).length);
      expect(await call('classes.trajectory', { profile, classId: one.classId })).toHaveLength(3);
    }
    const { classes: compared } = await call('compare.classes', { a: { profile: 'gardenpath' }, b: { profile } }); // prettier-ignore
    expect(compared).toHaveLength(2);
    expect((await call('entrenchment.get', { profile })).classes).toHaveLength(2);
    const separation = await call('separation.get', {});
    expect(separation.classes[0]?.otherProfiles.map((other) => other.profile)).toEqual([profile]);
  });

  it('says why a class has no scores', async () => {
    const { without } = await call('classes.list', { profile });
    expect(without).toMatchObject([{ uid: 'irregular_forms_1', reason: expect.stringMatching(/marks no shared beginning/) as string }]); // prettier-ignore
    expect((await call('classes.list', {})).without).toEqual([]);
  });

  it('comes first where the suite’s makers score it so', async () => {
    const other = path.join(folder, 'own-method');
    const project = makeProject(other, { ...size, marked: 2 });
    run(project.db, "UPDATE suites SET own_method = 'one-prefix'");
    project.close();
    await lab.call('project.open', { path: other });
    const { selected, method } = await call('classes.list', {});
    expect([selected.profile, method]).toEqual([profile, 'one-prefix']);
  });

  it('has scores of parts that the suite learnt of after it was scored', async () => {
    const project = makeProject(path.join(folder, 'later'), size);
    const { db } = project;
    const [one] = listClasses(db, 1);
    for (const { pairRowId, good, bad } of listPairs(db, one?.classId ?? 0)) {
      const [a, b] = [good.split(' '), bad.split(' ')];
      const at = a.findIndex((word, i) => word !== b[i]);
      const from = a.slice(0, at).join(' ').length + 1;
      putPairParts(db, pairRowId, [{ method: 'one-prefix', good: [[from, from + (a[at]?.length ?? 0)]], bad: [[from, from + (b[at]?.length ?? 0)]] }]); // prettier-ignore
    }
    await recordMissingParts(db, 1);
    const scored = listScored(db, 1);
    expect(scored.map(({ profile, checkpoints, classes }) => [profile, checkpoints, classes])).toEqual([['gardenpath', 3, 3], [profile, 3, 1]]); // prettier-ignore
    // A run that is deleted takes them with it.
    for (const id of scoringIdsOfRun(db, 1)) deleteScoring(db, id);
    expect(listScored(db, 1)).toEqual([]);
    project.close();
  });
});
