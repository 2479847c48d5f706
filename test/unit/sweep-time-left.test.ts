// How long a sweep says that it will go on.
import { expect, it } from 'vitest';
import { duration } from '../../src/main/lab/cli/print.ts';
import { detailOf } from '../../src/main/lab/sweep/show.ts';
import type { SweepRun } from '../../src/shared/sweeps.ts';
import { tinyPlan } from '../fixtures/sweep.ts';

const run = (more: Partial<SweepRun>): SweepRun => ({ key: '', values: {}, state: 'waiting', stage: '', step: 0, totalSteps: 100, tokensSeen: 0, lossNats: null, tokensPerSecond: null, elapsedMs: 0, remainingMs: null, checkpoints: 0, scored: 0, attempts: 0, where: null, failure: null, runId: null, ...more }); // prettier-ignore
const left = (...runs: SweepRun[]) => detailOf({ id: 1, name: 's', plan: tinyPlan({ name: 's' }), place: 'local', createdAtMs: 0 }, [], runs).remainingMs; // prettier-ignore

it('a run that scores before its first step says nothing of how long training takes', () => {
  const scoring = run({ state: 'scoring', elapsedMs: 2_000, remainingMs: 3_000 });
  expect(left(scoring, run({}))).toBeNull();
  const training = run({ state: 'training', step: 50, elapsedMs: 60_000, remainingMs: 60_000 });
  // 60 s of one, 120 s of the other that begins and of the one that waits, two at a time
  expect(left(training, scoring, run({}))).toBe(150_000);
});

it('whole minutes are said without seconds', () => {
  expect([59_000, 60_000, 61_000, 3_600_000].map(duration)).toEqual(['59 s', '1 min', '1 min 1 s', '1 h 0 min']); // prettier-ignore
});
