// Published accuracies that stand beside a model's as marks: who, with which sign.
import { symbol, symbolCross, symbolDiamond, symbolSquare, symbolTriangle } from 'd3';
import { share } from '../format.ts';
import type { ClassRow } from '../../shared/domain.ts';
import type { PublishedAccuracies } from '../../shared/workbench.ts';

const sign = (shape: Parameters<typeof symbol>[0]): string => symbol(shape, 20)() ?? '';

export const references: {
  key: keyof PublishedAccuracies;
  name: string;
  /** A path around 0,0, some 5 px wide. */
  path: string;
  colour: string;
}[] = [
  { key: 'fiveGram', name: '5-gram', path: sign(symbolTriangle), colour: 'var(--ochre)' },
  { key: 'lstm', name: 'LSTM', path: sign(symbolSquare), colour: 'var(--ink-2)' },
  { key: 'transformerXl', name: 'Transformer-XL', path: sign(symbolDiamond), colour: 'var(--ink-2)' }, // prettier-ignore
  { key: 'gpt2', name: 'GPT-2', path: sign(symbolCross), colour: 'var(--ink-2)' },
];

export interface Mark {
  name: string;
  value: number;
  path: string;
  colour: string;
}

/** The figures published of a class, those that are known. */
export const marksOf = ({ published }: Pick<ClassRow, 'published'>): Mark[] =>
  references.flatMap(({ key, ...mark }) =>
    published[key] === null ? [] : [{ ...mark, value: published[key] }],
  );

/** "human .94, 5-gram .61, GPT-2 .85". */
export const describeReferences = (row: Pick<ClassRow, 'human' | 'published'>): string =>
  [...(row.human === null ? [] : [{ name: 'human', value: row.human }]), ...marksOf(row)]
    .map(({ name, value }) => `${name} ${share(value)}`)
    .join(', ');
