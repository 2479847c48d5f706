// Sweeps on a real Slurm that is reached through a real ssh: over with rsync, followed, cut off, back, gathered.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it, vi } from 'vitest';
import { over, quoted } from '../../src/main/lab/sweep/command.ts';
import { RunSpec, readJson } from '../../src/main/lab/sweep/run-folder.ts';
import type { SweepDetail, SweepPlan } from '../../src/shared/sweeps.ts';
import { sleep, tinyPlan, until } from '../fixtures/sweep.ts';
import { withCluster } from './cluster.ts';
import { beginHost, type Host } from './host.ts';

vi.setConfig({ testTimeout: 300_000 });
let host: Host | undefined;
let there: string;
const here = withCluster({
  port: 19_100,
  async also({ folder }) {
    const at = (name: string): string => path.join(folder, name);
    there = at('shared/our runs'); // with a space, as people have them
    host = await beginHost(19_130, { SLURM_CONF: at('slurm.conf'), GARDENPATH_CACHE: at('cache') });
    delete process.env['SLURM_CONF']; // here is no Slurm: it is there
    return host.why;
  },
});
afterAll(() => host?.end());

const cli = fileURLToPath(new URL('../../src/main/lab/cli.ts', import.meta.url));
const atRest = ({ state }: SweepDetail): boolean => state !== 'running';
const cutOff = /^cluster cannot be reached \(.*Connection refused.*“ssh cluster true”/;

function planOf(name: string, plan: Partial<SweepPlan>): SweepPlan {
  const ssh = { host: 'cluster', folder: there, gardenpath: `${quoted(process.execPath)} ${quoted(cli)}` }; // prettier-ignore
  return tinyPlan({ name, ...plan, resources: { cpus: 1, memory: '400M', warnSeconds: 30, before: [], options: [], ssh } }); // prettier-ignore
}

it('runs go over, come back and are gathered, and a host that cannot be reached costs none of them', async () => {
  const { lab } = here;
  const plan = planOf('elsewhere', { axes: { seed: [1, 2] } });
  host?.setReachable(false);
  await expect(lab.call('sweeps.start', { plan, place: 'slurm' })).rejects.toThrow(cutOff);
  const [kept] = await lab.call('sweeps.list', {});
  expect(kept).toMatchObject({ name: 'elsewhere', place: 'slurm', state: 'stopped', runs: 2 });
  const id = kept?.id ?? 0;

  host?.setReachable(true);
  await lab.call('sweeps.resume', { id });
  const [key = ''] = (await lab.call('sweeps.get', { id })).runList.map((run) => run.key);
  const source = readJson(path.join(there, key, 'run.json'), RunSpec)?.corpus.source ?? '';
  expect(path.dirname(source)).toBe(path.join(there, 'corpora'));
  const text = (folder: string): string => fs.readFileSync(path.join(folder, 'tiny.train'), 'utf8');
  expect(text(source)).toBe(text(path.join(lab.folder, 'tiny-corpus')));

  // Cut off while they are at work.
  host?.setReachable(false);
  await vi.waitFor(() => expect(lab.call('sweeps.get', { id })).rejects.toThrow(cutOff), { timeout: 20_000, interval: 500 }); // prettier-ignore
  await expect(lab.call('sweeps.cancel', { id })).rejects.toThrow(cutOff);
  expect(await lab.call('sweeps.list', {})).toMatchObject([{ id, stage: expect.stringMatching(/its cluster does not answer$/) as string }]); // prettier-ignore
  expect(await lab.call('gather', { paths: [lab.project], weights: false })).toMatchObject({ added: 0, refused: [{ message: expect.stringMatching(cutOff) as string }] }); // prettier-ignore

  host?.setReachable(true);
  const { runList } = await until(lab, id, atRest);
  expect(runList).toMatchObject([{ state: 'finished', step: 20, checkpoints: 3, scored: 3, attempts: 1 }, { state: 'finished' }]); // prettier-ignore
  expect(await lab.call('sweeps.gather', { id })).toMatchObject({ added: 2, unfinished: 0, refused: [], scores: 2 * 3 * 16 }); // prettier-ignore
  expect(await lab.call('gather', { paths: [lab.project], weights: false })).toMatchObject({ added: 0, unchanged: 2, refused: [] }); // prettier-ignore

  // Finished, it is looked at without its cluster.
  host?.setReachable(false);
  await sleep(4_000); // until what was heard last counts no longer
  expect(await lab.call('sweeps.get', { id })).toMatchObject({ state: 'finished', stage: '2 of 2 runs finished', runsGathered: 2 }); // prettier-ignore
  host?.setReachable(true);
  expect(fs.existsSync(path.join(lab.runs, 'corpora'))).toBe(false); // texts went over only
  expect(fs.readFileSync(path.join(lab.runs, key, 'log.txt'), 'utf8')).toMatch(/== ended with 0\n$/); // prettier-ignore

  expect(fs.readdirSync(path.join(lab.runs, 'slurm'))).toContainEqual(expect.stringMatching(/^\d+_0\.txt$/)); // prettier-ignore

  // What a run is to do is said here: how it stands there takes nothing of it back.
  await lab.call('sweeps.save', { text: JSON.stringify({ ...plan, pairsPerClass: 4 }) });
  await lab.call('sweeps.gather', { id });
  expect(readJson(path.join(lab.runs, key, 'run.json'), RunSpec)?.targets).toHaveLength(2);
});

it('what is cancelled there is saved there', async () => {
  const { lab } = here;
  const set = { totalSteps: 2_000_000, checkpoints: 'every:100000' };
  const { id } = await lab.call('sweeps.start', { plan: planOf('cancelled', { axes: { seed: [3] }, set }), place: 'slurm' }); // prettier-ignore
  const [run] = (await until(lab, id, ({ runList }) => (runList[0]?.step ?? 0) > 0)).runList;
  expect(run).toMatchObject({ state: 'training', where: expect.stringMatching(/^job \d+_0 on n[12]$/) as string }); // prettier-ignore
  await lab.call('sweeps.cancel', { id });
  const [cancelled] = (await until(lab, id, atRest)).runList;
  expect(cancelled).toMatchObject({ state: 'cancelled', failure: null });
  expect(cancelled?.step).toBeGreaterThan(0);
  const left = execFileSync('ssh', ['cluster', 'squeue', '-h', '-n', 'cancelled'], { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 }); // prettier-ignore
  expect(left).toBe('');
  expect(fs.readFileSync(path.join(lab.runs, run?.key ?? '', 'log.txt'), 'utf8')).toMatch(/saving the run …\nstopped\n== ended with 75/); // prettier-ignore
});

it('what goes wrong there is told apart from a host out of reach', async () => {
  const there = over('cluster');
  await expect(there('sbatch', ['/no/script'])).rejects.toThrow(/^sbatch on cluster failed: sbatch: error: /); // prettier-ignore
  await expect(there('sh', ['-c', 'echo "it’s $0" >&2; exit 255'])).rejects.toThrow('sh on cluster failed: it’s sh'); // prettier-ignore
  await expect(there('no-such-program', [])).rejects.toThrow(/^cluster does not find no-such-program\. “ssh cluster no-such-program --version” must answer/); // prettier-ignore
});
