// Figures of minicons and of BabyLM as runs, shown as far as their data goes.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { CheckpointRow, ClassRow, PairDetail, PairRow, PairTokensRow, RunRow, SuiteInfo, TokenizerInfo, Trajectories } from '../../src/shared/domain.ts'; // prettier-ignore
import type { ScoresPreview } from '../../src/shared/exchange.ts';
import type { ClassComparison, ScoresImported } from '../../src/shared/workbench.ts';
import { tinyPairs, writeTinySuite } from '../fixtures/tiny.ts';

let folder: string;
let lab: RunningLab;
let suiteId: number;
const call = async <T>(name: string, params: object = {}): Promise<T> => {
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as T;
};
const write = (name: string, content: string | Uint8Array): string => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
};
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-figures-'));
  lab = createLab({ stateDir: path.join(folder, 'state'), startQueued: false, emit: () => undefined }); // prettier-ignore
  await call('project.create', { path: path.join(folder, 'p') });
  suiteId = (await call<SuiteInfo>('suites.add', { path: writeTinySuite(folder, 4) })).id;
});
afterEach(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
const near = tinyPairs(4, 0);
const far = tinyPairs(4, 1);
const imported = (format: string, file: string) => call<ScoresImported>('scores.import', { path: file, format, suiteId }); // prettier-ignore
const preview = (file: string) => call<ScoresPreview>('scores.preview', { path: file, suiteId });
const accuracies = async (runId: number, step?: number) => Object.fromEntries((await call<{ classes: ClassRow[] }>('classes.list', { runId, step })).classes.map(({ uid, right, pairs }) => [uid, [right, pairs]])); // prettier-ignore

describe('minicons', () => {
  /** Its tokens of some sentences: the first has no score, the others −i / 10 of the i-th one. */
  const rows = near.flatMap(({ good, bad }) => [good, bad]).flatMap((sentence, s) =>
    ['</s>', ...sentence.split(' ')].map((token, t) => ({ sentence: s + 1, token_id: t + 1, token, logprob: t === 0 ? NaN : -(t + s / 8) / 10 })), // prettier-ignore
  ); // prettier-ignore
  const printed = ['Currently using batch size of 1 and 2 workers.', ' sentence_id  token_id    token  logprob  surprisal', ...rows.map((r) => `           ${r.sentence}  ${String(r.token_id).padStart(8)}  ${r.token.padStart(7)}  ${String(r.logprob).padStart(7)}  ${String(-r.logprob).padStart(9)}`)].join('\n'); // prettier-ignore
  const csv = ['sentence_id,token_id,token,logprob', ...rows.map((r) => `${r.sentence},${r.token_id},${r.token},${Number.isNaN(r.logprob) ? '' : r.logprob}`)].join('\n'); // prettier-ignore

  it.each([['a CSV', 'tokens.csv', csv], ['what it prints', 'tokens.txt', printed]])('%s: sentences are found by their tokens, and every token is shown', async (_, name, text) => {
    const file = write(name, text);
    expect(await preview(file)).toMatchObject({ format: 'minicons', pairs: 4, suitePairs: 8, unusedSentences: 0, problem: null }); // prettier-ignore
    const { run, pairs } = await imported('minicons', file);
    expect(pairs).toBe(4);
    expect(run).toMatchObject({ kept: 'scores', state: 'finished' });
    const [{ classId } = { classId: 0 }] = (await call<{ classes: ClassRow[] }>('classes.list', { runId: run.id })).classes; // prettier-ignore
    const page = await call<{ rows: PairRow[] }>('pairs.page', { runId: run.id, classId, sort: 'pairId' }); // prettier-ignore
    // Seven tokens: the sum of −(t + s/8)/10 over t = 1 … 7.
    const sum = (s: number) => -(28 + (7 * s) / 8) / 10;
    page.rows.forEach((row, i) => {
      expect(row.goodLogProbNats).toBeCloseTo(sum(2 * i), 6);
      expect(row.badLogProbNats).toBeCloseTo(sum(2 * i + 1), 6);
    });
    const pairRowId = page.rows[0]?.pairRowId ?? 0;
    const detail = await call<PairDetail>('pairs.get', { runId: run.id, pairRowId });
    expect(detail.goodTokens).toEqual(['</s>', 'the', 'dog', 'sings', 'near', 'the', 'dog', '.']);
    expect(detail.badTokens[3]).toBe('sing');
    expect(detail.unscoredTokens).toBe(1);
    expect(detail.checkpoints[0]?.goodTokenLogProbsNats).toHaveLength(7);
    const [tokens] = await call<PairTokensRow[]>('pairs.tokens', { runId: run.id, classId, pairRowIds: [pairRowId] }); // prettier-ignore
    expect(tokens?.badTokens.slice(1, 3)).toEqual(['dog', 'sing']);
    expect(tokens?.badTokenLogProbsNats[2]).toBeCloseTo(-(3 + 1 / 8) / 10, 6);
    // What shows its tokens encodes nothing and is not offered for training.
    expect(await call<TokenizerInfo[]>('tokenizers.list')).toEqual([]);
  }); // prettier-ignore

  it('scores the parts that a suite marks, from its tokens', async () => {
    const line = { sentence_good: 'the cats sleep .', sentence_bad: 'the cats sleeps .', UID: 'marked', field: 'f', linguistics_term: 'p', one_prefix_prefix: 'the cats', one_prefix_word_good: 'sleep', one_prefix_word_bad: 'sleeps', pairID: '0' }; // prettier-ignore
    const { id } = await call<SuiteInfo>('suites.add', { path: write('marked.jsonl', JSON.stringify(line)) }); // prettier-ignore
    const table = ['sentence_id,token_id,token,logprob', ...[['the', 'cats', 'sleep', '.'], ['the', 'cats', 'sle', 'eps', '.']].flatMap((tokens, s) => tokens.map((token, t) => `${s + 1},${t + 1},${token},${-(t + 1)}`))].join('\n'); // prettier-ignore
    const { run } = await call<ScoresImported>('scores.import', { path: write('m.csv', table), format: 'minicons', suiteId: id }); // prettier-ignore
    const [row] = (await call<{ classes: ClassRow[] }>('classes.list', { runId: run.id, suiteId: id, profile: 'elsewhere/one-prefix' })).classes; // prettier-ignore
    // sleep at 3, against sle and eps at 3 and 4.
    expect(row).toMatchObject({ uid: 'marked', pairs: 1, meanDelta: -3 - (-3 - 4) });
  });

  it('takes files named as checkpoints for a series, and refuses two models in one', async () => {
    const worse = csv.replace(/-(\d)/g, '-1$1');
    write('series/step-20.csv', csv);
    write('series/step-5.csv', worse);
    const { run } = await imported('minicons', path.join(folder, 'series'));
    const checkpoints = await call<CheckpointRow[]>('checkpoints.list', { runId: run.id });
    expect(checkpoints.map(({ step }) => step)).toEqual([5, 20]);
    write('models/a.csv', csv);
    write('models/b.csv', worse);
    await expect(imported('minicons', path.join(folder, 'models'))).rejects.toThrow(/b\.csv, line \d+: “thedogsingsnearthedog\.” has two scores/); // prettier-ignore
  });

  it('refuses what is no table of tokens, with its line', async () => {
    await expect(imported('minicons', write('a.csv', 'sentence_id,token\n1,the\n'))).rejects.toThrow(/a\.csv, line 2: no column “logprob”/); // prettier-ignore
    await expect(imported('minicons', write('b.txt', 'sentence_id token_id token logprob\n1 1 the x\n'))).rejects.toThrow(/b\.txt, line 2: no number/); // prettier-ignore
    await expect(imported('minicons', write('c.csv', 'sentence_id,token,logprob\n1,the,0.5\n'))).rejects.toThrow(/line 2: a score of 0\.5/); // prettier-ignore
  });
});

describe('BabyLM', () => {
  const predictions = (chosen: string[], uid: string) => ({ predictions: chosen.map((pred, i) => ({ id: `${uid}_${i}`, pred: ` ${pred}` })) }); // prettier-ignore
  /** Of the near class all but the first are right; of the far one the second is, of two that were asked. */
  const chosenNear = near.map(({ good, bad }, i) => (i === 0 ? bad : good));
  const chosenFar = [far[1]?.bad ?? '', far[3]?.good ?? ''];
  const of2023 = [{ task: 'blimp', sub_task: 'agreement_near_filtered', ...predictions(chosenNear, 'agreement_near') }, { task: 'blimp', sub_task: 'agreement_far', ...predictions(chosenFar, 'agreement_far') }].map((line) => JSON.stringify(line)).join('\n'); // prettier-ignore
  const tasks = { agreement_near: predictions(chosenNear, 'agreement_near'), agreement_far: predictions(chosenFar, 'agreement_far') }; // prettier-ignore
  const of2024 = JSON.stringify({ blimp: tasks, glue: { rte: { predictions: [{ id: 'rte_0', pred: 1 }] } } }); // prettier-ignore

  it.each([
    ['2023', 'predictions.txt', of2023],
    ['2023, as .json', 'predictions.json', of2023],
    ['2024', 'all.json', of2024],
    ['2025, gzipped', 'predictions.json.gz', gzipSync(JSON.stringify(tasks))],
  ])('%s: choices are right or wrong', async (_, name, content) => {
    const file = write(name, content);
    expect(await preview(file)).toMatchObject({ format: 'babylm', pairs: 6, unusedSentences: 0, problem: null }); // prettier-ignore
    const { run } = await imported('babylm', file);
    expect(run.kept).toBe('choices');
    expect(await accuracies(run.id)).toEqual({ agreement_near: [3, 4], agreement_far: [1, 2] });
  });

  it('shows what it can, and says what it cannot', async () => {
    const { run } = await imported('babylm', write('all.json', of2024));
    const { id: runId } = run;
    const { classes } = await call<{ classes: ClassRow[] }>('classes.list', { runId });
    expect(classes.map(({ meanDelta }) => meanDelta)).toEqual([NaN, NaN]);
    const trajectories = await call<Trajectories>('classes.trajectories', { runId });
    expect(trajectories.classes.map(({ accuracy, meanDelta }) => [accuracy, meanDelta])).toEqual([[[0.5], [null]], [[0.75], [null]]]); // prettier-ignore
    const classId = classes.find(({ uid }) => uid === 'agreement_near')?.classId;
    const wrong = await call<{ total: number; rows: PairRow[] }>('pairs.page', { runId, classId, outcome: 'wrong' }); // prettier-ignore
    expect(wrong).toMatchObject({ total: 1, rows: [{ good: near[0]?.good, goodLogProbNats: NaN, badLogProbNats: NaN }] }); // prettier-ignore
    const detail = await call<PairDetail>('pairs.get', { runId, pairRowId: wrong.rows[0]?.pairRowId }); // prettier-ignore
    expect(detail.checkpoints).toMatchObject([{ goodLogProbNats: NaN, goodTokenLogProbsNats: [] }]);
    expect(await call('classes.distribution', { runId, classId })).toEqual({ pairRowIds: [], good: [], bad: [] }); // prettier-ignore
    await expect(call('separation.get', { runId })).rejects.toThrow(/no probability: it has no separation/); // prettier-ignore
    await expect(call('samples.write', { runId, path: path.join(folder, 'out') })).rejects.toThrow(/no probability/); // prettier-ignore
    for (const view of ['entrenchment.get', 'evidence.list', 'headline.get'])
      expect((await lab.call(view, { runId })).ok, view).toBe(true);
    // Beside another run what is right is compared, and Δ is not.
    const side = { runId, suiteId, profile: 'babylm-choices' };
    const { classes: compared } = await call<{ classes: ClassComparison[] }>('compare.classes', { a: side, b: side }); // prettier-ignore
    expect(compared[0]).toMatchObject({ difference: NaN, rightInAOnly: 0, a: { accuracy: 0.5, meanDelta: NaN } }); // prettier-ignore
  });

  it('finds choices also where they come in another order', async () => {
    const chosen = [far[2]?.good ?? '', far[0]?.bad ?? '', far[1]?.good ?? ''];
    const { run, unusedSentences } = await imported('babylm', write('x.json', JSON.stringify({ agreement_far: predictions([...chosen, 'no such sentence'], 'agreement_far') }))); // prettier-ignore
    expect(unusedSentences).toBe(1);
    expect(await accuracies(run.id)).toEqual({ agreement_far: [2, 3] });
  });

  it('takes folders named as checkpoints for a series', async () => {
    write('series/chck_10M/predictions.json', JSON.stringify(tasks));
    write('series/chck_2M/predictions.json', JSON.stringify({ agreement_near: predictions(near.map(({ bad }) => bad), 'agreement_near') })); // prettier-ignore
    const { run } = await imported('babylm', path.join(folder, 'series'));
    const checkpoints = await call<CheckpointRow[]>('checkpoints.list', { runId: run.id });
    expect(checkpoints.map(({ step, wordsSeen }) => [step, wordsSeen])).toEqual([[1, 2e6], [2, 1e7]]); // prettier-ignore
    expect(await accuracies(run.id, 1)).toEqual({ agreement_near: [0, 4] });
    expect((await call<RunRow[]>('runs.list'))[0]).toMatchObject({
      checkpoints: 2,
      wordsSeen: 1e7,
    });
  });

  it('refuses predictions of two models, or counted in two ways, in one folder', async () => {
    write('two/a/predictions.json', JSON.stringify(tasks));
    write('two/b/predictions.json', JSON.stringify(tasks));
    await expect(imported('babylm', path.join(folder, 'two'))).rejects.toThrow(/agreement_near has predictions twice, in a\/predictions\.json and in b\/predictions\.json/); // prettier-ignore
    write('mixed/chck_10M/predictions.json', JSON.stringify(tasks));
    write('mixed/step-5/predictions.json', JSON.stringify(tasks));
    await expect(imported('babylm', path.join(folder, 'mixed'))).rejects.toThrow(/cannot be put in one order: .*chck_10M, step-5/); // prettier-ignore
    // What holds no predictions does not count.
    write('beside/chck_10M/predictions.json', JSON.stringify(tasks));
    write('beside/summary.json', '{"accuracy": {"all": 1}}');
    expect((await imported('babylm', path.join(folder, 'beside'))).run.checkpoints).toBe(1);
  });

  it('refuses what holds no predictions', async () => {
    await expect(imported('babylm', write('x.json', '{"a": 1}'))).rejects.toThrow(/holds no predictions/); // prettier-ignore
    await expect(imported('babylm', write('y.json', '{"a": '))).rejects.toThrow(/y\.json: not valid JSON/); // prettier-ignore
    await expect(imported('babylm', write('z.json.gz', 'no gzip'))).rejects.toThrow(/no gzip file/);
  });
});
