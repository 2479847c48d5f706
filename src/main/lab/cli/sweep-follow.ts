// Follows a sweep until all its runs are at rest. Ctrl-C stops local runs, keeping them; those on Slurm go on.
import type { SweepDetail } from '../../../shared/sweeps.ts';
import { duration, say } from './print.ts';
import type { Session } from './session.ts';

const everyMs = 1_000;

export async function followSweep(session: Session, id: number): Promise<SweepDetail> {
  let stop = false;
  const interrupt = (): void => {
    stop = true;
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  let told = '';
  try {
    for (;;) {
      const detail = await session.call('sweeps.get', { id });
      const line = lineOf(detail);
      if (line !== told) say(line);
      told = line;
      if (detail.state !== 'running') return detail;
      if (stop) {
        say(detail.place === 'local' ? 'stopping: each run at work is saved …' : 'the runs go on in Slurm; “gardenpath sweep status” shows them'); // prettier-ignore
        return detail; // closing the project stops and keeps what is at work here
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  } finally {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}

function lineOf({ name, stage, runList, remainingMs }: SweepDetail): string {
  const count = (...states: string[]): number =>
    runList.filter(({ state }) => states.includes(state)).length;
  const atWork = count('preparing', 'training', 'scoring');
  const left = remainingMs === null ? '' : `, about ${duration(Math.ceil(remainingMs / 60_000) * 60_000)} left`; // prettier-ignore
  return `${name}: ${stage}, ${atWork} at work, ${count('waiting')} waiting${left}`;
}
