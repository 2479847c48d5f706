// Judging classes, agreement between annotators, and comparing scorings.
import type { Term } from './terms.ts';

export const judging: Term[] = [
  {
    id: 'judgement',
    name: 'judgement',
    text: 'An annotator’s verdict on a class: meaningful (filled ring), not meaningful (empty ring) or unsure (half ring), with a reason and tags. It is about the class, not about the model.',
  },
  {
    id: 'flag',
    name: 'flag',
    text: 'An annotator’s mark (a pennant) on a class or a pair as an entrenched early error.',
  },
  {
    id: 'adjudication',
    name: 'adjudication',
    text: 'What was settled over the votes on a class; it is kept apart from them and changes none.',
  },
  {
    id: 'blind',
    name: 'blind mode',
    text: 'Judging without seeing what models or other annotators said.',
  },
  {
    id: 'percent-agreement',
    name: 'per cent agreement',
    text: 'Share of pairs of votes within a class that agree, averaged over classes with two votes or more.',
  },
  {
    id: 'alpha',
    name: 'Krippendorff’s α',
    text: 'Agreement beyond chance for any number of annotators, with votes missing: 1 is perfect, 0 what chance gives. Nominal: every two verdicts differ alike.',
    formula: 'α = 1 − observed / expected disagreement',
    source: 'Krippendorff 2004, Content Analysis',
  },
  {
    id: 'ac1',
    name: 'Gwet’s AC1',
    text: 'Agreement beyond chance that stays steady where nearly all votes are the same, as α does not.',
    formula: 'AC1 = (pa − pe) / (1 − pe), pe = Σ π(1 − π) / (k − 1)',
    source: 'Gwet 2008, Br. J. Math. Stat. Psychol. 61',
  },
  {
    id: 'bootstrap',
    name: 'bootstrap interval',
    text: 'The middle 95 % of a figure over many resamples (of pairs, or of classes) drawn with replacement; seeded, so that it is the same each time.',
    source: 'Efron & Tibshirani 1993',
  },
];

export const comparing: Term[] = [
  {
    id: 'difference',
    name: 'difference',
    text: 'The mean over pairs of Δ on one side less Δ on the other, in nats a pair, with a paired bootstrap 95 % interval.',
    formula: '(1/n) Σ (Δb − Δa)',
  },
  {
    id: 'mcnemar',
    name: 'p (exact McNemar test)',
    text: 'How likely so one-sided a change would be by chance, among pairs that are right on one side only. Two-sided.',
    formula: 'two-sided binomial test of (right in b only) among (right in one only), p = ½',
    source: 'McNemar 1947, Psychometrika 12',
  },
  {
    id: 'sign-test',
    name: 'sign test',
    text: 'Whether right pairs outnumber wrong ones by more than chance; exact; ties are left out.',
  },
  {
    id: 'holm',
    name: 'Holm’s correction',
    text: 'Makes p-values larger so that, over all classes tested together, the chance of even one false alarm stays within 5 %.',
    formula: 'p(i) · (m − i + 1), in ascending order, never falling',
    source: 'Holm 1979, Scand. J. Stat. 6',
  },
  {
    id: 'verdict-changed',
    name: 'verdict changed',
    text: 'A class whose Wilson intervals on the two sides lie on other sides of chance, or only one of which leaves chance out.',
  },
];
