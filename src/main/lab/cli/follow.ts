// Follows a run until it is at rest. Ctrl-C pauses it, so that nothing is lost.
import type { RunRow, RunState } from '../../../shared/domain.ts';
import { AppError } from '../../../shared/errors.ts';
import { say } from './print.ts';
import { ProgressLine } from './progress.ts';
import type { Session } from './session.ts';

const atRest: readonly RunState[] = ['paused', 'interrupted', 'finished', 'cancelled', 'failed'];

/** @throws AppError where the run ends in any state but finished */
export async function follow(session: Session, begin: () => Promise<RunRow>): Promise<RunRow> {
  const line = new ProgressLine();
  let resolve: (run: RunRow) => void = () => undefined;
  const ended = new Promise<RunRow>((settle) => (resolve = settle));
  let runId: number | null = null;
  let wanted = false;
  const see = (run: RunRow): void => {
    if (run.id !== runId) return;
    line.show(run);
    if (atRest.includes(run.state)) resolve(run);
  };
  session.listen((event, payload) => {
    if (event === 'run.progressed') see(payload as RunRow);
  });
  const pause = (): void => {
    wanted = true;
    if (runId === null) return; // as soon as there is one
    line.end();
    say('pausing: the step at work is finished and kept …');
    session.call('runs.pause', { runId }).then(resolve, (error: unknown) => say(String(error)));
  };
  process.once('SIGINT', pause);
  process.once('SIGTERM', pause);
  try {
    const run = await begin();
    runId = run.id;
    if (wanted) pause();
    see(await session.call('runs.get', { runId }));
    return settled(await ended);
  } finally {
    line.end();
    process.removeListener('SIGINT', pause);
    process.removeListener('SIGTERM', pause);
  }
}

function settled(run: RunRow): RunRow {
  if (run.state === 'finished') return run;
  const why =
    run.error ?? `Run ${run.id} is ${run.state} at step ${run.step} of ${run.totalSteps}.`;
  throw new AppError('cancelled', `${why} Go on with --resume ${run.id}.`);
}
