// Suites in the formats of published ones: small ones of our own, and the samples that lie beside the repository.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columnsNamed } from '../../src/main/lab/cli/suites.ts';
import { previewSuite, readSuite } from '../../src/main/lab/suite/index.ts';

const own = (name: string): string => fileURLToPath(new URL(`../fixtures/suites/${name}`, import.meta.url)); // prettier-ignore
const samples = fileURLToPath(new URL('../../../shared/data/samples/', import.meta.url));
const haveSamples = existsSync(samples);
if (!haveSamples) console.warn('SKIPPED: no samples of published suites at ../shared/data/samples; only our own small ones are read.'); // prettier-ignore

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gardenpath-formats-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

/** Classes as `uid (phenomenon, field)` with their pairs as `id: good / bad`. */
const shown = async (...args: Parameters<typeof readSuite>) => {
  const { classes } = await readSuite(...args);
  return Object.fromEntries(classes.map(({ uid, phenomenon, field, pairs }) => [`${uid} (${phenomenon}, ${field})`, pairs.map(({ pairId, good, bad }) => `${pairId}: ${good} / ${bad}`)])); // prettier-ignore
};

/** A SyntaxGym suite of one item with conditions a to d. */
const gym = (...formulas: string[]): string => JSON.stringify({ meta: { name: 'gym' }, region_meta: {}, predictions: formulas.map((formula) => ({ formula })), items: [{ item_number: 1, conditions: ['a', 'b', 'c', 'd'].map((name) => ({ condition_name: name, regions: [{ region_number: 1, content: name }, { region_number: 2, content: 'x' }] })) }] }); // prettier-ignore

