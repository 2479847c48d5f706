// Token ids as a person reads them, from the tokenizer stored in the project.
import type { Db } from '../../store/sql.ts';
import { tokenizerOf } from '../../store/tokenizers.ts';

/** The function from a token's id to its text; a leading space shows as `␣`. */
export function tokenTexts(db: Db, tokenizerId: number): (id: number) => string {
  const tokenizer = tokenizerOf(db, tokenizerId);
  return (id) => tokenizer.tokenText(id);
}
