// What takes long to write: shown while it goes on, one at a time.
import { AppError } from '../../../../shared/errors.ts';
import { Writing } from '../../export/index.ts';
import type { Lab } from '../lab.ts';

/**
 * Does one long piece of writing, `what` by name, which the window shows and can end.
 * @throws AppError 'busy' while there is another
 */
export async function writing<T>(
  lab: Lab,
  what: string,
  write: (writing: Writing) => T | Promise<T>,
): Promise<T> {
  if (lab.writing) throw new AppError('busy', 'Something else is being written. Wait for it, or cancel it in the line at the bottom.'); // prettier-ignore
  const { signal } = (lab.writing = new AbortController());
  try {
    const told = (share: number, remainingMs: number | null) => lab.emit('writing.progressed', { what, share, remainingMs }); // prettier-ignore
    told(0, null);
    return await write(new Writing((howFar) => told(howFar.share, howFar.remainingMs), signal));
  } finally {
    lab.writing = null;
    lab.emit('writing.progressed', null);
  }
}
