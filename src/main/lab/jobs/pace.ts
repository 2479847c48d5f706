// Remaining time of a run from what its own steps, checkpoints and scorings have taken so far.

/** A running mean in which recent measurements count for more. */
class Mean {
  value: number | null = null;
  add(measured: number, weight: number): void {
    this.value = this.value === null ? measured : this.value + weight * (measured - this.value);
  }
}

export class Pace {
  private readonly stepMs = new Mean();
  private readonly checkpointMs = new Mean();
  private readonly pairMs = new Mean();

  trained(steps: number, elapsedMs: number): void {
    if (steps > 0) this.stepMs.add(elapsedMs / steps, 0.1);
  }

  /** Held-out loss and saving. */
  saved(elapsedMs: number): void {
    this.checkpointMs.add(elapsedMs, 0.5);
  }

  scored(pairs: number, elapsedMs: number): void {
    if (pairs > 0) this.pairMs.add(elapsedMs / pairs, 0.3);
  }

  /** null while something that is still to be done has not been measured. */
  remainingMs(left: { steps: number; checkpoints: number; pairs: number }): number | null {
    const parts = [
      [left.steps, this.stepMs.value],
      [left.checkpoints, this.checkpointMs.value],
      [left.pairs, this.pairMs.value],
    ] as const;
    let sum = 0;
    for (const [count, ms] of parts) {
      if (count === 0) continue;
      if (ms === null) return null;
      sum += count * ms;
    }
    return sum;
  }
}
