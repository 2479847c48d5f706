// N-grams, the hypothesis and an experiment on the command line: a tiny project, trained for real.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NgramModel, wordsOf } from '../../src/main/lab/ngram/index.ts';
import type { ExperimentDetail } from '../../src/shared/experiment.ts';
import type { HypothesisReport, NgramClasses, NgramConcordance } from '../../src/shared/ngram.ts';
import { tinyPairs, writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';

const cli = fileURLToPath(new URL('../../src/main/lab/cli.ts', import.meta.url));
const tiny = ['--set', 'vocabSize=320', 'layers=1', 'hiddenSize=16', 'wordEmbedSize=16', 'heads=2', 'ffnSize=32', 'windowTokens=16', 'batchWindows=4', 'warmupSteps=5']; // prettier-ignore

let folder: string;
let project: string;
let corpus: string;
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, NODE_NO_WARNINGS: '1', GARDENPATH_CACHE: path.join(folder, 'cache') }); // prettier-ignore
function gardenpath(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8', env: environment(), cwd: folder }); // prettier-ignore
  return { code: status, stdout, stderr };
}
function json<T>(...args: string[]): T {
  const { code, stdout, stderr } = gardenpath(...args, '--json');
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as T;
}

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-ngram-cli-'));
  project = path.join(folder, 'project');
  corpus = writeTinyCorpus(folder, 600);
  // So often that bigrams of words favour one bad sentence.
  fs.appendFileSync(path.join(corpus, 'tiny.train'), 'the dog sing near the girl .\n'.repeat(60));
  const suite = writeTinySuite(folder, 12);
  const trained = gardenpath('train', project, '--corpus', corpus, '--suite', suite, '--preset', 'nano', '--steps', '20', '--checkpoints', 'every:10', ...tiny); // prettier-ignore
  expect({ code: trained.code, stderr: trained.code === 0 ? '' : trained.stderr }).toEqual({ code: 0, stderr: '' }); // prettier-ignore
}, 600_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('ngram', () => {
  it('gives each class the accuracy that its words’ bigrams give, counted by hand on the same lines', () => {
    const { classes, order, unit } = json<NgramClasses>('ngram', project, '--unit', 'words');
    expect({ order, unit }).toEqual({ order: 2, unit: 'words' });
    // All training lines but those held out, the last 1 %.
    const lines = fs.readFileSync(path.join(corpus, 'tiny.train'), 'utf8').trim().split('\n').slice(0, 654); // prettier-ignore
    const vocabulary = ['</s>', '<unk>', ...new Set(lines.flatMap(wordsOf))];
    const idOf = (word: string): number => Math.max(1, vocabulary.indexOf(word)) % vocabulary.length; // prettier-ignore
    const model = NgramModel.build(Uint16Array.from([0, ...lines.flatMap((line) => [...wordsOf(line).map(idOf), 0])]), { order: 2, vocabSize: vocabulary.length, boundary: 0 }); // prettier-ignore
    const score = (sentence: string): number =>
      model.score([0, ...wordsOf(sentence).map(idOf)]).nats.slice(1).reduce((sum, n) => sum + n, 0); // prettier-ignore
    const right = tinyPairs(12, 0).filter(({ good, bad }) => score(good) > score(bad)).length;
    const near = classes.find(({ uid }) => uid === 'agreement_near');
    expect(near).toMatchObject({ pairs: 12, ngramRight: right, ngramAccuracy: right / 12 });
    expect(near?.ngramLow).toBeLessThan(right / 12);
    for (const c of classes) expect(c.favoursGood + c.favoursBad + c.favoursNeither).toBe(c.pairs);
    expect(fs.readdirSync(path.join(project, 'ngrams'))).toHaveLength(2);
  });

  it('counts tokens, says so once, and lists classes as CSV', () => {
    const first = gardenpath('ngram', project, '--order', '3');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/3-grams of tokens are right on \d+\.\d % of pairs \(mean of 2 classes\)/) as string }); // prettier-ignore
    expect(first.stderr).toMatch(/n-grams of tokens: ready/);
    const again = gardenpath('ngram', project, '--order', '5', '--csv');
    expect(again.stderr).toBe('');
    expect(again.stdout.split('\r\n')).toHaveLength(4);
    expect(again.stdout).toMatch(/^classId,uid,.*ngramAccuracy/);
    expect(gardenpath('ngram', project, '--order', '9').code).toBe(1);
  });

  it('finds the lines that hold an n-gram, of words and of tokens', () => {
    const text = fs.readFileSync(path.join(corpus, 'tiny.train'), 'utf8').trim().split('\n').slice(0, 654); // prettier-ignore
    const expected = text.filter((line) => line.startsWith('the dog ')).length;
    const words = json<NgramConcordance>('ngram', project, '--unit', 'words', '--concordance', '^the dog', '--limit', '3'); // prettier-ignore
    expect(words).toMatchObject({ linesWithIt: expected, occurrences: expected });
    expect(words.lines).toHaveLength(3);
    for (const { line, tokens } of words.lines) expect(tokens.join(' ')).toBe(text[line - 1]);
    const tokens = json<NgramConcordance>('ngram', project, '--concordance', '^the dog', '--limit', '3'); // prettier-ignore
    expect(tokens.linesWithIt).toBeGreaterThanOrEqual(expected); // "the dogs" may begin with the same tokens
    expect(gardenpath('ngram', project, '--concordance', 'no such words here').stdout).toMatch(/^0 in 0 lines/); // prettier-ignore
  });
});

