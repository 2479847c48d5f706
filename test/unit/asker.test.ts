// Questions to a checkpoint, answered beside a run in training: the same numbers as the ordinary path stored.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLab, type RunningLab } from '../../src/main/lab/index.ts';
import type { labServes, Params, Result } from '../../src/shared/api.ts';
import type { RunRow } from '../../src/shared/domain.ts';
import { tinyConfig, writeTinyCorpus, writeTinySuite } from '../fixtures/tiny.ts';

let folder: string;
let lab: RunningLab;
const listeners = new Set<(run: RunRow) => void>();
type Serves = typeof labServes;
async function call<N extends keyof Serves>(
  name: N,
  params: Params<Serves, N>,
): Promise<Result<Serves, N>> {
  // prettier-ignore
  const reply = await lab.call(name, params);
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value as Result<Serves, N>;
}
const seen = (fits: (run: RunRow) => boolean): Promise<RunRow> =>
  new Promise((resolve) => {
    const listener = (run: RunRow): void => {
      if (!fits(run)) return;
      listeners.delete(listener);
      resolve(run);
    };
    listeners.add(listener);
  });

let corpusId: number;
let suiteId: number;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'gardenpath-asker-'));
  lab = createLab({
    stateDir: path.join(folder, 'state'),
    startQueued: false,
    emit: (event, payload) => {
      if (event === 'run.progressed') for (const tell of listeners) tell(payload as RunRow);
    },
  });
  await call('project.create', { path: path.join(folder, 'project') });
  corpusId = (await call('corpora.add', { path: writeTinyCorpus(folder, 400) })).id;
  suiteId = (await call('suites.add', { path: writeTinySuite(folder, 4) })).id;
  const ended = seen((run) => ['finished', 'failed'].includes(run.state));
  await call('runs.start', { name: 'first', config: tinyConfig(corpusId, [suiteId]) });
  expect(await ended).toMatchObject({ state: 'finished', error: null });
}, 120_000);
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const where = { runId: 1, step: 20, profile: 'gardenpath' };

describe('a scratch pair', () => {
  it('has the scores that the run stored for the same sentences', async () => {
    const { rows } = await call('pairs.page', { runId: 1, classId: 1, step: 20 });
    for (const { pairRowId, good, bad } of rows.slice(0, 2)) {
      const stored = await call('pairs.get', { runId: 1, pairRowId });
      const at = stored.checkpoints.find((checkpoint) => checkpoint.step === 20);
      const scratch = await call('model.scratch', { ...where, good, bad });
      expect(scratch.goodTokens).toEqual(stored.goodTokens);
      expect(scratch.badTokens).toEqual(stored.badTokens);
      expect(scratch.unscoredTokens).toBe(stored.unscoredTokens);
      closeTo(scratch.goodTokenLogProbsNats, at?.goodTokenLogProbsNats);
      closeTo(scratch.badTokenLogProbsNats, at?.badTokenLogProbsNats);
      expect(scratch.delta).toBeCloseTo(at?.delta ?? NaN, 3);
    }
  });
});

describe('the alternatives at a token', () => {
  it('are ranked, and the actual token has the score that the run stored', async () => {
    const { rows } = await call('pairs.page', { runId: 1, classId: 1, step: 20 });
    const { pairRowId } = rows[0] as { pairRowId: number };
    const stored = await call('pairs.get', { runId: 1, pairRowId });
    const at = stored.checkpoints.find((checkpoint) => checkpoint.step === 20);
    for (const position of [1, 4, stored.goodTokens.length - 1]) {
      const { alternatives, actual } = await call('model.alternatives', { ...where, pairRowId, sentence: 'good', position, count: 50 }); // prettier-ignore
      expect(actual.token).toBe(stored.goodTokens[position]);
      expect(actual.logProbNats).toBeCloseTo(at?.goodTokenLogProbsNats[position - 1] ?? NaN, 4);
      expect(alternatives.map((one) => one.rank)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1)); // prettier-ignore
      const nats = alternatives.map((one) => one.logProbNats);
      expect(nats).toEqual([...nats].sort((a, b) => b - a));
      if (actual.rank <= 50) expect(alternatives[actual.rank - 1]).toEqual(actual);
      else expect(nats.every((one) => one >= actual.logProbNats)).toBe(true);
    }
  });

  it('refuses what is not there', async () => {
    const asked = { ...where, pairRowId: 1, sentence: 'good', position: 1 } as const;
    await expect(call('model.alternatives', { ...asked, step: 7 })).rejects.toThrow(/They are at steps 0, 10, 20, 30, 40/); // prettier-ignore
    await expect(call('model.alternatives', { ...asked, position: 99 })).rejects.toThrow(/none at 99/); // prettier-ignore
    await expect(call('model.alternatives', { ...asked, profile: 'constructor' })).rejects.toThrow(/no scoring profile/); // prettier-ignore
  });
});

it('is answered while a run trains, which ends as it would have', async () => {
  const training = { totalSteps: 400, checkpoints: 'every:400' };
  const begun = seen((run) => run.id === 2 && run.state === 'training' && run.step > 0);
  const ended = seen((run) => run.id === 2 && ['finished', 'failed'].includes(run.state));
  await call('runs.start', { name: 'second', config: tinyConfig(corpusId, [], training) });
  await begun;
  const scratch = await call('model.scratch', { ...where, good: 'the dog sings .', bad: 'the dog sing .' }); // prettier-ignore
  expect(scratch.delta).toBeCloseTo(scratch.goodLogProbNats - scratch.badLogProbNats, 10);
  expect(await ended).toMatchObject({ state: 'finished', step: 400, error: null });
}, 120_000);

function closeTo(values: number[], expected: number[] = []): void {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 4));
}
