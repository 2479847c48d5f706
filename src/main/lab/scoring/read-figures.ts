// Figures of other programs in any of the formats that are known.
import type { ScoresFormat } from '../../../shared/exchange.ts';
import type { ScoreColumns } from '../../../shared/suite-columns.ts';
import { columnsOf, type SuiteFile } from '../suite/index.ts';
import type { Figures } from './figures.ts';
import { babylmChoices } from './read-babylm.ts';
import { miniconsScores } from './read-minicons.ts';
import { lmEvalScores, tableScores } from './read-scores.ts';

/** @throws AppError 'bad-file' with file and line */
export function readFigures(
  files: readonly SuiteFile[],
  format: ScoresFormat,
  columns: ScoreColumns,
): Figures {
  switch (format) {
    case 'lm-eval':
      return lmEvalScores(files);
    case 'csv':
      return tableScores(files, columns);
    case 'minicons':
      return miniconsScores(files);
    case 'babylm':
      return babylmChoices(files);
  }
}

/** What the first file looks like; null: nothing that is known. */
export function recogniseFigures(files: readonly SuiteFile[]): ScoresFormat | null {
  const [file] = files;
  if (!file) return null;
  const start = file.text.slice(0, 20_000);
  if (/"predictions"\s*:/.test(start)) return 'babylm';
  const columns = columnsOf(file);
  if (columns.includes('filtered_resps')) return 'lm-eval';
  if (/\bsentence_id\b.*\btoken\b.*\blogprob\b/.test(start)) return 'minicons';
  return columns.length > 0 ? 'csv' : null;
}
