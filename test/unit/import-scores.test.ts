// Scores that other programs computed, as runs; and ours as theirs.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { ClassRow, PairDetail, PairRow, PairTokensRow, RunDetail } from '../../src/shared/domain.ts'; // prettier-ignore
import type { ScoresImported } from '../../src/shared/workbench.ts';
import { makeProject } from '../fixtures/make-project.ts';
import { writeTinySuite } from '../fixtures/tiny.ts';

const samples = fileURLToPath(new URL('../../../shared/data/samples/', import.meta.url));
const blimp = fileURLToPath(new URL('../../../shared/data/blimp/BLiMP.zip', import.meta.url));
const haveSamples = fs.existsSync(samples) && fs.existsSync(blimp);
if (!haveSamples) console.warn('SKIPPED: no logs of lm-evaluation-harness at ../shared/data/samples; only logs that we write ourselves are read.'); // prettier-ignore

let folder: string;
let lab: RunningLab;
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as T;
};
const write = (name: string, text: string): string => {
  fs.writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-scores-'));
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe('a table of sentence scores', () => {
  /** One pair of each class scored, at two steps; the good sentence's score rises over the bad one's. */
  async function tinyTable(): Promise<{ suiteId: number; pairs: PairRow[]; csv: string }> {
    await call('project.create', { path: path.join(folder, 'p') });
    const { id: suiteId } = await call<{ id: number }>('suites.add', { path: writeTinySuite(folder, 3) }); // prettier-ignore
    const csv = [10, 20].flatMap((step) => ['the dog sings near the dog .', 'the dog sing near the dog .', 'not in the suite'].map((text, i) => `${step},"${text}",${-i - (step === 10 ? [1, -0.5, 0][i]! : 0)}`)); // prettier-ignore
    return { suiteId, pairs: [], csv: `step,sentence,score\n${csv.join('\n')}\n` };
  }

  it('is a run that every view shows as far as it goes', async () => {
    const { suiteId, csv } = await tinyTable();
    const file = write('mine.csv', csv);
    const read = await call<ScoresImported>('scores.import', {
      path: file,
      format: 'csv',
      suiteId,
    });
    expect(read).toMatchObject({ pairs: 1, suitePairs: 6, unusedSentences: 1, run: { name: 'mine.csv', state: 'finished', step: 20, totalSteps: 20, checkpoints: 2, parameters: 0, seed: null } }); // prettier-ignore
    const runId = read.run.id;
    expect(await call<RunDetail>('runs.get', { runId })).toMatchObject({ note: expect.stringMatching(/from mine\.csv .* 1 of the suite’s 6 pairs/) as string, scored: [{ profile: 'elsewhere', checkpoints: 2 }] }); // prettier-ignore
    const at = async (step: number) => (await call<{ classes: ClassRow[] }>('classes.list', { step })).classes.map(({ uid, pairs, right, meanDelta }) => ({ uid, pairs, right, meanDelta })); // prettier-ignore
    expect(await at(10)).toEqual([{ uid: 'agreement_near', pairs: 1, right: 0, meanDelta: -0.5 }]);
    expect(await at(20)).toEqual([{ uid: 'agreement_near', pairs: 1, right: 1, meanDelta: 1 }]);
    const [{ classId, human: _ } = { classId: 0, human: null }] = (await call<{ classes: ClassRow[] }>('classes.list')).classes; // prettier-ignore
    const { rows } = await call<{ rows: PairRow[] }>('pairs.page', { classId });
    expect(rows).toMatchObject([{ good: 'the dog sings near the dog .', goodLogProbNats: 0, badLogProbNats: -1 }]); // prettier-ignore
    const pairRowId = rows[0]?.pairRowId ?? 0;
    const detail = await call<PairDetail>('pairs.get', { pairRowId });
    expect(detail).toMatchObject({
      goodTokens: ['the dog sings near the dog .'],
      unscoredTokens: 0,
    });
    expect(detail.checkpoints.map((c) => [c.goodTokenLogProbsNats, c.badTokenLogProbsNats])).toEqual([[[-1], [-0.5]], [[0], [-1]]]); // prettier-ignore
    expect(await call<PairTokensRow[]>('pairs.tokens', { classId, pairRowIds: [pairRowId] })).toMatchObject([{ badTokens: ['the dog sing near the dog .'], badTokenLogProbsNats: [-1] }]); // prettier-ignore
    for (const view of [
      'classes.trajectories',
      'separation.get',
      'entrenchment.get',
      'evidence.list',
      'headline.get',
    ])
      // prettier-ignore
      expect((await lab.call(view, {})).ok, view).toBe(true);
    await call('report.write', { path: path.join(folder, 'report') });
    await call('export.all', { path: path.join(folder, 'all.zip') });
    // How many tokens it had seen is not known, and not 0.
    const tables = unzipSync(fs.readFileSync(path.join(folder, 'all.zip')));
    expect(strFromU8(tables['checkpoints.csv'] ?? new Uint8Array())).toMatch(/tokens_seen,words_seen,.*\r?\n1,mine\.csv,10,,,/); // prettier-ignore
    expect(strFromU8(tables['classes.csv'] ?? new Uint8Array())).toContain(',elsewhere,10,,,');
    expect(await call('tokenizers.list')).toEqual([]);
    expect(await call('corpora.list')).toEqual([]);
    await expect(call('scores.start', { runId, suiteId, profile: { name: 'x', prefix: 'none', leadingSpace: false, text: 'as-is', aggregation: 'sum', ties: 'apart' }, pairsPerClass: null })).rejects.toThrow(/has weights at these steps only: none/); // prettier-ignore
    await call('runs.delete', { runId, what: 'run' });
  });

  it('has its columns as they are named', async () => {
    const { suiteId, csv } = await tinyTable();
    const file = write('mine.tsv', csv.replace('step,sentence,score', 'when,text,"log p"').replaceAll(',', '\t')); // prettier-ignore
    const columns = { sentence: 'text', score: 'log p', step: 'when' };
    expect(await call('scores.import', { path: file, format: 'csv', columns, suiteId })).toMatchObject({ pairs: 1, run: { checkpoints: 2 } }); // prettier-ignore
  });

  it('of several files is one series, by its steps or by its files’ names', async () => {
    const { suiteId, csv } = await tinyTable();
    const [head, ...rows] = csv.trim().split('\n');
    const table = (name: string, step: number, withStep: boolean): void => {
      const of = [head, ...rows.filter((row) => row.startsWith(`${step},`))];
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      write(name, of.map((row) => (withStep ? row : row?.replace(/^[^,]*,/, ''))).join('\n'));
    };
    table('stepped/step-1/a.csv', 10, true);
    table('stepped/step-2/b.csv', 20, true);
    table('named/step-20.csv', 20, false);
    table('named/step-10.csv', 10, false);
    for (const name of ['stepped', 'named']) {
      const { run } = await call<ScoresImported>('scores.import', { path: path.join(folder, name), format: 'csv', suiteId }); // prettier-ignore
      const deltas = await Promise.all([10, 20].map(async (step) => (await call<{ classes: ClassRow[] }>('classes.list', { runId: run.id, step })).classes[0]?.meanDelta)); // prettier-ignore
      expect({ name, checkpoints: run.checkpoints, deltas }).toEqual({ name, checkpoints: 2, deltas: [-0.5, 1] }); // prettier-ignore
    }
  });

  it.each<[string, string, RegExp]>([
    ['two models in one', 'sentence,score\na,-1\na,-2\n', /x\.csv, line 3: “a” has two scores, -1 and -2/], // prettier-ignore
    ['surprisals', 'sentence,score\na,1.5\n', /x\.csv, line 2: a score of 1\.5, but a log-probability is at most 0/], // prettier-ignore
    ['words for numbers', 'sentence,score\na,low\n', /x\.csv, line 2: no number for a score/],
    ['no score', 'sentence,score\na,\n', /x\.csv, line 2: no number for a score/],
    ['other columns', 'text,logprob\na,-1\n', /x\.csv, line 2: “sentence” is missing/],
    [
      'steps that are none',
      'sentence,score,step\na,-1,late\n',
      /x\.csv, line 2: “late” is no step/,
    ],
    ['another suite’s sentences', 'sentence,score\na,-1\n', /No pair of the suite tiny-suite has scores.*x\.csv/], // prettier-ignore
  ])('with %s is refused, and nothing is stored', async (_, text, message) => {
    const { suiteId } = await tinyTable();
    await expect(call('scores.import', { path: write('x.csv', text), format: 'csv', suiteId })).rejects.toThrow(message); // prettier-ignore
    expect(await call('runs.list')).toEqual([]);
  });
});

it('a checkpoint’s scores go out as samples of lm-evaluation-harness and come back the same', async () => {
  makeProject(path.join(folder, 'p'), { classes: 3, pairs: 8, checkpoints: 3, runs: 1 }).close();
  await call('project.open', { path: path.join(folder, 'p') });
  const out = path.join(folder, 'samples');
  expect(await call('samples.write', { path: out })).toMatchObject({ files: 3 });
  const { suiteId } = (await call<{ selected: { suiteId: number } }>('classes.list')).selected;
  const figures = async (runId: number) => (await call<{ classes: ClassRow[] }>('classes.list', { runId })).classes.map(({ uid, right, ties, meanDelta }) => ({ uid, right, ties, meanDelta })); // prettier-ignore
  const before = await figures(1);
  const read = await call<ScoresImported>('scores.import', {
    path: out,
    format: 'lm-eval',
    suiteId,
  });
  expect(read).toMatchObject({ pairs: 24, unusedSentences: 0 });
  const after = await figures(read.run.id);
  expect(after.map(({ uid, right }) => ({ uid, right }))).toEqual(before.map(({ uid, right, ties }) => ({ uid, right: right + ties }))); // prettier-ignore
});

it('logs of several checkpoints are a series by the names of their folders; of two models they are refused', async () => {
  await call('project.create', { path: path.join(folder, 'p') });
  const { id: suiteId } = await call<{ id: number }>('suites.add', { path: writeTinySuite(folder, 3) }); // prettier-ignore
  const [good, bad] = ['the dog sings near the dog .', 'the dog sing near the dog .'];
  /** As lm-evaluation-harness puts them: a folder of the model's path, with __ for /. */
  const log = (name: string, deltaNats: number): void => {
    const file = path.join(folder, name, 'samples_near_2026-01-01T00-00-00.jsonl');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify({ doc: { sentence_good: good, sentence_bad: bad }, filtered_resps: [[String(-20 + deltaNats), false], ['-20', false]] })}\n`); // prettier-ignore
  };
  log('series/__home__me__out__step-300', 2);
  log('series/__home__me__out__step-20', -1);
  const { run } = await call<ScoresImported>('scores.import', { path: path.join(folder, 'series'), format: 'lm-eval', suiteId }); // prettier-ignore
  const deltas = await Promise.all([20, 300].map(async (step) => (await call<{ classes: ClassRow[] }>('classes.list', { runId: run.id, step })).classes[0]?.meanDelta)); // prettier-ignore
  expect(deltas).toEqual([-1, 2]);
  log('models/gpt-one', 2);
  log('models/gpt-two', -1);
  await expect(call('scores.import', { path: path.join(folder, 'models'), format: 'lm-eval', suiteId })).rejects.toThrow(/gpt-two\/samples_near.*line 1: “the dog sings near the dog \.” has two scores, -18 and -21/); // prettier-ignore
  expect(await call<unknown[]>('runs.list')).toHaveLength(1);
});

it.skipIf(!haveSamples)(
  'logs that lm-evaluation-harness wrote give the accuracies it reported',
  async () => {
    await call('project.create', { path: path.join(folder, 'p') });
    const { id: suiteId } = await call<{ id: number }>('suites.add', { path: blimp });
    const logs = path.join(folder, 'logs');
    fs.mkdirSync(logs);
    for (const name of fs.readdirSync(samples).filter((one) => one.startsWith('lm-eval')))
      fs.copyFileSync(path.join(samples, name), path.join(logs, name));
    const { results } = JSON.parse(fs.readFileSync(path.join(logs, 'lm-eval_results.json'), 'utf8')) as { results: Record<string, { 'acc,none': number; sample_len: number }> }; // prettier-ignore
    const read = await call<ScoresImported>('scores.import', {
      path: logs,
      format: 'lm-eval',
      suiteId,
    });
    expect(read).toMatchObject({ pairs: 60, unusedSentences: 0 });
    const { classes, selected } = await call<{ classes: ClassRow[]; selected: { profile: string } }>('classes.list'); // prettier-ignore
    expect(selected.profile).toBe('lm-eval');
    expect(Object.fromEntries(classes.map((one) => [`lblimp_${one.uid}`, [one.accuracy, one.pairs]]))).toEqual(Object.fromEntries(Object.entries(results).map(([task, one]) => [task, [one['acc,none'], one.sample_len]]))); // prettier-ignore
  },
);
