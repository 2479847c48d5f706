// Two conditions of an experiment compared, pair by pair and class by class, over pairs and seeds.
import { conditionName, type Contrast, type ContrastClass } from '../../../shared/experiment.ts';
import type { Figure } from '../../../shared/ngram.ts';
import { seededUint32 } from './random.ts';
import { mean } from './stats/centre.ts';
import { drawResamples, percentileInterval, resampledMeans } from './stats/resample.ts';

const resamples = 1_000;

/** A class's Δ (nats) of the same pairs in both conditions, one array a seed; no NaN. */
export interface ClassInConditions {
  classId: number;
  uid: string;
  phenomenon: string;
  touched: boolean;
  a: Float64Array[];
  b: Float64Array[];
  /** 1: the pair's bad sentence carries an offending bigram. */
  carrying: Uint8Array;
}

interface Drawn {
  value: number;
  draws: Float64Array;
}
type Measured = Record<'accuracy' | 'delta', Drawn>;

/**
 * B less A. Each resample draws seeds (the same for every class) and pairs within each class, with replacement.
 * With one seed the intervals are over pairs alone.
 */
export function contrast(
  classes: readonly ClassInConditions[],
  named: Pick<Contrast, 'a' | 'b' | 'seeds' | 'step'>,
): Contrast {
  const seedWeights = drawSeeds(named.seeds.length);
  const measured = classes.map(({ a, b }) => measure(a, b, seedWeights));
  const rows = classes.map((one, k) => classRow(one, measured[k] as Measured));
  const over = (touched: boolean): Measured | null =>
    average(measured.filter((_, k) => classes[k]?.touched === touched));
  const [touched, untouched] = [over(true), over(false)];
  const count = (is: boolean): number => classes.filter((one) => one.touched === is).length;
  const result: Omit<Contrast, 'sentence'> = {
    ...named,
    classes: rows,
    touched: { classes: count(true), ...figures(touched) },
    untouched: { classes: count(false), ...figures(untouched) },
    beyond: figures(touched && untouched && { accuracy: less(touched.accuracy, untouched.accuracy), delta: less(touched.delta, untouched.delta) }), // prettier-ignore
    carrying: pairsWith(1),
    notCarrying: pairsWith(0),
  };
  return { ...result, sentence: sentenceOf(result) };

  /** Pairs of the edited classes, pooled. */
  function pairsWith(carries: 0 | 1): Contrast['carrying'] {
    const chosen = classes.filter((one) => one.touched);
    const pool = (side: 'a' | 'b'): Float64Array[] =>
      named.seeds.map(
        (_, s) =>
        Float64Array.from(chosen.flatMap((one) => [...(one[side][s] as Float64Array)].filter((_, i) => one.carrying[i] === carries))), // prettier-ignore
      );
    const [a, b] = [pool('a'), pool('b')];
    const pairs = a[0]?.length ?? 0;
    return { pairs, delta: figures(pairs === 0 ? null : measure(a, b, seedWeights)).delta };
  }
}

/** Row-major [resamples × seeds]: share of each seed in each resample. */
function drawSeeds(seeds: number): Float64Array {
  const next = seededUint32(2);
  const weights = new Float64Array(resamples * seeds);
  for (let r = 0; r < resamples; r++)
    for (let s = 0; s < seeds; s++) {
      const at = r * seeds + (next() % seeds);
      weights[at] = (weights[at] as number) + 1 / seeds;
    }
  return weights;
}

const right = (delta: number): number => (delta > 0 ? 1 : 0);

