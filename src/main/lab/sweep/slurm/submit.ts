// Runs given to Slurm: one array, or (where it is split in two) one that trains and one that waits for it and scores.
import fs from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import type { SweepResources } from '../../../../shared/sweeps.ts';
import type { SweepTask } from '../../store/sweeps.ts';
import { writeWhole } from '../run-folder.ts';
import type { Slurm } from './queue.ts';
import { jobScript } from './script.ts';

export interface Submitted {
  jobId: number;
  work: SweepTask['work'];
  /** Task n works on the n-th. */
  keys: string[];
}

export interface Submission {
  slurm: Slurm;
  name: string;
  resources: SweepResources;
  /** Folder of all runs, here. */
  runs: string;
  /** The same as the nodes see it. */
  nodeRuns: string;
  /** What its runs train on, as the nodes see it. */
  texts: readonly string[];
  keys: readonly string[];
  /** Brings what was written here to where the nodes see it. */
  push: () => Promise<void>;
}

/** Submits runs; more than an array may have become several. */
export async function submit(args: Submission): Promise<Submitted[]> {
  const { slurm, keys, resources } = args;
  const { mostTasks } = await slurm.settings();
  const submitted: Submitted[] = [];
  for (let i = 0; i < keys.length; i += mostTasks) {
    const some = keys.slice(i, i + mostTasks);
    if (resources.score === undefined) {
      submitted.push(await array(args, some, 'all', null));
      continue;
    }
    const train = await array(args, some, 'train', null);
    submitted.push(train, await array(args, some, 'score', train.jobId));
  }
  return submitted;
}

async function array(
  { slurm, name, resources, runs, nodeRuns, texts, push }: Submission,
  keys: string[],
  work: SweepTask['work'],
  after: number | null,
): Promise<Submitted> {
  const stem = nextStem(path.join(runs, 'slurm'), work);
  const at = (name: string): string => path.posix.join(nodeRuns, 'slurm', name);
  writeWhole(path.join(runs, 'slurm', `${stem}.tasks`), `${keys.join('\n')}\n`);
  const script = jobScript({ name, resources, work, runs: nodeRuns, texts, tasks: at(`${stem}.tasks`), log: at('%A_%a.txt'), count: keys.length, after }); // prettier-ignore
  writeWhole(path.join(runs, 'slurm', `${stem}.sh`), script);
  await push();
  const answer = await slurm.run('sbatch', ['--parsable', at(`${stem}.sh`)]);
  const jobId = Number(answer.trim().split(';')[0]);
  if (!Number.isSafeInteger(jobId) || jobId < 1) throw new AppError('bad-config', `sbatch did not answer with a job’s number: ${answer}`); // prettier-ignore
  return { jobId, work, keys };
}

/** `1-all`, `2-train`, …: a name that no earlier submission has. */
function nextStem(folder: string, work: string): string {
  fs.mkdirSync(folder, { recursive: true });
  const last = Math.max(0, ...fs.readdirSync(folder).map((name) => Number(/^(\d+)-/.exec(name)?.[1] ?? 0))); // prettier-ignore
  return `${last + 1}-${work}`;
}
