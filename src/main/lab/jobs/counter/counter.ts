// Entry of the counter thread: one task, then it ends. It counts n-grams or edits corpora, in plain JavaScript,
// so that neither the lab nor a run at work waits for it. Terminating it cancels the task.
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorReply, type ErrorReply } from '../../../../shared/errors.ts';
import { explained } from '../../store/failures.ts';
import { count, type CountNotice, type CountTask } from './count.ts';
import { edit, type EditResult, type EditTask } from './edit.ts';

export interface CounterTasks {
  count: { task: CountTask; result: void };
  edit: { task: EditTask; result: EditResult };
}
export type CounterTask = { [K in keyof CounterTasks]: { kind: K; task: CounterTasks[K]['task'] } }[keyof CounterTasks]; // prettier-ignore
export type CounterMessage = { notice: CountNotice } | { result: unknown } | { error: ErrorReply };

const port = parentPort;
if (!port) throw new Error('The counter runs as a worker thread of the lab.');

const tell = (notice: CountNotice, handOver: ArrayBuffer[] = []): void =>
  port.postMessage({ notice }, handOver);
const asked = workerData as CounterTask;
const work = asked.kind === 'count' ? count(asked.task, tell) : edit(asked.task, tell);
work.then(
  (result) => port.postMessage({ result }),
  (error: unknown) => port.postMessage({ error: toErrorReply(explained(error)) }),
);
