// The Bigram Hypothesis put to the test on one run: its classes and pairs as evidence.
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Handlers, labApi } from '../../../../shared/api.ts';
import type { HypothesisPoint } from '../../../../shared/ngram.ts';
import { ShapeRule } from '../../../../shared/trajectories.ts';
import { HypothesisParameters, type ClassEvidence, type PairEvidence } from '../../analysis/hypothesis/index.ts'; // prettier-ignore
import { biasKinds, ngramBias, type DeltasOverTime } from '../../analysis/ngrams/agreement.ts';
import { mean } from '../../analysis/stats/centre.ts';
import { judgings, meaningfulOf } from '../../store/annotations.ts';
import { listClasses, type StoredClass } from '../../store/classes.ts';
import type { NgramClassNats } from '../../store/ngrams.ts';
import { readable, type Lab } from '../lab.ts';
import { findNgrams, modelDeltas, ngramDeltas, ngramNats } from './ngram-selection.ts';
import { known } from './ngrams.ts';
import { findScorings } from '../views/selection.ts';
import { trajectoryHandlers } from '../entrenchment/trajectories.ts';

/** What of a class both levels need. */
interface ClassData {
  point: HypothesisPoint;
  evidence: ClassEvidence;
  model: DeltasOverTime;
  /** Of the model's pairs, nats. */
  ngram: Float64Array;
}

/** A control is used where it is known of at least this share of classes; the others lose their class. */
const leastKnown = 0.8;

export const hypothesisHandlers = (lab: Lab): Pick<Handlers<typeof labApi>, 'hypothesis.get'> => {
  const { 'entrenchment.get': entrenchment } = trajectoryHandlers(lab);
  return {
    'hypothesis.get': async ({ unit, order, neutralNats, biasKind, seed, rule, ...selection }) => {
      const db = readable(lab);
      const found = findScorings(db, selection);
      const ngrams = findNgrams(db, found, unit, order);
      const report = await entrenchment({ ...selection, rule, shapeRule: ShapeRule.parse({}) });
      const judged = judgings(db);
      const courses = new Map(report.classes.map((row) => [row.classId, row]));
      const deltas = ngramDeltas(db, ngrams, found, order);
      const unigrams = ngramNats(db, ngrams, found, 1);
      const dataOf = (one: StoredClass): ClassData[] => {
        const { classId, uid, phenomenon, human } = one;
        const [course, all, sums] = [courses.get(classId), deltas.get(classId), unigrams.get(classId)]; // prettier-ignore
        const model = modelDeltas(db, classId, found);
        if (!course || !all || !sums || model.pairs.length === 0) return [];
        const ngram = Float64Array.from(model.pairs, (place) => all[place] as number);
        const meaningful = meaningfulOf(judged.get(classId));
        const controls: Record<string, number> = {
          ...lengthAndFrequency(sums, model.pairs),
          human: human ?? NaN,
          'same words': one.sameWordsPairs / one.pairs,
          meaningful: meaningful === null ? NaN : Number(meaningful),
        };
        const { entrenched, timeWrong } = course;
        const bias = ngramBias(ngram, biasKind, neutralNats);
        const shown = Object.fromEntries(Object.entries(controls).map(([name, value]) => [name, known(value)])); // prettier-ignore
        return [
          {
            point: { classId, uid, phenomenon, bias: known(bias), timeWrong: known(timeWrong), entrenched, meaningful, controls: shown }, // prettier-ignore
            evidence: { uid, phenomenon, bias, entrenched, timeWrong, controls },
            model,
            ngram,
          },
        ];
      };
      const data: ClassData[] = [];
      for (const one of listClasses(db, found.suiteId)) {
        data.push(...dataOf(one));
        await othersTurn();
      }
      const early = Math.max(0, report.earlyWindow.lastIndexOf(true));
      const parameters = HypothesisParameters.parse({ seed });
      const side = (chosen: readonly ClassData[]) => {
        const controls = usableControls(chosen);
        const classes = chosen.map(({ evidence }) => ({ ...evidence, controls: pick(evidence.controls, controls) })); // prettier-ignore
        return lab.analysts.hypothesis({ classes, pairs: pairEvidence(chosen, early), parameters }); // prettier-ignore
      };
      const meaningful = data.filter(({ point }) => point.meaningful !== false);
      const [all, withoutJudged] = await Promise.all([
        side(data),
        meaningful.length < data.length ? side(meaningful) : null,
      ]);
      return {
        selected: report.selected,
        unit,
        order,
        biasKind,
        neutralNats,
        rule,
        definitions: [
          `Bias of a class: ${biasKinds[biasKind]} (${order}-grams of ${unit}${biasKind === 'share' ? `; a Δ within ${neutralNats} nats favours neither` : ''}).`,
          report.definition,
          'Time in error: share of the run’s tokens at which the class is on the wrong side by that rule.',
          `Early: step ${report.steps[early] ?? 0}, the last checkpoint of the early window; late: step ${report.steps.at(-1) ?? 0}.`,
          `Controls: ${usableControls(data).join(', ')}; each in standard deviations. Length: tokens of the bad sentence less the good one’s. Frequency: mean log P of a token under the unigram.`,
          `Intervals and errors draw whole ${parameters.unit === 'phenomenon' ? 'phenomena' : 'classes'}; p-values of the table are corrected together by Holm’s method.`,
        ],
        points: data.map(({ point }) => point),
        all,
        meaningful: withoutJudged,
      };
    },
  };
};

