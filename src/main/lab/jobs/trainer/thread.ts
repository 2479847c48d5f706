// The lab's end of the trainer thread: commands as promises, one at a time.
import { Worker } from 'node:worker_threads';
import type { EngineInfo } from '../../../../shared/domain.ts';
import { AppError } from '../../../../shared/errors.ts';
import { prepareEnvironment } from '../../engine/environment.ts';
import {
  threadGone,
  type AnswerMessage,
  type CommandArgs,
  type CommandMessage,
  type CommandName,
  type CommandResult,
  type Notice,
  type ThreadData,
} from './messages.ts';
import { workerEntry } from '../worker-entry.ts';

interface Pending {
  id: number;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  onNotice: (notice: Notice) => void;
  /** What `onNotice` failed with, a full disk say: the command is stopped and fails with it. */
  failure?: unknown;
}

const entry = workerEntry(import.meta.url, 'trainer');

export class TrainerThread {
  private readonly stopFlag = new Int32Array(new SharedArrayBuffer(4));
  private worker: Worker | null = null;
  private pending: Pending | null = null;
  private nextId = 1;
  private turn: Promise<unknown> = Promise.resolve();
  private inLine = 0;
  private engineInfo: Promise<EngineInfo> | null = null;
  private stopAsked = false;

  /** Whether a command is running or waits for its turn. */
  get busy(): boolean {
    return this.inLine > 0;
  }

  /**
   * Runs a command when those before it are done, starting the thread where there is none.
   * @throws AppError: the command's own, or 'lab-gone' when the thread died
   */
  call<C extends CommandName>(
    command: C,
    args: CommandArgs<C>,
    onNotice: (notice: Notice) => void = () => undefined,
  ): Promise<CommandResult<C>> {
    this.inLine++;
    const result = this.turn
      .then(() => this.run(command, args, onNotice))
      .finally(() => this.inLine--);
    this.turn = result.catch(() => undefined);
    return result;
  }

  private run<C extends CommandName>(
    command: C,
    args: CommandArgs<C>,
    onNotice: (notice: Notice) => void,
  ): Promise<CommandResult<C>> {
    const worker = this.worker ?? this.start();
    const message: CommandMessage = { id: this.nextId++, command, args };
    return new Promise((resolve, reject) => {
      this.pending = { id: message.id, resolve: resolve as (result: unknown) => void, reject, onNotice }; // prettier-ignore
      worker.ref();
      worker.postMessage(message);
    });
  }

  /** The engine, as the thread found it; asked once, so that it can be told while a command runs. */
  engine(): Promise<EngineInfo> {
    this.engineInfo ??= this.call('engine', {});
    this.engineInfo.catch(() => (this.engineInfo = null)); // set-up may put it right
    return this.engineInfo;
  }

  /** Has the thread, where it lives, give back the memory of trainer and plans. */
  async forget(): Promise<void> {
    if (this.worker) await this.call('close', {});
  }

  /** Asks the running command, and those to come until `go`, to stop as soon as nothing is lost by it. */
  stop(): void {
    this.stopAsked = true;
    this.flag(true);
  }

  go(): void {
    this.stopAsked = false;
    this.flag(false);
  }

  /** Whether it was asked to stop, and did not come to it by a failure. */
  get stopping(): boolean {
    return this.stopAsked;
  }

  /**
   * Ends the thread, whatever it does. One that is idle gives back its graphs first: TensorFlow can crash the
   * process where they are torn down with the thread.
   */
  async end(): Promise<void> {
    if (!this.busy) await this.forget().catch(() => undefined);
    const worker = this.worker;
    this.worker = null;
    await worker?.terminate();
  }

  private start(): Worker {
    prepareEnvironment(); // here, since the worker cannot
    const workerData: ThreadData = { stop: this.stopFlag.buffer };
    const worker = new Worker(entry, { workerData });
    worker.on('message', (message: AnswerMessage) => this.answered(message));
    worker.on('error', (error: Error) => this.died(worker, error.stack ?? error.message));
    worker.on('exit', (code) => this.died(worker, `exit code ${code}`));
    this.worker = worker;
    return worker;
  }

  private answered(message: AnswerMessage): void {
    const { pending } = this;
    if (pending?.id !== message.id) return;
    if ('notice' in message) return this.noticed(pending, message.notice);
    this.pending = null;
    if (!this.stopAsked) this.flag(false);
    this.worker?.unref(); // an idle thread does not keep a command line alive
    if ('failure' in pending) return pending.reject(pending.failure as Error);
    if ('result' in message) return pending.resolve(message.result);
    const { code, message: text, detail } = message.error;
    pending.reject(new AppError(code, text, detail));
  }

  private noticed(pending: Pending, notice: Notice): void {
    if ('failure' in pending) return;
    try {
      pending.onNotice(notice);
    } catch (error) {
      pending.failure = error;
      this.flag(true);
    }
  }

  private flag(stop: boolean): void {
    Atomics.store(this.stopFlag, 0, Number(stop));
  }

  private died(worker: Worker, detail: string): void {
    if (this.worker === worker) this.worker = null;
    const { pending } = this;
    this.pending = null;
    pending?.reject(threadGone(detail));
  }
}
