// Entrenched errors, n-grams beside the model, and the hypothesis put to the test.
import type { Term } from './terms.ts';

export const gettingStuck: Term[] = [
  {
    id: 'separation',
    name: 'separation',
    text: 'On which side a class is: right where the interval of its mean Δ lies above 0, wrong where it lies below, open else. The class’s page has it by other measures and tests, over pairs of equal length, and per token, and says where one contradicts it.',
  },
  {
    id: 'dz',
    name: 'd_z',
    text: 'Mean Δ in its standard deviations over pairs: how far the two sentences of a pair are apart, whatever the nats.',
    formula: 'd_z = mean(Δ) / sd(Δ)',
    source: 'Cohen 1988',
  },
  {
    id: 'auc',
    name: 'AUC, d′',
    text: 'How far the scores of all good sentences lie above those of all bad ones, unpaired: the chance that a good one scores higher (AUC; .50 is no separation), and the distance of their means in pooled standard deviations (d′).',
    formula: 'd′ = (mean good − mean bad) / √((var good + var bad) / 2)',
  },
  {
    id: 'early-window',
    name: 'early window',
    text: 'The part of training in which an error counts as an early one: a share of the run’s tokens, or so many steps, tokens or words. Yours to choose on Stuck.',
  },
  {
    id: 'established',
    name: 'established, onset',
    text: 'The first checkpoint at which a class is on the wrong side. Its interval says between which checkpoints 95 % of the resamples of pairs that go wrong have it.',
  },
  {
    id: 'recovery',
    name: 'recovered, cost',
    text: 'The checkpoint from which an error is undone and stays so, and the tokens of training from the onset to there.',
  },
  {
    id: 'bias',
    name: 'bias',
    text: 'How far a class’s n-grams pull towards the bad sentence: the share of pairs whose bad sentence the n-gram favours less the share whose good one it does (a Δ within the neutral zone favours neither); or the mean n-gram Δ towards the bad sentence, as it is or in its standard deviations.',
  },
  {
    id: 'sign-agreement',
    name: 'agree, κ',
    text: 'Share of pairs on which n-gram and model prefer the same sentence, of those on which neither is tied; Cohen’s κ is what of it lies beyond what two models as often right would share by chance.',
    formula: 'κ = (p − pe) / (1 − pe)',
    source: 'Cohen 1960',
  },
  {
    id: 'odds-ratio',
    name: 'odds ratio',
    text: 'By how much the odds (of a class to be entrenched, of a pair to be wrong) are multiplied where a predictor is one standard deviation higher and the others are as they are; 1 is no effect. By logistic regression, Firth’s where a predictor separates the classes, with errors that allow for classes or phenomena that go together.',
    source: 'Firth 1993; Cameron, Gelbach & Miller 2008 (CR1)',
  },
  {
    id: 'power',
    name: 'power',
    text: 'The share of simulated studies of this size that find an effect that is there. Without power, finding nothing says nothing.',
  },
  {
    id: 'experiment',
    name: 'experiment, control',
    text: 'The same model trained again, from the same seeds, on a text without the bigrams that favour a class’s bad sentences; and, as control, on a text from which as many words of random lines were taken. What the edit does beyond its control, and beyond what it does to classes that were not edited, is the bigrams’ doing.',
  },
];
