// The formats that are known by looking at a file.
import { AppError } from '../../../../shared/errors.ts';
import type { SuiteFile } from '../files.ts';
import { columnsOf } from '../rows.ts';
import { climp } from './climp.ts';
import { blimpLike, columnFormats } from './columns.ts';
import { ewok } from './ewok.ts';
import type { Format } from './format.ts';
import { syntaxGym } from './syntaxgym.ts';
import { zorro } from './zorro.ts';

export { chosenColumns } from './columns.ts';
export type { Format, FoundPair } from './format.ts';

const formats: readonly Format[] = [zorro, syntaxGym, climp, ewok, ...columnFormats];

export const findFormat = (file: SuiteFile): Format | undefined =>
  formats.find((format) => format.recognises(file));

/** @throws AppError 'bad-file': no format that is known */
export function formatOf(file: SuiteFile): Format {
  const found = findFormat(file);
  if (found) return found;
  const columns = columnsOf(file);
  // Of a file without a first row, too, BLiMP's reader says what is wrong.
  if (columns.length === 0 || columns.some((column) => column.startsWith('sentence_')))
    return blimpLike;
  throw new AppError('bad-file', `${file.name}, line 1: no format that is known. Its columns are ${columns.join(', ')}. Say which hold the good and the bad sentence: --columns good=…,bad=…`); // prettier-ignore
}
