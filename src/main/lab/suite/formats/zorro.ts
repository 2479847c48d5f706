// Zorro: plain text, a sentence a line. Of each two lines the first is the bad one.
import { AppError } from '../../../../shared/errors.ts';
import { stemOf } from '../rows.ts';
import type { Format } from './format.ts';

export const zorro: Format = {
  name: 'Zorro',
  source: 'github.com/phueb/Zorro',
  licence: 'MIT',
  recognises: ({ name }) => /\.txt$/i.test(name),
  *pairs(file) {
    const uid = stemOf(file);
    const phenomenon = uid.split('-')[0] ?? '';
    const lines = file.text.trimEnd().split(/\r?\n/);
    if (lines.length % 2 !== 0)
      throw new AppError('bad-file', `${file.name}, line ${lines.length}: an odd number of lines. Line by line a bad sentence and its good one make a pair, with no empty line between.`); // prettier-ignore
    for (let i = 0; i < lines.length; i += 2)
      yield { where: `${file.name}, line ${i + 1}`, uid, phenomenon, good: lines[i + 1] ?? '', bad: lines[i] ?? '' }; // prettier-ignore
  },
};
