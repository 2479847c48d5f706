// The results of a report: how many classes fail, their curves, those that are stuck, every class.
import type { HeadlineSide, SeparationFigures, Share } from '../../../../shared/trajectories.ts';
import { sideNames } from './cells.ts';
import { classChart, shareChart } from './charts.ts';
import type { ReportContent } from './content.ts';
import { html, percent, pText, short, table, withInterval, type Html } from './html.ts';

const shareText = ({ count, of, share, low, high }: Share): string =>
  of === 0 ? 'none' : `${count} of ${of}, ${percent(share)} (${percent(low)} to ${percent(high)})`;

export function headlineSection({ headline }: ReportContent): Html {
  const { all, meaningful } = headline;
  const rows: [string, (side: HeadlineSide) => string][] = [
    ['Classes, pairs', (s) => `${s.classes}, ${s.pairs.toLocaleString('en')}`],
    ['Mean accuracy over classes', ({ accuracy: a }) => `${percent(a.value)} (${percent(a.low)} to ${percent(a.high)})`],
    ['On the wrong side at this step (interval of mean Δ below 0)', (s) => shareText(s.wrong)],
    ['Significantly wrong (sign test, Holm)', (s) => shareText(s.significantlyWrong)],
    ['Entrenched early errors', (s) => shareText(s.entrenched)],
    ['Recovered, of classes ever on the wrong side', (s) => shareText(s.recovered)],
    ['Shapes', (s) => s.shapes.map(({ shape, classes }) => `${shape} ${classes}`).join(', ')],
  ]; // prettier-ignore
  const sides = meaningful ? [all, meaningful] : [all];
  return html`<h2>Share of classes that fail</h2>
<p class="lead">${all.sentence}</p>
${meaningful ? html`<p>Without the classes judged not meaningful: ${meaningful.sentence}</p>` : html`<p class="sub">No class of the suite is judged not meaningful, so there is one column.</p>`}
${table('Headline figures, with 95 % intervals', ['', 'all classes', ...(meaningful ? ['meaningful ones'] : [])], rows.map(([name, of]) => [name, ...sides.map(of)]))}`; // prettier-ignore
}

export function curvesSection({ entrenchment }: ReportContent): Html {
  const { classes, tokensSeen, steps } = entrenchment;
  const mean = (values: (number | null)[]): number | null => {
    const known = values.filter((v) => v !== null);
    return known.length ? known.reduce((sum, v) => sum + v, 0) / known.length : null;
  };
  const accuracy = steps.map((_, c) => mean(classes.map((row) => row.accuracy[c] ?? null)));
  const side = (which: number) => steps.map((_, c) => mean(classes.map((row) => Number(row.sides[c] === which)))); // prettier-ignore
  const phenomena = Map.groupBy(classes, (row) => row.phenomenon);
  return html`<h2>Curves</h2>
${shareChart('Accuracy and sides of classes over training', tokensSeen, [
  { name: 'mean accuracy of classes', values: accuracy, tone: 'ink' },
  { name: 'share of classes on the right side', values: side(1), tone: 'right', dashed: true },
  { name: 'share of classes on the wrong side', values: side(-1), tone: 'wrong', dashed: true },
])}
<p class="sub">Below, the accuracy of each class from 0 % to 100 %; the dotted line is chance, dots are checkpoints on the wrong side.</p>
${[...phenomena].map(([phenomenon, rows]) => html`<h3>${phenomenon.replaceAll('_', ' ')}</h3><div class="grid-of-classes">${rows.map((row) => classChart(row.uid, `${row.shape}, ${percent(row.accuracy.at(-1) ?? null)} at last`, tokensSeen, row.accuracy, row.sides.map((s) => s < 0)))}</div>`)}`; // prettier-ignore
}