describe('a suite in the format of', () => {
  it('Zorro has its good sentences on even lines', async () => {
    expect(await shown(own('zorro'))).toEqual({
      'agreement_copula-short (agreement_copula, )': ['0: a lamp is red . / a lamp are red .'],
      'agreement_subject_verb-plain (agreement_subject_verb, )': ['0: the dogs bark . / the dogs barks .', '1: the bird sings . / the bird sing .'], // prettier-ignore
    });
    expect(await readSuite(own('zorro'))).toMatchObject({ source: 'zorro, from Zorro (github.com/phueb/Zorro)', licence: 'MIT' }); // prettier-ignore
  });

  it('SLING lies in nested folders', async () => {
    expect(await shown(own('sling'))).toEqual({
      'measure_word (Classifier, syntax)': ['0: 一只猫在睡觉。 / 一本猫在睡觉。', '1: 一本书在桌上。 / 一只书在桌上。'], // prettier-ignore
    });
    expect(await readSuite(own('sling'))).toMatchObject({ licence: 'MIT' });
  });

  it('CLiMP pairs up rows, by their labels', async () => {
    expect(await shown(own('climp'))).toEqual({
      'classifier_noun (classifiers, )': ['0: 三只鸟飞走了 / 三本鸟飞走了', '1: 两只猫在等 / 两本猫在等'], // prettier-ignore
    });
  });

  it('RuBLiMP has quoted cells', async () => {
    expect(await shown(own('rublimp.csv'))).toEqual({
      'subject_number (Agreement, Syntax)': ['11: Кошка, как всегда, спит. / Кошка, как всегда, спят.', '12: Собаки лают. / Собаки лает.'], // prettier-ignore
    });
    expect(await readSuite(own('rublimp.csv'))).toMatchObject({ licence: 'Apache-2.0' });
  });

  it('JBLiMP has other names', async () => {
    expect(await shown(own('jblimp.jsonl'))).toEqual({
      'case (argument structure, acceptability)': ['0: 猫が魚を食べる。 / 猫が魚に食べる。', '3: 犬が水を飲む。 / 犬が水と飲む。'], // prettier-ignore
    });
  });

  it('MultiBLiMP keeps languages apart', async () => {
    expect(await shown(own('multiblimp'))).toEqual({
      'deu SV-# (SV-#, )': ['0: Die Lampe leuchtet. / Die Lampe leuchten.'],
      'eng SV-# (SV-#, )': ['0: The "old" lamp glows. / The "old" lamp glow.', '1: Her cats wait. / Her cats waits.'], // prettier-ignore
      'eng SV-P (SV-P, )': ['0: I wait. / I waits.'],
    });
  });

  it('ZhoBLiMP, TurBLiMP and the Hugging Face copy of BLiMP', async () => {
    expect(await shown(own('zhoblimp.jsonl'))).toEqual({
      'BA_order (BA construction, )': ['0: 他把门关了。 / 他把关门了。', '1: 她把灯开了。 / 她把开灯了。'], // prettier-ignore
    });
    expect(await shown(own('turblimp.csv'))).toEqual({
      'turblimp (subject agreement, )': ['0: Kedi uyuyor. / Kedi uyuyorum.', '1: Ben; sonunda; geldim. / Ben sonunda geldin.'], // prettier-ignore
    });
    expect(await shown(own('blimp_hf.jsonl'))).toEqual({
      'purring (agreement, syntax_semantics)': ['4: The cats purr. / The cats purrs.'],
    });
  });

  it("BabyLM's supplement keeps line ends in its dialogues", async () => {
    const suite = await readSuite(own('qa_congruence_easy.jsonl'));
    expect(suite.classes[0]?.pairs[0]?.good).toBe('A: Who waits?\nB: The pilot.');
    expect(suite.source).toMatch(/BLiMP supplement/);
  });

  it('BabyLM’s filtered BLiMP is known as BLiMP, whatever its letters’ case', async () => {
    const line = JSON.stringify({ sentence_good: 'a b', sentence_bad: 'b a', UID: 'complex_np_island', linguistics_term: 'island_effects', field: 'syntax', pairID: '1' }); // prettier-ignore
    const suite = await readSuite(write('complex_np_island.jsonl', line));
    expect(suite).toMatchObject({ licence: 'CC BY 4.0', source: expect.stringMatching(/from BLiMP .* not as released/) as string }); // prettier-ignore
  });

  it('SyntaxGym gives a pair for each comparison that comes to sums of two conditions', async () => {
    expect(await shown(own('syntaxgym.json'))).toEqual({
      'number_lamps 1 (number_lamps, )': ['1: The lamps glow . / The lamp glow .'],
      'number_lamps 2 (number_lamps, )': ['1: The lamps glow . / The lamps glows .'],
      // (mismatch − match) > (clash − match) is mismatch > clash.
      'number_lamps 3 (number_lamps, )': ['1: The lamps glows . / The lamp glow .'],
    });
    expect((await readSuite(own('syntaxgym.json'))).source).not.toMatch(/left out/);
  });

  it.each([
    ['(1;%a%) - (1;%b%) < 0', 'a x / b x'],
    ['0 < [(1;%a%) + (2;%a%)] - [(1;%b%) + (2;%b%)]', 'b x / a x'],
    ['[[(1;%a%) - (1;%b%)] > [(2;%b%) - (2;%a%)]]', 'b x / a x'],
    ['([(1;%a%)-(1;%c%)]+[(1;%c%)-(1;%b%)]) < (5 - 2 - 3)', 'a x / b x'],
    ['2 + (*;%a%) < (*;%b%) + 2', 'a x / b x'],
  ])('SyntaxGym’s %s', async (formula, pair) => {
    expect(await shown(write('gym.json', gym(formula)))).toEqual({ 'gym (gym, )': [`1: ${pair}`] }); // prettier-ignore
  });

  it.each([
    // The interaction of mvrr, the sum of cleft, the second prediction of fgd_hierarchy.
    ['[(2;%a%) - (2;%b%)] > [(2;%c%) - (2;%d%)]', 'it compares 4 conditions (a, b, c, d), and a pair has two sentences'], // prettier-ignore
    ['(2;%a%) = (2;%b%)', 'it says that two sums are equal'],
    ['(1;%a%) - (2;%a%) < (1;%b%) - (2;%b%)', 'it subtracts regions of one condition from others of the same'], // prettier-ignore
    ['(1;%a%) - (1;%b%) > 3', 'it compares with a number (3)'],
    ['(1;%a%) + (1;%a%) < (1;%b%)', 'it counts some regions more often than others'],
    ['(*;%a%) + (1;%a%) < (*;%b%)', 'it counts some regions more often than others'],
    ['(1;%a%) < (2;%a%)', 'it does not compare two conditions'],
  ])('SyntaxGym says why it leaves out %s', async (formula, why) => {
    const reason = `comparison 2, “${formula}”: ${why}`;
    const suite = await readSuite(write('gym.json', gym(`(1;%a%) < (1;%b%) & [${formula}]`)));
    expect(suite.classes.map(({ uid }) => uid)).toEqual(['gym 1']);
    expect(suite.source).toContain(`1 of 2 comparisons in gym.json left out (${reason})`);
    await expect(readSuite(write('gym.json', gym(formula)))).rejects.toThrow(reason.replace('comparison 2', 'comparison 1')); // prettier-ignore
  });

  it.each([
    ['(1;%a%) < ', 'a region, such as (2;%match%), is expected at its end'],
    ['[(1;%a%) < (1;%b%)', '“]” is expected at its end'],
    ['(1;%a%) < (1;%b%) and', 'a comparison by < or > is expected at “and”'],
    ['(1;%a%) ~ (1;%b%)', 'is expected at “~ (1;%b%)”'],
    ['(1;%a%)', 'a comparison by < or > is expected at its end'],
    [`${'('.repeat(5_000)}1`, 'fewer brackets'],
  ])('SyntaxGym refuses a prediction that cannot be read: %s', async (formula, what) => {
    await expect(readSuite(write('gym.json', gym('(1;%a%) < (1;%b%)', formula)))).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(/^gym\.json, prediction 2: /) as string }); // prettier-ignore
    await expect(readSuite(write('gym.json', gym(formula)))).rejects.toThrow(what);
  });

  it('EWoK sets each target after its own context against the other context', async () => {
    expect(await shown(own('ewok'))).toEqual({
      'physical-relations (physical-relations, )': [
        '0-1: The jar is open. Sand gets in. / The jar is shut. Sand gets in.',
        '0-2: The jar is shut. Sand stays out. / The jar is open. Sand stays out.',
      ],
    });
  });
});

