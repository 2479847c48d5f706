// The lab's end of a counter thread: one task, its notices, its end.
import { Worker } from 'node:worker_threads';
import { AppError } from '../../../../shared/errors.ts';
import type { CountNotice } from './count.ts';
import type { CounterMessage, CounterTasks } from './counter.ts';
import { workerEntry } from '../worker-entry.ts';

export interface CounterRun<R = void> {
  /** Rejects with the task's AppError, 'cancelled' after `cancel`. */
  done: Promise<R>;
  cancel(): void;
}

const entry = workerEntry(import.meta.url, 'counter');

export function runCounter<K extends keyof CounterTasks>(
  kind: K,
  task: CounterTasks[K]['task'],
  onNotice: (notice: CountNotice) => void,
): CounterRun<CounterTasks[K]['result']> {
  const worker = new Worker(entry, { workerData: { kind, task } });
  const done = new Promise<CounterTasks[K]['result']>((resolve, reject) => {
    worker.on('message', (message: CounterMessage) => {
      if ('notice' in message) return noticed(message.notice);
      if ('result' in message) return resolve(message.result as CounterTasks[K]['result']);
      const { code, message: text, detail } = message.error;
      reject(new AppError(code, text, detail));
    });
    worker.on(
      'error',
      (error: Error) =>
      reject(new AppError('lab-gone', 'Counting ended unexpectedly; it may lack memory. Start it again.', error.stack)), // prettier-ignore
    );
    /** What cannot be stored ends the task. */
    function noticed(notice: CountNotice): void {
      try {
        onNotice(notice);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        void worker.terminate();
      }
    }
    // Settled long before where it ended by itself.
    worker.on('exit', () => reject(new AppError('cancelled', 'Counting was cancelled.')));
  });
  return { done, cancel: () => void worker.terminate() };
}
