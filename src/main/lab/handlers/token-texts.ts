// Token ids as a person reads them, from the tokenizer stored in the project.
import { getTokenizer } from '../store/library.ts';
import type { Db } from '../store/sql.ts';
import { openTokenizer, type Tokenizer } from '../tokenizer/index.ts';

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

/** The function from a token's id to its text; a leading space shows as `␣`. */
export function tokenTexts(db: Db, tokenizerId: number): (id: number) => string {
  const tokenizer = tokenizerOf(db, tokenizerId);
  return (id) => tokenizer.tokenText(id);
}