function lengthAndFrequency(
  { good, bad, goodTokens, badTokens }: NgramClassNats,
  pairs: Uint32Array,
): { length: number; frequency: number } {
  const over = (of: (place: number) => number): number => mean(Float64Array.from(pairs, of));
  const at = (values: Float64Array, place: number): number => values[place] as number;
  return {
    length: over((i) => at(badTokens, i) - at(goodTokens, i)),
    frequency: over((i) => (at(good, i) + at(bad, i)) / (at(goodTokens, i) + at(badTokens, i))),
  };
}

function usableControls(classes: readonly ClassData[]): string[] {
  const names = Object.keys(classes[0]?.evidence.controls ?? {});
  return names.filter((name) => {
    const values = classes.map(({ evidence }) => evidence.controls[name] ?? NaN).filter(Number.isFinite); // prettier-ignore
    return values.length >= leastKnown * classes.length && new Set(values).size > 1;
  });
}

const pick = (controls: Record<string, number>, names: readonly string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, controls[name] ?? NaN]));

/** All pairs of the classes; errors are robust over phenomena. */
function pairEvidence(classes: readonly ClassData[], early: number): PairEvidence {
  const phenomena = [...new Set(classes.map(({ point }) => point.phenomenon))];
  const clusters = classes.map(({ point }) => phenomena.indexOf(point.phenomenon));
  const size = classes.reduce((sum, { ngram }) => sum + ngram.length, 0);
  const each = (of: (one: ClassData, i: number, c: number) => number): Float64Array => {
    const values = new Float64Array(size);
    let at = 0;
    for (const [c, one] of classes.entries())
      for (let i = 0; i < one.ngram.length; i++) values[at++] = of(one, i, c);
    return values;
  };
  const delta = ({ model }: ClassData, i: number, checkpoint: number): number =>
    model.deltas[i * model.checkpoints + checkpoint] ?? NaN;
  return {
    classOf: each((_, __, c) => c),
    clusterOf: each((_, __, c) => clusters[c] ?? 0),
    ngramDelta: each(({ ngram }, i) => ngram[i] ?? NaN),
    earlyDelta: each((one, i) => delta(one, i, early)),
    lateDelta: each((one, i) => delta(one, i, one.model.checkpoints - 1)),
  };
}
