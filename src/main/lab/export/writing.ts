// A long piece of writing: how far it is is told now and then, others get their turn between, and it ends where a
// person says so. Units are the writer's own: rows, bytes.
import { AppError } from '../../../shared/errors.ts';

export interface HowFar {
  /** 0–1. */
  share: number;
  /** null until there is something to go by. */
  remainingMs: number | null;
}

const turnEveryMs = 30;
const tellEveryMs = 250;

export class Writing {
  private all = 1;
  private done = 0;
  private readonly beganAt = performance.now();
  private restedAt = this.beganAt;
  private toldAt = this.beganAt;

  private readonly tell: (howFar: HowFar) => void;
  private readonly signal: AbortSignal;

  constructor(tell: (howFar: HowFar) => void, signal: AbortSignal) {
    this.tell = tell;
    this.signal = signal;
  }

  /** So much is to be done, in all. */
  expect(all: number): void {
    this.all = Math.max(1, all);
  }

  did(part: number): void {
    this.done += part;
  }

  /** Between two pieces, as often as one likes. @throws AppError 'cancelled', also where that came meanwhile */
  async rest(): Promise<void> {
    if (performance.now() - this.restedAt >= turnEveryMs) {
      await new Promise(setImmediate);
      this.restedAt = performance.now();
    }
    this.look();
  }

  /** Where nothing can wait. @throws AppError 'cancelled' */
  look(): void {
    if (this.signal.aborted) throw new AppError('cancelled', 'Cancelled.');
    const now = performance.now();
    if (now - this.toldAt < tellEveryMs) return;
    this.toldAt = now;
    const share = Math.min(1, this.done / this.all);
    this.tell({ share, remainingMs: share > 0 ? ((now - this.beganAt) * (1 - share)) / share : null }); // prettier-ignore
  }
}
