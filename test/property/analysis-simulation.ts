// Simulated runs of known truth: pairs with lasting quirks, classes whose mean Δ follows a given course.
import type { CheckpointAxis } from '../../src/main/lab/analysis/entrenchment/entrenchment-rule.ts';
import { seededUint32 } from '../../src/main/lab/analysis/random.ts';
import type { ScoresOverTime } from '../../src/main/lab/analysis/separation/separation.ts';

/** Uniform on (0, 1), and standard normal by Box and Muller. */
export function randomNumbers(seed: number): { uniform: () => number; normal: () => number } {
  const next = seededUint32(seed);
  const uniform = (): number => (next() + 0.5) / 2 ** 32;
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** Step 0 and 19 steps spaced evenly in log from 10 to 10,000; 1,000 tokens and 750 words a step. */
export const logAxis = (checkpoints = 20): CheckpointAxis => {
  const steps = Array.from({ length: checkpoints }, (_, c) =>
    c === 0 ? 0 : Math.round(10 ** (1 + (3 * (c - 1)) / (checkpoints - 2))),
  );
  return {
    steps,
    tokensSeen: steps.map((s) => 1_000 * s),
    wordsSeen: steps.map((s) => 750 * s),
  };
};

export interface Simulated {
  pairs: number;
  /** Mean Δ (nats) when a share of the run's tokens is seen; step 0 has none. */
  course: (share: number) => number;
  /** Of a pair's own lasting deviation, the same at every checkpoint after the first. */
  lastingSd?: number;
  /** Of what differs from checkpoint to checkpoint. */
  passingSd?: number;
}

/** Scores of one class: the bad sentence at −40 nats, the good one Δ above. */
export function simulateClass(
  axis: CheckpointAxis,
  { pairs, course, lastingSd = 2, passingSd = 1 }: Simulated,
  seed: number,
): ScoresOverTime {
  const { normal } = randomNumbers(seed);
  const quirk = Array.from({ length: pairs }, () => lastingSd * normal());
  const last = axis.tokensSeen[axis.tokensSeen.length - 1] as number;
  const good = Array.from(axis.tokensSeen, (tokens) => {
    const middle = tokens === 0 ? 0 : course(tokens / last);
    return Float64Array.from(quirk, (q) => -40 + middle + (tokens === 0 ? 0 : q) + passingSd * normal()); // prettier-ignore
  });
  const bad = good.map(() => new Float64Array(pairs).fill(-40));
  const tokens = new Float64Array(pairs).fill(8);
  return { uid: `class-${seed}`, good, bad, goodTokens: tokens, badTokens: tokens, ties: 'apart' };
}
