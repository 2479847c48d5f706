// What Slurm's programs write, of several versions, and what is written for them. A real Slurm is in test/slurm/.
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoted } from '../../src/main/lab/sweep/command.ts';
import { parseJobcomp, parseSacct, parseSettings, parseSqueue } from '../../src/main/lab/sweep/slurm/queue.ts'; // prettier-ignore
import { jobScript } from '../../src/main/lab/sweep/slurm/script.ts';
import { SweepResources } from '../../src/shared/sweeps.ts';

const job = { job_id: 9, array_job_id: 7, array_task_id: 2, array_task_string: '', job_state: 'FAILED', state_reason: 'NonZeroExitCode', nodes: 'n1', exit_code: 768 }; // prettier-ignore

describe('squeue --json', () => {
  it('of 22.05: a plain number, and an exit code as wait(2) has it', () => {
    expect(parseSqueue(JSON.stringify({ jobs: [job] })).get('7_2')).toEqual({ state: 'FAILED', reason: 'NonZeroExitCode', node: 'n1', exitCode: 3 }); // prettier-ignore
    expect(parseSqueue(JSON.stringify({ jobs: [{ ...job, exit_code: 9 }] })).get('7_2')?.exitCode).toBeNull(); // prettier-ignore
  });

  it('of 23.11: numbers that say whether they are set, states as a list', () => {
    const number = (value: number) => ({ set: true, infinite: false, number: value });
    const newer = { ...job, array_job_id: number(7), array_task_id: number(0), job_state: ['RUNNING', 'CONFIGURING'], exit_code: { status: ['SUCCESS'], return_code: number(0), signal: {} } }; // prettier-ignore
    expect(parseSqueue(JSON.stringify({ jobs: [newer] })).get('7_0')).toMatchObject({ state: 'RUNNING', exitCode: 0 }); // prettier-ignore
  });

  it('one record for all tasks that wait', () => {
    const waiting = { ...job, array_task_id: null, array_task_string: '1-3,7,10-20:5%2', job_state: 'PENDING' }; // prettier-ignore
    expect([...parseSqueue(JSON.stringify({ jobs: [waiting] })).keys()]).toEqual(['7_1', '7_2', '7_3', '7_7', '7_10', '7_15', '7_20']); // prettier-ignore
  });

  it('jobs of no array are none of ours; what is no JSON is said', () => {
    expect(parseSqueue(JSON.stringify({ jobs: [{ ...job, array_job_id: 0 }] })).size).toBe(0);
    expect(() => parseSqueue('slurm_load_jobs error')).toThrow(/squeue --json/);
  });
});

it('records of ended jobs, from accounting and from the text file', () => {
  expect(parseSacct('7_0|COMPLETED|0:0\n7_1|CANCELLED by 0|0:15\n7_1.batch|FAILED|1:0\n7_[2-3]|PENDING|0:0\n')).toEqual(new Map([
    ['7_0', { state: 'COMPLETED', reason: '', node: '', exitCode: 0 }],
    ['7_1', { state: 'CANCELLED', reason: '', node: '', exitCode: null }],
  ])); // prettier-ignore
  const line = 'JobId=3 Name=x JobState=TIMEOUT NodeList=n2 ArrayJobId=1 ArrayTaskId=1 DerivedExitCode=0:0 ExitCode=0:1 '; // prettier-ignore
  expect(parseJobcomp(`${line}\n`).get('1_1')).toEqual({ state: 'TIMEOUT', reason: '', node: 'n2', exitCode: null }); // prettier-ignore
});

it('settings: the longest array, and where records are', () => {
  const config = (storage: string, comp: string) => `AccountingStorageType   = ${storage}\nJobCompLoc              = /var/log/jobs.txt\nJobCompType             = ${comp}\nMaxArraySize            = 1001\n`; // prettier-ignore
  expect(parseSettings(config('accounting_storage/slurmdbd', 'jobcomp/none'))).toEqual({ mostTasks: 1_000, records: { kind: 'accounting' } }); // prettier-ignore
  expect(parseSettings(config('accounting_storage/none', 'jobcomp/filetxt')).records).toEqual({ kind: 'file', path: '/var/log/jobs.txt' }); // prettier-ignore
  expect(parseSettings(config('(null)', 'jobcomp/none')).records).toEqual({ kind: 'none' });
});

describe('the job script', () => {
  const script = (resources: object, work: 'all' | 'train' | 'score' = 'all', after: number | null = null) =>
    jobScript({ name: 'warm-up; rm -rf /', resources: SweepResources.parse(resources), work, runs: "/shared/it's here/runs", texts: ['/texts/a b.train'], tasks: '/t', log: '/l', count: 500, after }); // prettier-ignore

  it('asks for what the plan says, and scoring for its own', () => {
    const resources = { partition: 'gpu', gpus: 1, cpus: 4, memory: '16G', time: '4:00:00', atOnce: 20, options: ['--exclude=n7'], score: { gpus: 0, time: '30:00' } }; // prettier-ignore
    expect(script(resources, 'train')).toMatch(/--array=0-499%20\n(.*\n)*#SBATCH --gres=gpu:1\n(.*\n)*#SBATCH --time=4:00:00\n#SBATCH --exclude=n7\n/); // prettier-ignore
    const scoring = script(resources, 'score', 12);
    expect(scoring).toMatch(/--dependency=aftercorr:12\n/);
    expect(scoring).toMatch(/--cpus-per-task=4\n(.*\n)*#SBATCH --time=30:00\n/);
    expect(scoring).not.toMatch(/--gres/);
  });

  it('shows a container the runs and, to read, their texts', () => {
    expect(script({ image: '/img.sif', gpus: 1 })).toContain(`apptainer exec --nv --bind '/shared/it'\\''s here/runs' --bind '/texts/a b.train:/texts/a b.train:ro' /img.sif gardenpath sweep work `); // prettier-ignore
    expect(script({})).not.toContain('--bind');
  });

  it('is a shell script whatever names hold', () => {
    const checked = spawnSync('bash', ['-n'], { input: script({ before: ['module load x'], image: '/img.sif' }), encoding: 'utf8' }); // prettier-ignore
    expect(checked).toMatchObject({ status: 0, stderr: '' });
    const word = 'it\'s $HOME `x` "y"\nz';
    expect(spawnSync('bash', ['-c', `printf %s ${quoted(word)}`], { encoding: 'utf8' }).stdout).toBe(word); // prettier-ignore
  });
});
