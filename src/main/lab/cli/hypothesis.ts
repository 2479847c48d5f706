// `hypothesis`: the Bigram Hypothesis put to the test on one run.
import type { Command } from 'commander';

export function addHypothesis(_program: Command): void {
  return;
}
