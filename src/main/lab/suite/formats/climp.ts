// CLiMP: CSV with the columns phenomenon, paradigm, sentence and label by number; two rows are a pair, label 1 is good.
import { AppError } from '../../../../shared/errors.ts';
import { columnsOf, needed, rowsOf, type Row } from '../rows.ts';
import type { Format } from './format.ts';

const header = ['', '0', '1', '2', '3'].sort().join();

export const climp: Format = {
  name: 'CLiMP',
  source: 'github.com/beileixiang/CLiMP',
  licence: 'not stated',
  recognises: (file) => columnsOf(file).sort().join() === header,
  *pairs(file) {
    let first: Row | null = null;
    for (const row of rowsOf(file)) {
      if (first === null) {
        first = row;
        continue;
      }
      const [good, bad] = needed(first, '3') === '1' ? [first, row] : [row, first];
      if (needed(good, '3') !== '1' || needed(bad, '3') !== '0')
        throw new AppError('bad-file', `${row.where}: the labels of a pair's two rows are 1 and 0, in any order. A row may be missing before this one.`); // prettier-ignore
      if (needed(good, '1') !== needed(bad, '1'))
        throw new AppError('bad-file', `${row.where}: the two rows of a pair are of one paradigm. A row may be missing before this one.`); // prettier-ignore
      yield { where: first.where, uid: needed(good, '1'), phenomenon: needed(good, '0'), good: needed(good, '2'), bad: needed(bad, '2') }; // prettier-ignore
      first = null;
    }
    if (first !== null)
      throw new AppError('bad-file', `${first.where}: the second row of this pair is missing.`);
  },
};
