// A run's progress on standard error: one line that is rewritten on a terminal, else a line now and then.
import type { RunRow } from '../../../shared/domain.ts';
import { duration } from './print.ts';

const sparseEveryMs = 10_000;

export class ProgressLine {
  private readonly out = process.stderr;
  private toldAtMs = -Infinity;
  private toldState = '';
  private open = false;

  show(run: RunRow): void {
    const text = describe(run);
    if (this.out.isTTY) {
      this.out.write(`\r\x1b[K${text.slice(0, (this.out.columns || 80) - 1)}`);
      this.open = true;
      return;
    }
    // Where nobody watches: each new kind of work, and a sign of life.
    const now = performance.now();
    if (run.state === this.toldState && now - this.toldAtMs < sparseEveryMs) return;
    if (now - this.toldAtMs < sparseEveryMs / 10 && this.toldState !== '') return;
    this.toldState = run.state;
    this.toldAtMs = now;
    this.out.write(`${text}\n`);
  }

  end(): void {
    if (this.open) this.out.write('\n');
    this.open = false;
  }
}

function describe(run: RunRow): string {
  const parts = [run.stage || run.state];
  if (run.state === 'training' || run.state === 'scoring') {
    parts.push(`step ${run.step} of ${run.totalSteps}`);
    if (run.lossNats !== null) parts.push(`loss ${run.lossNats.toFixed(3)}`);
    if (run.tokensPerSecond !== null) parts.push(`${Math.round(run.tokensPerSecond)} tokens/s`);
    if (run.remainingMs !== null) parts.push(`${duration(run.remainingMs)} left`);
  }
  return parts.join(' · ');
}