export function entrenchedSection({ entrenchment, separation }: ReportContent): Html {
  const atLast = new Map(separation.classes.map((row) => [row.classId, row]));
  const { classes, definition, warmup } = entrenchment;
  const stuck = classes.filter((row) => row.entrenched);
  const pairsOnly = classes
    .filter((row) => !row.entrenched && row.entrenchedPairs > 0)
    .sort((a, b) => b.entrenchedPairs / b.pairs - a.entrenchedPairs / a.pairs || a.classId - b.classId)
    .slice(0, 20); // prettier-ignore
  const list = stuck.length
    ? table(
        'Entrenched classes. Onset: first checkpoint on the wrong side, with a bootstrap interval; support: share of resamples in which the class is entrenched; the last column is of pairs whose sentences have as many tokens as each other, at the step of this report',
        ['class', 'phenomenon', 'onset (step)', 'tokens', 'in warm-up', 'held', 'deepest mean Δ', 'time wrong', 'flips a pair', 'support', 'entrenched pairs', 'of equal length'],
        stuck.map((row) => [row.uid, row.phenomenon.replaceAll('_', ' '), onsetText(row), row.onset ? short(row.onset.tokensSeen) : '–', row.onsetInWarmup ? 'yes' : 'no', percent(row.held), row.depth, percent(row.timeWrong), row.flipsPerPair, percent(row.support), `${row.entrenchedPairs} of ${row.pairs}`, matchedText(atLast.get(row.classId)?.lengthMatched)]),
      )
    : html`<p>No class is an entrenched early error by this definition.</p>`; // prettier-ignore
  return html`<h2>Entrenched early errors</h2>
<p>${definition}</p>
${warmup ? html`<p class="sub">The learning rate has its peak at step ${warmup.step.toLocaleString('en')} (${short(warmup.wordsSeen)} words): an onset before it may only say when the model learnt fastest.</p>` : ''}
${list}
${pairsOnly.length ? table(`Classes that are not entrenched but have single pairs that are (the ${pairsOnly.length} with the largest shares): the same rule on the sign of a pair’s Δ`, ['class', 'entrenched pairs', 'share', 'shape'], pairsOnly.map((row) => [row.uid, `${row.entrenchedPairs} of ${row.pairs}`, percent(row.entrenchedPairs / row.pairs), row.shape])) : ''}`; // prettier-ignore
}

function matchedText(matched: SeparationFigures | null | undefined): string {
  return matched ? `${sideNames[matched.side]}, ${percent(matched.accuracy.value)} of ${matched.pairs}` : 'no such pairs'; // prettier-ignore
}

function onsetText({
  onset,
  onsetLowStep,
  onsetHighStep,
}: ReportContent['entrenchment']['classes'][number]): string {
  if (!onset) return '–';
  const interval = onsetLowStep === null || onsetHighStep === null ? '' : ` (${onsetLowStep} to ${onsetHighStep})`; // prettier-ignore
  return `${onset.step.toLocaleString('en')}${interval}`;
}

export function classesSection({ separation, entrenchment }: ReportContent): Html {
  const courses = new Map(entrenchment.classes.map((row) => [row.classId, row]));
  return html`<h2>Every class</h2>
${table(
  `Separation at step ${separation.selected.step.toLocaleString('en')}: intervals are 95 %; p is of the exact sign test, corrected by Holm’s method; the last column names methods, lengths and profiles by which the verdict is another`,
  ['class', 'pairs', 'ties', 'accuracy', 'mean Δ', 'p', 'd_z', 'AUC', 'length-matched accuracy', 'shape', 'the verdict differs by'],
  separation.classes.map(({ classId, uid, all, lengthMatched, disagreeing }) => [
    all.side < 0 ? html`<span class="wrong-text">${uid}</span>` : uid,
    all.pairs,
    all.ties,
    withInterval(all.accuracy, percent),
    withInterval(all.meanDelta),
    pText(all.pHolm),
    all.dz.value,
    all.auc.value,
    lengthMatched ? `${percent(lengthMatched.accuracy.value)} of ${lengthMatched.pairs}` : '–',
    courses.get(classId)?.shape ?? '–',
    disagreeing.join(', '),
  ]),
)}`; // prettier-ignore
}