describe('any table', () => {
  const columns = columnsNamed('good=richtig,bad=falsch,class=Klasse, genauer,pairId=Satz');

  it('is read through columns that are named', async () => {
    expect(columns).toEqual({ good: 'richtig', bad: 'falsch', class: 'Klasse, genauer', pairId: 'Satz' }); // prettier-ignore
    expect(await shown(own('own.tsv'), columns)).toEqual({
      'Kasus (, )': ['s3: Sie sieht ihn. / Sie sieht er.'],
      'Kongruenz (, )': ['s1: Der Hund schläft. / Der Hund schlafen.', 's2: Die Hunde schlafen. / Die Hunde schläft.'], // prettier-ignore
    });
    await expect(readSuite(own('own.tsv'))).rejects.toThrow(/own\.tsv, line 1: no format that is known. Its columns are Satz, richtig, falsch/); // prettier-ignore
    await expect(readSuite(own('own.tsv'), { good: 'richtig', bad: 'fasch' })).rejects.toThrow(/own\.tsv has no column “fasch”\. It has: Satz, richtig/); // prettier-ignore
    expect(() => columnsNamed('good=richtig')).toThrow(/--columns wants good=COLUMN,bad=COLUMN/);
  });

  it('is previewed without being read as a suite', async () => {
    const unknown = await previewSuite(own('own.tsv'));
    expect(unknown).toMatchObject({ format: null, columns: ['Satz', 'richtig', 'falsch', 'Klasse, genauer'], classes: 0, problem: expect.stringMatching(/no format/) as string }); // prettier-ignore
    expect(unknown.rows[2]).toEqual({ Satz: 's3', richtig: 'Sie sieht ihn.', falsch: 'Sie sieht er.', 'Klasse, genauer': 'Kasus' }); // prettier-ignore
    const chosen = await previewSuite(own('own.tsv'), columns);
    expect(chosen).toMatchObject({ classes: 2, pairs: 3, problem: null });
    expect(chosen).toMatchObject({ method: 'sentence' });
    expect(chosen.examples[0]).toEqual({ uid: 'Kasus', pairId: 's3', good: 'Sie sieht ihn.', bad: 'Sie sieht er.', compared: null }); // prettier-ignore
    expect(await previewSuite(own('sling'))).toMatchObject({ format: 'SLING', pairs: 2 });
  });
});