describe('hypothesis', () => {
  it('states definitions, tests, one sentence and power; and gives its points', () => {
    const report = json<HypothesisReport>('hypothesis', project);
    expect(report.points.map(({ uid }) => uid)).toEqual(['agreement_far', 'agreement_near']);
    expect(report.all).toMatchObject({ classes: 2, phenomena: 1, pairs: 24 });
    expect(report.all.sentence).toMatch(/^Over 2 classes/);
    expect(report.all.powerSentence).toMatch(/2 classes/);
    expect(report.all.tests).toHaveLength(4);
    expect(report.meaningful).toBeNull();
    const judged = gardenpath('judge', project, '--class', 'agreement_far', '--verdict', 'not-meaningful'); // prettier-ignore
    expect(judged.code).toBe(0);
    expect(json<HypothesisReport>('hypothesis', project).meaningful).toMatchObject({ classes: 1 });
    expect(gardenpath('hypothesis', project).stdout).toMatch(/Without classes judged not meaningful: 1 classes/); // prettier-ignore
    expect(gardenpath('hypothesis', project, '--csv').stdout).toMatch(
      /^classId,uid,phenomenon,bias/,
    );
  });
});

describe('experiment', () => {
  it('edits, trains every condition from every seed, and compares', () => {
    const plan = path.join(folder, 'plan.json');
    fs.writeFileSync(plan, JSON.stringify({ name: 'agreement', runId: 1, classes: ['agreement_near'], edits: ['drop'], seeds: [1, 2], bigrams: { mostLines: 0.9 }, totalSteps: 10 })); // prettier-ignore
    const detail = json<ExperimentDetail>('experiment', project, '--file', plan);
    expect(detail).toMatchObject({ state: 'finished', runs: 6, runsFinished: 6 });
    expect(detail.bigrams.length).toBeGreaterThan(0);
    const [dropped, control] = detail.conditions;
    expect(dropped).toMatchObject({ condition: 'drop', carryingAfter: 0 });
    expect(dropped?.removedLines).toBe(dropped?.carryingBefore);
    expect(control?.carryingAfter).toBe(dropped?.carryingBefore);
    expect(fs.readdirSync(path.join(project, 'corpora')).sort()).toEqual([dropped, control].map((c) => c?.contentHash).sort()); // prettier-ignore
    expect(detail.contrasts.map(({ a, b }) => [a, b])).toEqual([['control-drop', 'drop'], ['original', 'drop'], ['original', 'control-drop']]); // prettier-ignore
    for (const one of detail.contrasts) {
      expect(one).toMatchObject({ seeds: [1, 2], step: 10 });
      expect(one.classes.map(({ uid, touched }) => [uid, touched])).toEqual([['agreement_far', false], ['agreement_near', true]]); // prettier-ignore
      expect(one.sentence).toMatch(/^At step 10, over 2 seeds: from /);
    }
    expect(json<ExperimentDetail>('experiment', project, '--show', '1').contrasts).toEqual(detail.contrasts); // prettier-ignore
    const csv = gardenpath('experiment', project, '--show', '1', '--csv').stdout.split('\r\n');
    expect(csv).toHaveLength(1 + 3 * 2 + 1);
  }, 600_000);

  it('names what is wrong with a plan', () => {
    const plan = path.join(folder, 'wrong.json');
    fs.writeFileSync(plan, JSON.stringify({ name: 'x', runId: 1, classes: [], edit: 'drop' }));
    expect(gardenpath('experiment', project, '--file', plan)).toMatchObject({ code: 2, stderr: expect.stringMatching(/classes: .*edit/s) as string }); // prettier-ignore
    fs.writeFileSync(plan, JSON.stringify({ name: 'x', runId: 1, classes: ['none_such'] }));
    expect(gardenpath('experiment', project, '--file', plan)).toMatchObject({ code: 1, stderr: expect.stringMatching(/none_such/) as string }); // prettier-ignore
  });
});
