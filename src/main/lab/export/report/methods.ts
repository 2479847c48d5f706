// How a report's figures were made: definitions with their values, the methods in prose, data by hash.
import { shapes } from '../../../../shared/trajectories.ts';
import { runName, type ReportContent } from './content.ts';
import { html, short, table, type Html, type TableCell } from './html.ts';

export function definitionsSection({ entrenchment, separation }: ReportContent): Html {
  const { rule, shapeRule, definition, shapeDefinitions, resamples, seed } = entrenchment;
  const flat = (prefix: string, values: object): TableCell[][] =>
    Object.entries(values).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? flat(`${prefix}${name}.`, value)
        : [[`${prefix}${name}`, String(value)]],
    );
  return html`<h2>Definitions</h2>
<p>All definitions are Gardenpath’s own; each of their values can be set.</p>
<dl><dt>Right, wrong, tied</dt><dd>Δ = log P(good sentence) − log P(bad sentence), in nats; a pair is right where Δ &gt; 0, wrong where Δ &lt; 0. Accuracy is right pairs over all pairs.</dd>
<dt>Entrenched early error</dt><dd>${definition}</dd>
${shapes.map((shape) => html`<dt>Shape: ${shape}</dt><dd>${shapeDefinitions[shape]}</dd>`)}
<dt>Intervals</dt><dd>Of accuracies and shares: Wilson’s, 95 %. Of everything else: percentile bootstrap over pairs, ${resamples.toLocaleString('en')} resamples, seed ${seed}.</dd></dl>
${table('Values', ['parameter', 'value'], [
  ...flat('', rule),
  ...flat('shape.', shapeRule),
  ['bootstrap.resamples', String(resamples)],
  ['bootstrap.seed', String(seed)],
  ['trimmedMean.trim', String(separation.trim)],
])}`; // prettier-ignore
}

export function methodsSection(content: ReportContent): Html {
  const { run, suite, profile, entrenchment } = content;
  const { model, training } = run.config;
  const trained = training
    ? `It was trained for ${run.step.toLocaleString('en')} steps of ${training.batchWindows} windows of ${training.windowTokens} tokens (${short(run.tokensSeen)} tokens, ${short(run.wordsSeen)} words) of the corpus “${run.corpusName}”, with AdamW (learning rate ${training.learningRate}, ${training.warmupSteps} warm-up steps, then ${training.schedule}; weight decay ${training.weightDecay} on ${training.weightDecayOn}; β ${training.beta1}, ${training.beta2}; gradient norm clipped at ${training.clipNorm || 'nothing'}), seed ${training.seed}, in ${training.precision}.`
    : 'It was trained elsewhere and its checkpoints were imported.';
  const prefix = { none: 'no prefix', eos: 'the prefix </s>', tokenizer: 'what the tokenizer puts first' }[profile.prefix]; // prettier-ignore
  return html`<h2>Methods</h2>
<p>The model is an OPT decoder of ${model.layers} layers, hidden size ${model.hiddenSize}, ${model.heads} heads and a vocabulary of ${model.vocabSize.toLocaleString('en')} (${short(run.parameters)} parameters). ${trained} At ${entrenchment.steps.length} checkpoints, from step ${entrenchment.steps[0] ?? 0} to ${(entrenchment.steps.at(-1) ?? 0).toLocaleString('en')}, every sentence of ${suite.classes} classes of ${suite.name} was scored by the ${profile.aggregation === 'sum' ? 'sum' : 'mean'} of its tokens’ log-probabilities, with ${prefix}${profile.leadingSpace ? ' and a leading space' : ''}, its text ${profile.text === 'as-is' ? 'as it is' : 'spelt like the corpus'}; ties ${profile.ties === 'apart' ? 'are kept apart' : 'count as right'} (profile “${profile.name}”). Sides of classes are told by seeded bootstrap intervals over pairs, p-values of the exact sign test are corrected over the classes by Holm’s method, and shapes are named by the rules above; segmented fits are of accuracy over log(1 + step), their number of pieces by BIC.</p>`; // prettier-ignore
}

export function sourcesSection(content: ReportContent, tables: readonly string[]): Html {
  const { run, suite, project, version } = content;
  const { engine } = run;
  const code = (text: string | null): Html | string => (text === null ? '–' : html`<code>${text}</code>`); // prettier-ignore
  return html`<h2>Data and software</h2>
${table('By which it can be repeated', ['what', 'which', 'hash'], [
  ['Project', project, '–'],
  ['Run', runName(content), code(run.configHash)],
  ['Corpus', run.corpusName, code(run.corpusHash)],
  ['Tokenizer', `vocabulary ${run.config.model.vocabSize}`, code(run.tokenizerHash)],
  ['Suite', `${suite.name}, ${suite.source} (${suite.licence})`, code(suite.contentHash)],
  ['Gardenpath', version, '–'],
  ['Engine', `TensorFlow ${engine.tensorflowVersion}, ${engine.device} (${engine.deviceName}), from ${engine.origin}`, '–'],
])}
<p>The tables behind this page: ${tables.map((name, i) => html`${i ? ', ' : ''}<a href="${name}">${name}</a>`)}.</p>`; // prettier-ignore
}
