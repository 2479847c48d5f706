// A second thread beside the trainer's, to ask a checkpoint something while a run goes on. It starts
// when something is asked, keeps the last checkpoint's weights, and ends when nothing was asked for a while.
import type { CommandArgs, CommandResult } from './messages.ts';
import { TrainerThread } from './thread.ts';

const idleMs = 120_000;

export class Asker {
  private readonly thread = new TrainerThread();
  private idle: NodeJS.Timeout | undefined;

  /** Questions are answered one after another. */
  async ask<C extends 'alternatives' | 'scoreSentences'>(
    command: C,
    args: CommandArgs<C>,
  ): Promise<CommandResult<C>> {
    clearTimeout(this.idle);
    try {
      return await this.thread.call(command, args);
    } finally {
      clearTimeout(this.idle);
      if (!this.thread.busy) this.idle = setTimeout(() => void this.end(), idleMs).unref();
    }
  }

  /** Gives back the thread's memory; a later question starts it again. */
  async end(): Promise<void> {
    clearTimeout(this.idle);
    await this.thread.end();
  }
}
