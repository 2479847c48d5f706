// A pair as a numbered example, in the notations that linguists write in.

/** A word as it is written, with its surprisal. */
export interface ExampleWord {
  text: string;
  bits: number;
}
export interface Example {
  number: number;
  good: string;
  bad: string;
  /** Words with their surprisals, to stand under the sentences; null without. */
  words: { good: ExampleWord[]; bad: ExampleWord[] } | null;
}
export type ExampleFormat = 'plain' | 'gb4e' | 'expex' | 'markdown';
export const exampleFormats: { value: ExampleFormat; label: string; note?: string }[] = [
  { value: 'plain', label: 'plain text' },
  { value: 'gb4e', label: 'gb4e', note: 'LaTeX' },
  { value: 'expex', label: 'ExPex', note: 'LaTeX' },
  { value: 'markdown', label: 'Markdown' },
];

/** The example as text; special characters of the notation are escaped. */
export const writeExample = (example: Example, format: ExampleFormat): string =>
  writers[format](example);

const writers: Record<ExampleFormat, (example: Example) => string> = {
  plain: ({ number, good, bad, words }) => {
    const label = `(${number}) `;
    const indent = ' '.repeat(label.length);
    if (!words) return `${label}a. ${good}\n${indent}b. *${bad}`;
    const side = (before: string, star: string, row: ExampleWord[]): string[] => {
      const starred = row.map(({ text, bits }, i) => [i === 0 ? star + text : text, figure(bits)] as const); // prettier-ignore
      const widths = starred.map((cells) => Math.max(...cells.map(width)));
      return [0, 1].map(
        (line) =>
        ((line === 0 ? before : ' '.repeat(before.length)) + starred.map((cells, i) => pad(cells[line] ?? '', widths[i] ?? 0)).join(' ')).trimEnd(), // prettier-ignore
      );
    };
    return [...side(`${label}a. `, '', words.good), ...side(`${indent}b. `, '*', words.bad)].join('\n'); // prettier-ignore
  },

  gb4e: ({ number, good, bad, words }) => {
    const side = (sentence: string, row: ExampleWord[] | undefined): string =>
      row
        ? `\\gll ${row.map(({ text }) => glossed(text)).join(' ')}\\\\\n        ${row.map(({ bits }) => figure(bits)).join(' ')}\\\\` // prettier-ignore
        : latex(sentence);
    return [
      `\\setcounter{exx}{${number - 1}}`,
      '\\begin{exe}',
      '  \\ex \\begin{xlist}',
      `    \\ex[]{${side(good, words?.good)}}`,
      `    \\ex[*]{${side(bad, words?.bad)}}`,
      '  \\end{xlist}',
      '\\end{exe}',
    ].join('\n');
  },

  expex: ({ number, good, bad, words }) => {
    const side = (sentence: string, row: ExampleWord[] | undefined, star: string): string =>
      row
        ? `\\a \\begingl\n      \\gla ${star}${row.map(({ text }) => glossed(text)).join(' ')}//\n      \\glb ${row.map(({ bits }) => figure(bits)).join(' ')}//\n    \\endgl` // prettier-ignore
        : `\\a ${star}${latex(sentence)}`;
    return [
      `\\pex[exno=${number}]`,
      `  ${side(good, words?.good, '')}`,
      `  ${side(bad, words?.bad, '\\ljudge{*}')}`,
      '\\xe',
    ].join('\n');
  },

  markdown: ({ number, good, bad, words }) => {
    if (!words) return `(${number}) a. ${markdown(good)}\\\n(${number}) b. \\*${markdown(bad)}`;
    const table = (label: string, star: string, row: ExampleWord[]): string =>
      [
        [`(${number}) ${label}`, ...row.map(({ text }, i) => (i === 0 ? star : '') + markdown(text))], // prettier-ignore
        ['---', ...row.map(() => '--:')],
        ['bits', ...row.map(({ bits }) => figure(bits))],
      ]
        .map((cells) => `| ${cells.join(' | ')} |`)
        .join('\n');
    return `${table('a.', '', words.good)}\n\n${table('b.', '\\*', words.bad)}`;
  },
};

const figure = (bits: number): string => bits.toFixed(1);
/** In characters as a person counts them. */
const width = (text: string): number => [...new Intl.Segmenter().segment(text)].length;
const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)));

const latexSigns: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': '\\textquotedbl{}',
  // A bracket at the beginning would be read as an option.
  '[': '{[}',
  ']': '{]}',
};
const latex = (text: string): string =>
  text.replace(/[\\~^<>|"[\]]|[&%$#_{}]/g, (sign) => latexSigns[sign] ?? `\\${sign}`);
/** A word of a gloss, which white space or `//` would end. */
const glossed = (text: string): string => latex(text).replaceAll('//', '{/}{/}');

const markdown = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~$&]/g, '\\$&');
