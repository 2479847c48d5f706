// Sweeps on a real Slurm that keeps accounts: jobs that it has forgotten are told of by `sacct`.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { Slurm } from '../../src/main/lab/sweep/slurm/queue.ts';
import { tinyPlan, until, untilTrue } from '../fixtures/sweep.ts';
import { withCluster } from './cluster.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // a database is made first
const here = withCluster({ port: 18_100, accounting: true });

it('ended jobs have their states and exit codes from the accounts, once the queue has forgotten them', async () => {
  const { cluster, lab } = here;
  // Each task ends before its run begins, so that nobody but Slurm knows how: one well, one with a code of its own,
  // one by its own signal; the last is cancelled while it sleeps.
  const before = ['case $SLURM_ARRAY_TASK_ID in 0) exit 0 ;; 1) exit 7 ;; 2) kill -KILL $$ ;; *) exec sleep 300 ;; esac']; // prettier-ignore
  const plan = tinyPlan({ name: 'accounts', axes: { seed: [1, 2, 3, 4] }, resources: { cpus: 1, memory: '100M', warnSeconds: 30, before, options: [] } }); // prettier-ignore
  const { id } = await lab.call('sweeps.start', { plan, place: 'slurm' });
  const queue = (...args: string[]): string[] => execFileSync('squeue', ['-h', '-r', '-o', '%K %T', ...args], { encoding: 'utf8', timeout: 30_000 }).split('\n').filter(Boolean); // prettier-ignore
  await untilTrue(() => queue().join() === '3 RUNNING', 'three tasks at their end', 60);
  const fourth = (await lab.call('sweeps.get', { id })).runList[3];
  await lab.call('sweeps.cancel', { id, keys: [fourth?.key ?? ''] });
  // Slurm's own list is empty then: what is known from here on, the accounts know.
  await untilTrue(() => queue('-t', 'all').length === 0, 'Slurm’s forgetting', 120);

  const jobId = Number(/job (\d+)_3/.exec(fourth?.where ?? '')?.[1]);
  const status = await new Slurm().status([jobId]);
  const told = Array.from({ length: 4 }, (_, task) => status.get(`${jobId}_${task}`));
  expect(told).toMatchObject([
    { state: 'COMPLETED', exitCode: 0 },
    { state: 'FAILED', exitCode: 7 },
    { state: 'FAILED', exitCode: null }, // 0:9: ended by a signal
    { state: 'CANCELLED' },
  ]);

  const { runList, state } = await until(lab, id, ({ runList }) => runList[1]?.state === 'failed');
  expect(runList.map((run) => run.state)).toEqual(['stopped', 'failed', 'failed', 'cancelled']);
  expect(runList[1]?.failure).toMatchObject({ slurmState: 'FAILED', exitCode: 7, message: 'Its process ended: failed, exit code 7.' }); // prettier-ignore
  expect(runList[2]?.failure).toMatchObject({ slurmState: 'FAILED', exitCode: null });
  expect(state).toBe('failed');
  const settings = path.join(cluster.folder, 'slurm.conf');
  expect(fs.readFileSync(settings, 'utf8')).toContain('accounting_storage/slurmdbd');
  expect(spawnSync('sacct', ['-n', '-P', '-X', '-o', 'JobID']).status).toBe(0);
});
