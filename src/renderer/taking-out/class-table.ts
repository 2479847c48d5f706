// The table of classes, as CSV columns and as LaTeX.
import type { ClassRow } from '../../shared/domain.ts';
import type { Cell } from '../../shared/csv.ts';
import { none, share, signed } from '../format.ts';

export const classColumns: Record<string, (row: ClassRow) => Cell> = {
  class_id: (row) => row.classId,
  uid: (row) => row.uid,
  field: (row) => row.field,
  phenomenon: (row) => row.phenomenon,
  pairs: (row) => row.pairs,
  right: (row) => row.right,
  ties: (row) => row.ties,
  accuracy: (row) => row.accuracy,
  accuracy_low: (row) => row.low,
  accuracy_high: (row) => row.high,
  mean_delta_nats: (row) => row.meanDelta,
  final_accuracy: (row) => row.finalAccuracy,
  worst_accuracy: (row) => row.worstAccuracy,
  time_wrong: (row) => row.timeWrong,
  shape: (row) => row.shape,
  human: (row) => row.human,
  five_gram: (row) => row.published.fiveGram,
  lstm: (row) => row.published.lstm,
  transformer_xl: (row) => row.published.transformerXl,
  gpt2: (row) => row.published.gpt2,
  same_words: (row) => row.lexicallyIdentical,
  votes: (row) => row.votes.map((vote) => `${vote.annotator}: ${vote.verdict}`).join('; '),
  adjudicated: (row) => row.adjudicated?.verdict,
  tags: (row) => row.tags.join('; '),
  flagged: (row) => row.flagged,
};

const escapes: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};
/** Text in which LaTeX sees no command. */
export const latexText = (text: string): string =>
  text.replace(/[\\~^]|[&%$#_{}]/g, (sign) => escapes[sign] ?? `\\${sign}`);
const number = (text: string): string => (text === none ? '--' : text.replace('\u2212', '$-$'));

/**
 * The classes as a booktabs table in their order, a heading where the group changes.
 * `source` is its caption; `groupOf` null: no headings.
 */
export function classLatex(
  classes: readonly ClassRow[],
  groupOf: ((row: ClassRow) => string) | null,
  source: string,
): string {
  const lines = classes.flatMap((row, i) => {
    const group = groupOf?.(row) ?? '';
    const before = classes[i - 1];
    const heading = groupOf && (!before || groupOf(before) !== group) ? [`${i > 0 ? '\\addlinespace\n' : ''}\\multicolumn{6}{l}{\\textit{${latexText(group)}}} \\\\`] : []; // prettier-ignore
    const cells = [
      `\\texttt{${latexText(row.uid)}}`,
      String(row.pairs),
      number(share(row.accuracy)),
      `[${share(row.low)}, ${share(row.high)}]`,
      number(signed(row.meanDelta, 2)),
      number(share(row.human)),
    ];
    return [...heading, `${cells.join(' & ')} \\\\`];
  });
  return `% needs \\usepackage{booktabs}
\\begin{table}
\\caption{${latexText(source)}. Accuracy with its Wilson 95\\,\\% interval; mean $\\Delta = \\log P(\\textrm{good}) - \\log P(\\textrm{bad})$ in nats.}
\\begin{tabular}{lrrlrr}
\\toprule
Class & Pairs & Accuracy & 95\\,\\% & Mean $\\Delta$ & Human \\\\
\\midrule
${lines.join('\n')}
\\bottomrule
\\end{tabular}
\\end{table}
`;
}
