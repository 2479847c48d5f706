// Tokenizers of a project, opened once.
import { openTokenizer, type Tokenizer } from '../tokenizer/index.ts';
import { getTokenizer } from './library.ts';
import type { Db } from './sql.ts';

const opened = new WeakMap<Db, Map<number, Tokenizer>>();

/** The tokenizer of a project by its id. */
export function tokenizerOf(db: Db, tokenizerId: number): Tokenizer {
  const known = opened.get(db) ?? new Map<number, Tokenizer>();
  opened.set(db, known);
  const found =
    known.get(tokenizerId) ?? openTokenizer({ json: getTokenizer(db, tokenizerId).json });
  known.set(tokenizerId, found);
  return found;
}
