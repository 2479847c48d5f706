// What is measured on sentences, pairs and classes.
import type { Term } from './terms.ts';

const wilson = 'Wilson 1927, J. Am. Stat. Assoc. 22';

export const scoring: Term[] = [
  {
    id: 'score',
    name: 'score, log P',
    text: 'The log-probability of a sentence at a checkpoint under a profile, in nats. 0 would be certainty; long sentences score lower.',
    formula: 'log P(s) = Σ log P(token i | tokens before i)',
  },
  {
    id: 'profile',
    name: 'profile',
    text: 'How a sentence is scored: prefix (none, </s>, or what the tokenizer adds), leading space, text form (as is, or like the corpus), aggregation (sum or mean) and what a tie counts as. gardenpath: after </s>, no leading space, sum, ties apart. lm-eval, babylm-2025 and minicons reproduce those tools.',
  },
  {
    id: 'method',
    name: 'method: one-prefix, two-prefix, region, conditional',
    text: 'Which part of the sentences is compared, where a suite marks it: one-prefix, the words in which the sentences first differ, after the beginning that they share; two-prefix, the same words after either beginning; region, the marked regions (SyntaxGym; a table’s column of regions; [ ] in a template of your own); conditional, a continuation after its context (EWoK, a table’s column of contexts, the last turn of a dialogue). They stand behind the profile (gardenpath/one-prefix) beside the suite in every toolbar, and are made from the token scores of the whole sentences: nothing is scored anew. A token belongs to the part in which it begins. A class without such a mark has no score by the method.',
    formula:
      'log P(part | all before it) = Σ log P(token i | tokens before i), over the part’s tokens',
    source:
      'prefix methods: Warstadt et al. 2020; regions: Gauthier et al. 2020; conditional: Ivanova et al. 2024',
  },
  {
    id: 'template',
    name: 'template, own class',
    text: 'A class that you write (Own classes, Ctrl+Shift+O): words with their forms and tags, and a good and a bad template that differ in one choice. {noun1 animal sg} is word 1 of the table “words noun: sg pl”, one that has the tag animal, in its form sg; wherever noun1 stands in the pair it is the same word. !animal asks for a word without the tag, [ ] marks the region that methods compare, a(n) becomes a or an, “use: starter words” brings in the starter suite’s lexicon. Words are drawn at random by the seed. docs/templates.md has it all, with examples.',
    formula:
      'good: The {noun1 animal sg} [{verb1 s}].   bad: The {noun1 animal sg} [{verb1 base}].',
  },
  {
    id: 'nats',
    name: 'nats and bits',
    text: 'Units of log-probability: nats by the natural logarithm, bits by that of base 2.',
    formula: '1 nat = 1 / ln 2 bits ≈ 1.443 bits',
  },
  {
    id: 'surprisal',
    name: 'surprisal',
    text: 'How unexpected a token is after the tokens before it, in bits. A token of 10 bits was given a chance of 1 in 1,024.',
    formula: 'surprisal = −log₂ P(token | tokens before)',
    source: 'Shannon 1948; for reading: Hale 2001, Levy 2008',
  },
  {
    id: 'token',
    name: 'token',
    text: 'A piece of text that the model reads at once: a word, a part of one, or a sign, by byte-level byte-pair encoding. ␣ shows a leading space.',
    source: 'Sennrich et al. 2016, arXiv 1508.07909',
  },
  {
    id: 'delta',
    name: 'Δ',
    text: 'How much the model prefers the good sentence of a pair, in nats. Above 0 is right, below is wrong, 0 is a tie: a third outcome, shown apart.',
    formula: 'Δ = log P(good) − log P(bad)',
  },
  {
    id: 'mean-delta',
    name: 'mean Δ (Δ̄)',
    text: 'The mean of Δ over the pairs of a class, with a 95 % interval by a seeded percentile bootstrap over pairs.',
    formula: 'Δ̄ = (1/n) Σ Δ',
    source: 'bootstrap: Efron & Tibshirani 1993',
  },
  {
    id: 'accuracy',
    name: 'accuracy',
    text: 'Share of all pairs of a class that are right; ties are not right. With its Wilson 95 % interval, shown as ± half its width.',
    formula: 'right / pairs',
  },
  {
    id: 'wilson',
    name: 'Wilson interval',
    text: 'An interval for a share that stays within 0 and 1 and holds near the ends. With 1,000 pairs, a class at .50 has [.469, .531].',
    formula: '(p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), z = 1.96',
    source: wilson,
  },
  {
    id: 'chance',
    name: 'chance',
    text: 'What a coin gets right: accuracy .5, mean Δ 0. A class counts as right or wrong where its interval leaves chance out. With 1,000 pairs, 468 right or fewer are significantly wrong at one checkpoint (two-sided .05), 446 over 67 classes (Bonferroni).',
  },
  {
    id: 'worst',
    name: 'worst accuracy',
    text: 'The lowest accuracy of any scored checkpoint, step 0 aside.',
  },
  {
    id: 'time-wrong',
    name: 'time wrong',
    text: 'Share of the scored checkpoints, step 0 aside, at which a class is significantly wrong: its Wilson interval lies wholly below .5.',
  },
  {
    id: 'flips',
    name: 'flips',
    text: 'How often a pair went from right to wrong or back over the scored checkpoints, step 0 aside; ties are passed over.',
  },
  {
    id: 'first-wrong',
    name: 'first wrong',
    text: 'The first scored checkpoint, step 0 aside, at which a pair is wrong.',
  },
  {
    id: 'shape',
    name: 'trajectory shape',
    text: 'How accuracy goes over training: always right, rise, late rise, U, decline, flat at chance, entrenched wrong, unstable. The rule is shown where shapes are, and you can overrule it.',
  },
  {
    id: 'entrenched',
    name: 'entrenched early error',
    text: 'A class whose scores separate the wrong way (the interval of mean Δ below 0) at a checkpoint within the early window, by default the first 10 % of tokens, and still do at 90 % or more of the later checkpoints and at the last three. The flag is an annotator’s own mark for it.',
    source: 'after the study arXiv 2603.00359; the definition is ours',
  },
  {
    id: 'human',
    name: 'human agreement',
    text: 'Share of human choices that agree with the suite on a class, as published with BLiMP: a forced choice between the two sentences by 20 people.',
    source: 'Warstadt et al. 2020, table 3',
  },
  {
    id: 'published',
    name: 'published models',
    text: 'Accuracies on a class as published with BLiMP: a 5-gram model, an LSTM, Transformer-XL and GPT-2.',
    source: 'Warstadt et al. 2020; resources/published.json',
  },
  {
    id: 'n-gram',
    name: 'n-gram model, bigram bias',
    text: 'A model that knows only how often the last one to four tokens were followed by the next, counted on the run’s own training text (interpolated modified Kneser–Ney). Its Δ on a pair is the pair’s bigram bias where the order is 2.',
    source: 'Chen & Goodman 1999, Comput. Speech Lang. 13',
  },
];
