// The class table as CSV and LaTeX.
import { csvParse } from 'd3';
import { expect, test } from 'vitest';
import type { ClassRow } from '../../../src/shared/domain.ts';
import { csvTable } from '../../../src/shared/csv.ts';
import {
  classColumns,
  classLatex,
  latexText,
} from '../../../src/renderer/taking-out/class-table.ts';

const row = (uid: string, phenomenon: string, more: Partial<ClassRow> = {}): ClassRow => ({
  classId: 7,
  uid,
  field: 'syntax',
  phenomenon,
  pairs: 1000,
  right: 310,
  ties: 2,
  accuracy: 0.31,
  low: 0.282,
  high: 0.339,
  meanDelta: -2.104,
  human: 0.94,
  judgement: null,
  flagged: true,
  published: { fiveGram: 0.5, lstm: null, transformerXl: null, gpt2: 0.9 },
  worstAccuracy: 0.2,
  timeWrong: 0.75,
  finalAccuracy: 0.31,
  tags: ['lexical artefact', 'odd, "very" odd'],
  votes: [],
  adjudicated: null,
  lexicallyIdentical: 0,
  shape: null,
  entrenched: null,
  ...more,
});

test('CSV has ids, numbers in full, and nothing where there is nothing', () => {
  const [read] = csvParse([...csvTable(classColumns, [row('wh_island', 'island_effects')])].join('')); // prettier-ignore
  expect(read).toMatchObject({
    class_id: '7',
    uid: 'wh_island',
    mean_delta_nats: '-2.104',
    lstm: '',
    tags: 'lexical artefact; odd, "very" odd',
    flagged: 'true',
  });
});

test('LaTeX has a booktabs table with a heading for each group', () => {
  const text = classLatex(
    [row('wh_island', 'island effects'), row('adjunct_island', 'island effects'), row('npi_1', 'npi', { human: null, meanDelta: 1 })], // prettier-ignore
    ({ phenomenon }) => phenomenon,
    'Gardenpath, A & B · run 1_2',
  );
  expect(text).toContain('\\texttt{wh\\_island} & 1000 & .31 & [.28, .34] & $-$2.10 & .94 \\\\');
  expect(text).toContain('\\texttt{npi\\_1} & 1000 & .31 & [.28, .34] & +1.00 & -- \\\\');
  expect(text.match(/\\multicolumn/g)).toHaveLength(2);
  expect(text).toContain('A \\& B · run 1\\_2');
  for (const rule of ['toprule', 'midrule', 'bottomrule']) expect(text).toContain(`\\${rule}`);
});

test('no text is a command to LaTeX', () => {
  expect(latexText('50% of $x_1 {a}\\b ~^#&')).toBe('50\\% of \\$x\\_1 \\{a\\}\\textbackslash{}b \\textasciitilde{}\\textasciicircum{}\\#\\&'); // prettier-ignore
});