describe('a table with contexts and regions', () => {
  /** As the preview has it: method, and the first pair with what is compared in [ ]. */
  const previewed = async (rows: string, columns: string) => {
    const { method, examples, problem } = await previewSuite(write('t.csv', rows), columnsNamed(columns)); // prettier-ignore
    if (problem !== null) return problem;
    const [first] = examples;
    const marked = (text = '', parts?: [number, number][]) => (parts ?? []).toReversed().reduce((all, [from, to]) => `${all.slice(0, from)}[${all.slice(from, to)}]${all.slice(to)}`, text); // prettier-ignore
    return [method, marked(first?.good, first?.compared?.good), marked(first?.bad, first?.compared?.bad)]; // prettier-ignore
  };

  it.each([
    ['one target after two contexts, as in EWoK', 'c1,c2,t\nThe jar is open.,The jar is shut.,Sand gets in.\n', 'good=t,bad=t,context=c1,badContext=c2', ['conditional', 'The jar is open. [Sand gets in.]', 'The jar is shut. [Sand gets in.]']],
    ['two targets after one context', 'c,a,b\nWho waits? ,The pilot.,Tomorrow.\n', 'good=a,bad=b,context=c', ['conditional', 'Who waits? [The pilot.]', 'Who waits? [Tomorrow.]']],
    ['a region in words', 'a,b,r,s\nThe lamps near the door glow.,The lamps near the door glows.,glow,glows\n', 'good=a,bad=b,region=r,badRegion=s', ['region', 'The lamps near the door [glow].', 'The lamps near the door [glows].']],
    ['a region that is within another word too', 'a,b,r\nOther lamps at the door.,Other lamps in the door.,the\n', 'good=a,bad=b,region=r', ['region', 'Other lamps at [the] door.', 'Other lamps in [the] door.']],
    ['a region by its number', 'a,b,r\nthe cat the dog saw,the cat the dogs saw,4\n', 'good=a,bad=b,region=r', ['region', 'the cat the [dog] saw', 'the cat the [dogs] saw']],
    ['a region where no spaces are', 'a,b,r,s\n三只鸟飞走了,三本鸟飞走了,只,本\n', 'good=a,bad=b,region=r,badRegion=s', ['region', '三[只]鸟飞走了', '三[本]鸟飞走了']],
    ['a region after a context', 'c,a,b,r\nI saw.,It was red,It were red,2\n', 'good=a,bad=b,context=c,region=r', ['region', 'I saw. It [was] red', 'I saw. It [were] red']],
    ['a pair of no region', 'a,b,r\na cat,a cats,\nx y,x z,2\n', 'good=a,bad=b,region=r', ['region', 'a cat', 'a cats']],
  ])('%s', async (_, rows, columns, expected) => expect(await previewed(rows, columns)).toEqual(expected)); // prettier-ignore

  it.each([
    [
      'the cat the dog',
      'the',
      /t\.csv, line 2: the region “the” is 2 parts of “the cat the dog”\. .* number of its word/,
    ],
    ['a cat', 'dog', /t\.csv, line 2: the region “dog” is no part of “a cat”/],
    ['a cat', '3', /t\.csv, line 2: there is no word 3 among the 2 of “a cat”/],
    ['a cat', '0', /there is no word 0 among the 2/],
  ])('says where a region of “%s” cannot be “%s”', async (sentence, region, message) => {
    expect(await previewed(`a,b,r\n${sentence},x,${region}\n`, 'good=a,bad=b,region=r')).toMatch(message); // prettier-ignore
  });

  it('has its methods for scoring: what one-prefix and two-prefix need is found with a region', async () => {
    const file = write('t.csv', 'a,b,r\nShe ran home,She run home,2\nShe runs,They runs,2\n');
    const { classes, method } = await readSuite(file, columnsNamed('good=a,bad=b,region=r'));
    expect(method).toBe('region');
    expect(classes[0]?.pairs.map(({ parts }) => parts?.map((one) => one.method))).toEqual([['region', 'one-prefix'], ['region', 'two-prefix']]); // prettier-ignore
  });
});

