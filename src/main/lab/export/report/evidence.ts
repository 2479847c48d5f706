// What stands beside the results: the Bigram Hypothesis, and what speaks for the classes themselves.
import type { HypothesisSide, RegressionSummary } from '../../../../shared/ngram.ts';
import type { ReportContent } from './content.ts';
import { html, percent, pText, shown, table, type Html, type TableCell } from './html.ts';

export function hypothesisSection({ hypothesis }: ReportContent): Html {
  if ('missing' in hypothesis)
    return html`<h2>The Bigram Hypothesis</h2>
      <p>Not tested on this run. ${hypothesis.missing}</p>`;
  const { order, unit, all, meaningful, definitions } = hypothesis;
  return html`<h2>The Bigram Hypothesis</h2>
    <p class="sub">Do n-gram statistics (order ${order}, ${unit}) go with the errors?</p>
    ${sideSection('All classes', all)}
    ${meaningful ? sideSection('Without classes judged not meaningful', meaningful) : ''}
    <ul>
      ${definitions.map((text) => html`<li>${text}</li>`)}
    </ul>`;
}

function sideSection(title: string, side: HypothesisSide): Html {
  const odds = (model: string, { terms, method, errors }: RegressionSummary): TableCell[][] =>
    terms.map(({ name, value, low, high, p }) => [model, name, value, low, high, pText(p), `${method}, ${errors === 'CR1' ? 'cluster-robust' : 'model-based'} errors`]); // prettier-ignore
  return html`<h3>${title}</h3>
<p class="lead">${side.sentence}</p><p>${side.powerSentence}</p>
${table('Tests, corrected together by Holm’s method', ['test', 'p', 'p, Holm'], side.tests.map(({ name, p, adjustedP }) => [name, pText(p), pText(adjustedP)]))}
${table('Odds ratios for one standard deviation of a predictor, with 95 % intervals', ['odds of', 'predictor', 'odds ratio', 'low', 'high', 'p', 'how'], [
  ...odds('an entrenched class', side.alone),
  ...odds('an entrenched class, controlled', side.controlled),
  ...odds('an early error, within classes', side.early),
  ...odds('a late error, within classes', side.late),
])}
${table('Without each phenomenon', ['left out', 'classes', 'Spearman’s ρ', 'odds ratio'], side.leftOut.map((one) => [one.phenomenon.replaceAll('_', ' '), one.classes, one.rho, one.oddsRatio]))}`; // prettier-ignore
}

export function evidenceSection({ evidence }: ReportContent): Html {
  const { classes, publishedSource, templateNote } = evidence;
  const verdict = { true: 'meaningful', false: 'not meaningful', null: '–' };
  return html`<h2>Do the classes mean anything?</h2>
<p>What a class’s sentences give away without grammar, and who says what of it. Length alone: accuracy of the better of two rules, the shorter sentence is good or the longer one. ${templateNote} Diversity: distinct words among all that fill a template’s open places.</p>
${classes.every((row) => row.ngram === null) ? html`<p class="sub">Bigrams of the training text have not been counted, so their column is empty.</p>` : ''}
${table('Evidence for and against each class', ['class', 'human', 'bigrams', 'length alone', 'same words', 'as many tokens', 'templates', 'diversity', '5-gram', 'LSTM', 'Transformer-XL', 'GPT-2', 'judged', 'votes', 'agreement'],
  classes.map((row) => [row.uid, row.human, row.ngram?.accuracy, row.length?.accuracy, percent(row.sameWords), row.length ? percent(row.length.equal) : '–', row.templates, row.lexicalDiversity, row.published.fiveGram, row.published.lstm, row.published.transformerXl, row.published.gpt2, verdict[`${row.meaningful}`], row.votes.length, row.agreement === null ? '–' : shown(row.agreement)]))}
${publishedSource ? html`<p class="sub">Human agreement and published accuracies: ${publishedSource}.</p>` : ''}`; // prettier-ignore
}
