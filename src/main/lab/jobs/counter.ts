// Entry of the counter thread: one task, then it ends. It counts n-grams or edits corpora, in plain JavaScript,
// so that neither the lab nor a run at work waits for it. Terminating it cancels the task.
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReply, type ErrorReply } from '../../../shared/errors.ts';
import { count, type CountNotice, type CountTask } from './count.ts';

export type CounterTask = { kind: 'count'; task: CountTask };
export type CounterMessage = { notice: CountNotice } | { done: true } | { error: ErrorReply };

const port = parentPort;
if (!port) throw new Error('The counter runs as a worker thread of the lab.');

const { task } = workerData as CounterTask;
count(task, (notice, handOver = []) => port.postMessage({ notice }, handOver)).then(
  () => port.postMessage({ done: true }),
  (error: unknown) => port.postMessage({ error: toErrorReply(error) }),
);