describe('files that are not as they should be', () => {
  it('read with a byte order mark, CRLF and no last line end', async () => {
    const csv = '\ufeffgood_sentence,bad_sentence\r\n"a ""b"" c","two\r\nlines"\r\n\r\nd,e';
    expect(await shown(write('x.csv', csv))).toEqual({ 'x (, )': ['0: a "b" c / two\r\nlines', '1: d / e'] }); // prettier-ignore
    const json = JSON.stringify({ sentence_good: 'a', sentence_bad: 'b' });
    expect(await shown(write('y.jsonl', `\ufeff${json}\r\n${json}\r\n`))).toEqual({ 'y (, )': ['0: a / b', '1: a / b'] }); // prettier-ignore
    expect(await shown(write('z.json', `[${json},\n${json}]`))).toEqual({ 'z (, )': ['0: a / b', '1: a / b'] }); // prettier-ignore
  });

  it.each<[string, string, string | Uint8Array, RegExp]>([
    ['a cell that never ends', 'x.csv', 'good_sentence,bad_sentence\na,b\n"c,d\n', /x\.csv, line 3: a quotation mark opens a cell that never ends/], // prettier-ignore
    ['a row of too many cells', 'x.csv', 'good_sentence,bad_sentence\n"a\nb",c\nd,e,f\n', /x\.csv, line 4: 3 cells under a header of 2/], // prettier-ignore
    ['a column twice', 'x.csv', 'good_sentence,bad_sentence,bad_sentence\na,b,c\n', /line 1: the header names “bad_sentence” twice/], // prettier-ignore
    ['a header alone', 'x.csv', 'good_sentence,bad_sentence\n', /x\.csv holds no pair/],
    ['an empty file', 'x.txt', '', /x\.txt, line 1: an odd number of lines/],
    ['half a pair of Zorro', 'x.txt', 'a\nb\nc\n', /x\.txt, line 3: an odd number of lines/],
    ['an empty line in Zorro', 'x.txt', 'a\n\nb\nc\n', /x\.txt, line 1: “sentence_good”: is empty/], // prettier-ignore
    ['CLiMP with two good rows', 'x.csv', ',0,1,2,3\n0,p,q,a,1\n1,p,q,b,1\n', /x\.csv, line 3: the labels of a pair's two rows are 1 and 0/], // prettier-ignore
    ['CLiMP with half a pair', 'x.csv', ',0,1,2,3\n0,p,q,a,1\n', /x\.csv, line 2: the second row of this pair is missing/], // prettier-ignore
    ['a NUL character', 'x.jsonl', '{"sentence_good": "a\\u0000", "sentence_bad": "b"}\n', /x\.jsonl, line 1: “sentence_good”: has a NUL character/], // prettier-ignore
    ['UTF-16', 'x.jsonl', Buffer.from('\ufeff{"a": 1}', 'utf16le'), /x\.jsonl is not valid UTF-8/],
    ['a line of millions', 'x.jsonl', `{"sentence_good": "a", "sentence_bad": "b"}\n{"sentence_good": "${'a'.repeat(3 << 20)}`, /x\.jsonl, line 2 is 3,145,747 characters long/], // prettier-ignore
    ['a sentence of thousands', 'x.csv', `good_sentence,bad_sentence\na,${'b '.repeat(9_000)}\n`, /x\.csv, line 2: “sentence_bad”: is 18,000 characters long/], // prettier-ignore
    ['JSON nested a million deep', 'x.json', '['.repeat(1_000_000), /x\.json: not valid JSON/],
    ['the names of methods as columns', 'x.jsonl', '{"sentence_good": "a", "toString": "b"}\n', /x\.jsonl, line 1: “sentence_bad” is missing/], // prettier-ignore
    ['numbers for sentences', 'x.jsonl', '{"sentence_good": {"a": 1}, "sentence_bad": "b"}\n', /x\.jsonl, line 1: “sentence_good” is missing or no text/], // prettier-ignore
    ['SyntaxGym without items', 'x.json', '{"region_meta": {}, "predictions": []}', /x\.json: items/], // prettier-ignore
    ['SyntaxGym that compares sums only', 'x.json', '{"region_meta": {}, "items": [], "predictions": [{"formula": "(1;%a%) + (1;%b%) > (1;%c%)"}]}', /no minimal pair in it .*it compares 3 conditions \(a, b, c\)/], // prettier-ignore
    ['SyntaxGym that names no region of its items', 'x.json', gym('(3;%a%) < (1;%b%)'), /x\.json, item 1 has no region 3 in condition “a”/], // prettier-ignore
  ])('are refused: %s', async (_, name, content, message) => {
    await expect(readSuite(write(name, content))).rejects.toMatchObject({ code: 'bad-file', message: expect.stringMatching(message) as string }); // prettier-ignore
  });

  it('takes one kind of files of a zip, and nothing outside it', async () => {
    const pair = JSON.stringify({ sentence_good: 'a', sentence_bad: 'b' });
    const zip = write('s.zip', zipSync({ '../../escaped.jsonl': strToU8(pair), 'data/x.JSONL': strToU8(pair), 'data/notes.txt': strToU8('x'), 'README.txt': strToU8('x'), '__MACOSX/data/._x.jsonl': strToU8('\0') })); // prettier-ignore
    expect(Object.keys(await shown(zip))).toEqual(['x (, )']);
    expect(existsSync(join(folder, '../../escaped.jsonl'))).toBe(false);
  });

  it('reads no more of a zip than the size it declares', async () => {
    const text = `${JSON.stringify({ sentence_good: 'a', sentence_bad: 'b' })}\n`;
    const honest = Buffer.from(zipSync({ 'x.jsonl': strToU8(text.repeat(1_000)) }));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length * 1_000);
    const declared = Buffer.alloc(4);
    declared.writeUInt32LE(text.length * 2);
    const at = honest.lastIndexOf(size); // in the central directory
    declared.copy(honest, at);
    expect((await readSuite(write('lying.zip', honest))).classes[0]?.pairs).toHaveLength(2);
  });
});

