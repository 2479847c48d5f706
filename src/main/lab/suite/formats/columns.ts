// Suites whose rows are pairs: each is a mapping of columns, and so is one that a person chooses.
import { AppError } from '../../../../shared/errors.ts';
import type { ColumnMapping } from '../../../../shared/suite-columns.ts';
import { columnsOf, hasColumns, needed, rowsOf, stemOf, textAt, type Row } from '../rows.ts';
import { chosenParts, methodOf } from './chosen-parts.ts';
import { marksOf } from './marked-parts.ts';
import type { FoundPair, Format } from './format.ts';

interface Family extends ColumnMapping {
  name: string;
  source?: string;
  licence?: string;
  /** Columns that tell the family from others, beside good and bad. */
  marks?: string[];
  /** The class is the file's name and this column's value together. */
  classWithinFile?: boolean;
}

const blimpFamily: Family = { name: 'BLiMP or like it', good: 'sentence_good', bad: 'sentence_bad', class: 'UID', phenomenon: 'linguistics_term', field: 'field', pairId: 'pairID' }; // prettier-ignore

/** The first that fits is it. */
const families: Family[] = [
  { name: 'SLING', source: 'github.com/Yixiao-Song/SLING_Data_Code', licence: 'MIT', marks: ['paradigm', 'pair_ID'], good: 'sentence_good', bad: 'sentence_bad', class: 'paradigm', phenomenon: 'phenomenon', field: 'field', pairId: 'pair_ID' }, // prettier-ignore
  { name: 'BLiMP as on Hugging Face', marks: ['UID', 'pair_id'], good: 'sentence_good', bad: 'sentence_bad', class: 'UID', phenomenon: 'linguistics_term', field: 'field', pairId: 'pair_id' }, // prettier-ignore
  { name: 'ZhoBLiMP', source: 'github.com/sjtu-compling/ZhoBLiMP', marks: ['UID', 'phenomenon'], good: 'sentence_good', bad: 'sentence_bad', class: 'UID', phenomenon: 'phenomenon' }, // prettier-ignore
  blimpFamily,
  { name: 'JBLiMP', source: 'github.com/osekilab/JBLiMP', marks: ['paradigm'], good: 'good_sentence', bad: 'bad_sentence', class: 'paradigm', phenomenon: 'phenomenon', field: 'type', pairId: 'ID' }, // prettier-ignore
  { name: 'TurBLiMP', source: 'github.com/ezgibasar/TurBLiMP', good: 'good_sentence', bad: 'bad_sentence', phenomenon: 'phenomenon' }, // prettier-ignore
  { name: 'RuBLiMP', source: 'github.com/RussianNLP/RuBLiMP', licence: 'Apache-2.0', marks: ['PID'], good: 'source_sentence', bad: 'target_sentence', class: 'PID', phenomenon: 'phenomenon', field: 'level', pairId: 'id' }, // prettier-ignore
  { name: 'MultiBLiMP', source: 'github.com/jumelet/multiblimp', good: 'sen', bad: 'wrong_sen', class: 'phenomenon', classWithinFile: true, phenomenon: 'phenomenon' }, // prettier-ignore
];

function pairOf(row: Row, family: Omit<Family, 'name'>, stem: string): FoundPair {
  const { where } = row;
  const ofClass = textAt(row, family.class) || undefined;
  const [good, bad] = [needed(row, family.good), needed(row, family.bad)];
  return {
    where,
    uid: family.classWithinFile && ofClass !== undefined ? `${stem} ${ofClass}` : ofClass,
    // One of BLiMP's files writes syntax/semantics, 13 write syntax_semantics.
    field: textAt(row, family.field)?.replace('/', '_'),
    phenomenon: textAt(row, family.phenomenon),
    pairId: textAt(row, family.pairId) || undefined,
    ...(methodOf(family) === 'sentence'
      ? { good, bad, parts: marksOf(row, good, bad) }
      : chosenParts(row, family, { good, bad })),
  };
}

const formatOf = (family: Family): Format => ({
  name: family.name,
  source: family.source ?? '',
  licence: family.licence ?? 'not stated',
  recognises: (file) => hasColumns(file, [family.good, family.bad, ...(family.marks ?? [])]),
  *pairs(file) {
    for (const row of rowsOf(file)) yield pairOf(row, family, stemOf(file));
  },
});

export const columnFormats: Format[] = families.map(formatOf);
/** What a file is taken for that has at least one of its columns, so that it is told what it lacks. */
export const blimpLike = formatOf(blimpFamily);

/** Any CSV, TSV or JSONL, read as a person says. */
export const chosenColumns = (columns: ColumnMapping): Format => ({
  name: Object.entries(columns).map(([part, column]) => `${part}=${column}`).join(', '), // prettier-ignore
  source: '',
  licence: 'not stated',
  method: methodOf(columns),
  recognises: () => true,
  *pairs(file) {
    const known = columnsOf(file);
    const missing = Object.values(columns).find((column) => !known.includes(column));
    if (known.length > 0 && missing !== undefined)
      throw new AppError('bad-file', `${file.name} has no column “${missing}”. It has: ${known.join(', ')}.`); // prettier-ignore
    for (const row of rowsOf(file)) yield pairOf(row, columns, stemOf(file));
  },
});
