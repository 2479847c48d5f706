// The job script: what Slurm starts for every run of a sweep. It is written to be read, and to be run by hand.
import type { SweepResources } from '../../../../shared/sweeps.ts';
import { gardenpath, quoted } from '../command.ts';
import { savedExitCode } from '../pool.ts';
import type { Work } from '../work.ts';

export interface JobScript {
  name: string;
  resources: SweepResources;
  work: Work;
  /** Folder of all runs, as the nodes see it. */
  runs: string;
  /** What its runs train on, as the nodes see it: a container is shown no more than it must see. */
  texts: readonly string[];
  /** File with a run's key on each line, one a task; and where Slurm's own messages go. */
  tasks: string;
  log: string;
  count: number;
  /** Array whose tasks must have ended well before the same tasks of this one start. */
  after: number | null;
}

/** The text of a script for sbatch. */
export function jobScript(job: JobScript): string {
  const { name, resources, work, runs, texts, tasks } = job;
  const command = resources.ssh?.gardenpath ?? gardenpath().map(quoted).join(' ');
  const gpus = (work === 'score' ? resources.score?.gpus : undefined) ?? resources.gpus ?? 0;
  const inside = resources.image === undefined ? command : `apptainer exec ${gpus > 0 ? '--nv ' : ''}${[runs, ...texts.map((text) => `${text}:${text}:ro`)].map((path) => `--bind ${quoted(path)} `).join('')}${quoted(resources.image)} gardenpath`; // prettier-ignore
  return `#!/bin/bash
${directives(job)
  .map((line) => `#SBATCH ${line}\n`)
  .join('')}
# The sweep “${name.replaceAll(/[\r\n]/g, ' ')}”: each task of this array works on one run (${work === 'all' ? 'trains and scores it' : `${work}s it`}).
# By hand: SLURM_ARRAY_TASK_ID=0 bash THIS_FILE

runs=${quoted(runs)}
tasks=${quoted(tasks)}
key=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" "$tasks")

fail() { echo "$*" >&2; exit 2; }
[ -n "$key" ] || fail "$tasks has no line for task $SLURM_ARRAY_TASK_ID"
[ -f "$runs/$key/run.json" ] || fail "$runs/$key is no run on $(hostname): is the storage shared with this node?"
touch "$runs/$key/log.txt" || fail "$(hostname) cannot write to $runs/$key"
exec >>"$runs/$key/log.txt" 2>&1
echo "== $(date -u +%FT%TZ) job \${SLURM_ARRAY_JOB_ID:-none}_$SLURM_ARRAY_TASK_ID on $(hostname), start $((\${SLURM_RESTART_COUNT:-0} + 1))"
${resources.before.map((line) => `${line}\n`).join('')}
# From the window the program below is Electron, which works as Node then.
export NODE_NO_WARNINGS=1 ELECTRON_RUN_AS_NODE=1
${inside} sweep work "$runs/$key" --only ${work} &
process=$!

# Before its time is over (USR1) a run saves itself and queues again; so it does when it is preempted or cancelled
# (TERM), but then it is Slurm that decides what follows.
again=no
trap 'again=yes; kill -TERM $process' USR1
trap 'kill -TERM $process' TERM
while true; do
  wait $process
  status=$?
  kill -0 $process 2>/dev/null || break # else a signal ended the waiting, not the process
done
if [ $status -gt 128 ]; then # or both came at once
  wait $process 2>/dev/null
  really=$?
  [ $really = 127 ] || status=$really
fi

echo "== ended with $status"
# 143: told so early that it had not begun
if [ $again = yes ] && { [ $status = ${savedExitCode} ] || [ $status = 143 ]; }; then
  echo "== saved before its time was over, queues again"
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit $status
`;
}

function directives({ name, resources, work, log, count, after }: JobScript): string[] {
  const { account, qos, constraint, atOnce, warnSeconds, options } = resources;
  const { partition, gpus, cpus, memory, time } = { ...resources, ...(work === 'score' ? resources.score : {}) }; // prettier-ignore
  const given = (option: string, value: string | number | undefined): string[] => value === undefined ? [] : [`--${option}=${value}`]; // prettier-ignore
  return [
    `--job-name=${name.replaceAll(/[^\w.-]+/g, '-').slice(0, 60)}${work === 'all' ? '' : `-${work}`}`, // prettier-ignore
    `--array=0-${count - 1}${atOnce === undefined ? '' : `%${atOnce}`}`,
    ...(after === null ? [] : [`--dependency=aftercorr:${after}`, '--kill-on-invalid-dep=yes']),
    `--output=${quoted(log)}`,
    '--open-mode=append',
    '--requeue',
    `--signal=B:USR1@${warnSeconds}`,
    '--nodes=1',
    '--ntasks=1',
    ...given('partition', partition),
    ...given('account', account),
    ...given('qos', qos),
    ...given('constraint', constraint),
    ...(gpus ? [`--gres=gpu:${gpus}`] : []),
    ...given('cpus-per-task', cpus),
    ...given('mem', memory),
    ...given('time', time),
    ...options,
  ];
}