describe.skipIf(!haveSamples)('samples of published suites', () => {
  it.each([
    ['zorro_agreement_determiner_noun-across_1_adjective.txt', 'zorro_agreement_determiner_noun', 'look at this purple thing .', 'look at this purple things .'], // prettier-ignore
    ['sling_haishi_ma.jsonl', 'AlternativeQuestion', '她们是飞行员还是制片人?', '她们是飞行员还是制片人吗?'], // prettier-ignore
    ['climp_anaphor_agreement_gender_1000.csv', 'anaphor_agreement', '李思彤治疗过她自己', '李思彤治疗过它自己'], // prettier-ignore
    ['rublimp_add_new_suffix.csv', 'Word Formation', 'Руками обхватила широкие плечи Окота.', 'Руками обхватила широкие плечники Окота.'], // prettier-ignore
  ])('%s is read', async (name, phenomenon, good, bad) => {
    const lines = readFileSync(join(samples, name), 'utf8').trimEnd().split('\n').length;
    const { classes } = await readSuite(join(samples, name));
    expect(classes).toHaveLength(1);
    expect(classes[0]).toMatchObject({ phenomenon, pairs: expect.arrayContaining([expect.objectContaining({ good, bad })]) as unknown }); // prettier-ignore
    const pairs = classes[0]?.pairs.length ?? 0;
    expect(pairs).toBe(name.startsWith('zorro') ? lines / 2 : name.startsWith('climp') ? (lines - 1) / 2 : name.endsWith('.csv') ? lines - 1 : lines); // prettier-ignore
  });

  it('JBLiMP is read, paradigm by paradigm', async () => {
    const { classes } = await readSuite(join(samples, 'jblimp_validated.jsonl'));
    expect(classes.find(({ uid }) => uid === 'adjunct island')).toMatchObject({ phenomenon: 'island effects', field: 'acceptability' }); // prettier-ignore
  });
});
