// How far annotators agree on classes, with intervals from resampling classes.
import type { AgreementReport, Estimate } from '../../../shared/workbench.ts';
import { bootstrapResamples } from './intervals.ts';
import { seededUint32 } from './random.ts';
import { agreement, type Agreement, type Ratings } from './stats/agreement.ts';
import { percentileInterval } from './stats/resample.ts';

/** meaningful, not meaningful, unsure. */
const categories = 3;

/** @param votes of each class: the verdicts of the annotators who gave one */
export function agreementReport(votes: Ratings, annotators: string[]): AgreementReport {
  const paired = votes.filter((unit) => unit.length >= 2);
  const next = seededUint32(1);
  const draws = Array.from({ length: paired.length ? bootstrapResamples : 0 }, () =>
    agreement(
      paired.map(() => paired[Math.floor((next() / 2 ** 32) * paired.length)] ?? []),
      categories,
    ),
  );
  const found = agreement(paired, categories);
  const estimate = (figure: keyof Agreement): Estimate => {
    const { low, high } = percentileInterval(Float64Array.from(draws, (draw) => draw[figure]));
    return { value: defined(found[figure]), low: defined(low), high: defined(high) };
  };
  return {
    classes: paired.length,
    annotators,
    percent: estimate('observed'),
    alpha: estimate('alpha'),
    ac1: estimate('ac1'),
  };
}

const defined = (value: number): number | null => (Number.isFinite(value) ? value : null);