function measure(a: Float64Array[], b: Float64Array[], seedWeights: Float64Array): Measured {
  const seeds = a.length;
  const delta = a.map((of, s) => of.map((d, i) => (b[s]?.[i] as number) - d));
  const accuracy = a.map((of, s) => of.map((d, i) => right(b[s]?.[i] as number) - right(d)));
  const pairs = a[0]?.length ?? 0;
  const means = resampledMeans(drawResamples(pairs, resamples, 1), [...delta, ...accuracy]);
  const drawn = (columns: Float64Array[], from: number): Drawn => ({
    value: mean(columns.map(mean)),
    draws: Float64Array.from({ length: resamples }, (_, r) => {
      let sum = 0;
      for (let s = 0; s < seeds; s++)
        sum += (seedWeights[r * seeds + s] as number) * (means[r * 2 * seeds + from + s] as number);
      return sum;
    }),
  });
  return { delta: drawn(delta, 0), accuracy: drawn(accuracy, seeds) };
}

function average(all: readonly Measured[]): Measured | null {
  if (all.length === 0) return null;
  const over = (name: keyof Measured): Drawn => ({
    value: mean(all.map((one) => one[name].value)),
    draws: Float64Array.from({ length: resamples }, (_, r) => mean(all.map((one) => one[name].draws[r] as number))), // prettier-ignore
  });
  return { accuracy: over('accuracy'), delta: over('delta') };
}

const less = (a: Drawn, b: Drawn): Drawn => ({
  value: a.value - b.value,
  draws: a.draws.map((d, r) => d - (b.draws[r] as number)),
});

const unknown: Figure = { value: null, low: null, high: null };
const figures = (of: Measured | null): Record<keyof Measured, Figure> =>
  of ? { accuracy: figure(of.accuracy), delta: figure(of.delta) } : { accuracy: unknown, delta: unknown }; // prettier-ignore
const figure = ({ value, draws }: Drawn): Figure => ({ value, ...percentileInterval(draws) });

function classRow(one: ClassInConditions, of: Measured): ContrastClass {
  const { classId, uid, phenomenon, touched, a, b } = one;
  const pairs = a[0]?.length ?? 0;
  const mostly = (side: Float64Array[], i: number): boolean =>
    side.reduce((sum, deltas) => sum + right(deltas[i] as number), 0) > side.length / 2;
  let [mended, broken] = [0, 0];
  for (let i = 0; i < pairs; i++) {
    const [inA, inB] = [mostly(a, i), mostly(b, i)];
    if (!inA && inB) mended++;
    if (inA && !inB) broken++;
  }
  const accuracy = (side: Float64Array[]): number => mean(side.map((deltas) => mean(deltas.map(right)))); // prettier-ignore
  return {
    classId,
    uid,
    phenomenon,
    touched,
    pairs,
    accuracyA: accuracy(a),
    accuracyB: accuracy(b),
    ...figures(of),
    mended,
    broken,
  };
}

const shown = ({ value, low, high }: Figure): string => {
  const two = (x: number | null): string =>
    x === null
      ? '–'
      : x
          .toFixed(2)
          .replace(/^-0\.00$/, '0.00')
          .replace('-', '−');
  return `${two(value)} nats (95 % interval ${two(low)} to ${two(high)})`;
};

/** One plain sentence; it claims a difference only where the interval excludes none. */
function sentenceOf({
  a,
  b,
  seeds,
  step,
  touched,
  untouched,
  beyond,
}: Omit<Contrast, 'sentence'>): string {
  // prettier-ignore
  const over = seeds.length === 1 ? 'one seed, so the intervals are over pairs alone' : `${seeds.length} seeds`; // prettier-ignore
  const said = `At step ${step}, over ${over}: from ${conditionName(a)} to ${conditionName(b)}, mean Δ of the ${touched.classes === 1 ? 'edited class' : `${touched.classes} edited classes`} changes by ${shown(touched.delta)}`;
  if (beyond.delta.value === null) return `${said}.`;
  const { low, high } = beyond.delta;
  const beyondChance = (low ?? 0) > 0 || (high ?? 0) < 0;
  return `${said}, of the ${untouched.classes === 1 ? 'other' : `${untouched.classes} others`} by ${shown(untouched.delta)}; ${beyondChance ? 'the edited classes differ from the others' : 'that the edited classes differ from the others is not shown'}: ${shown(beyond.delta)}.`;
}
