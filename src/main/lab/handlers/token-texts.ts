// Token ids as a person reads them, from the tokenizer stored in the project.
import { getTokenizer } from '../store/library.ts';
import type { Db } from '../store/sql.ts';

type TextOf = (id: number) => string;
const opened = new WeakMap<Db, Map<number, TextOf>>();

/** The function from a token's id to its text; a leading space shows as `␣`. */
export async function tokenTexts(db: Db, tokenizerId: number): Promise<TextOf> {
  const known = opened.get(db) ?? new Map<number, TextOf>();
  opened.set(db, known);
  let textOf = known.get(tokenizerId);
  if (!textOf) known.set(tokenizerId, (textOf = textsOf(getTokenizer(db, tokenizerId).json)));
  return textOf;
}

function textsOf(json: string): TextOf {
  const { model } = JSON.parse(json) as { model: { vocab: Record<string, number> } };
  const texts: string[] = [];
  for (const [token, id] of Object.entries(model.vocab)) texts[id] = token.replaceAll('Ġ', '␣');
  return (id) => texts[id] ?? `#${id}`;
}
