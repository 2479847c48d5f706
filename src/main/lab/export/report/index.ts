// The study repeated on one run: a page that stands by itself, and the tables behind it.
import { csvLine, type Cell } from '../../../../shared/csv.ts';
import type { HypothesisPoint } from '../../../../shared/ngram.ts';
import { courseCells, entrenchmentCells, evidenceCells, separationCells } from './cells.ts';
import { runName, type ReportContent } from './content.ts';
import { html } from './html.ts';
import { classesSection, curvesSection, entrenchedSection, headlineSection } from './results.ts';
import { evidenceSection, hypothesisSection } from './evidence.ts';
import { definitionsSection, methodsSection, sourcesSection } from './methods.ts';
import { style } from './style.ts';

export type { ReportContent } from './content.ts';

/** Files by name; the same content gives the same bytes but for the date. */
export function reportFiles(content: ReportContent): Record<string, string> {
  const { entrenchment, separation, evidence, hypothesis } = content;
  const tables: Record<string, string> = {
    'entrenchment.csv': csv(entrenchment.classes.map(entrenchmentCells)),
    'separation.csv': csv(separation.classes.map(separationCells)),
    'courses.csv': csv(courseCells(entrenchment)),
    'evidence.csv': csv(evidence.classes.map(evidenceCells)),
    ...('missing' in hypothesis
      ? {}
      : { 'hypothesis.csv': csv(hypothesis.points.map(pointCells)) }),
  };
  return { 'index.html': page(content, Object.keys(tables)), ...tables };
}

function page(content: ReportContent, tables: readonly string[]): string {
  const { run, suite, at } = content;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Entrenched early errors: ${runName(content)} on ${suite.name}</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <h1>Entrenched early errors</h1>
        <p class="sub">
          ${runName(content)} (${run.preset}, seed ${run.seed}) on ${suite.name}, at step
          ${content.separation.selected.step.toLocaleString('en')}. Gardenpath ${content.version},
          <time datetime="${at.toISOString()}">${at.toISOString().slice(0, 10)}</time>.
        </p>
        ${headlineSection(content)} ${curvesSection(content)} ${entrenchedSection(content)}
        ${hypothesisSection(content)} ${evidenceSection(content)} ${classesSection(content)}
        ${definitionsSection(content)} ${methodsSection(content)} ${sourcesSection(content, tables)}
      </body>
    </html> `.text;
}

function csv(rows: readonly Record<string, Cell>[]): string {
  return [
    csvLine(Object.keys(rows[0] ?? {})),
    ...rows.map((row) => csvLine(Object.values(row))),
  ].join('');
}

const pointCells = (point: HypothesisPoint): Record<string, Cell> => ({
  class_id: point.classId,
  uid: point.uid,
  phenomenon: point.phenomenon,
  bias: point.bias,
  time_wrong: point.timeWrong,
  entrenched: point.entrenched,
  meaningful: point.meaningful,
  ...point.controls,
});
